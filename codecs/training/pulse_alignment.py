"""Where the pulses of real speech are, so that a network can learn to shape pulses that lie there.

A loss on samples asks for phases. If the pulses that a network is given lie anywhere, all it can
learn is a blur; if they lie where the voice's own are, it learns what follows a pulse, and at
decoding the speech follows the pulses, wherever they begin.

    speech   spectrally flat (its envelope taken away), so that pulses stand out
    offset   of the period, for every 10 ms the one at which the first harmonics of a pulse train
             fit best, over some periods; its changes are followed, since a measured pitch drifts
    sign     recordings differ in polarity: that of the better fit, one for each signal

G. Degottex et al., "Phase Minimization for Glottal Model Estimation", TASLP 2011, for the idea of
reading the instant from the phases of the first harmonics.
"""

import math

import torch
from torch import Tensor
from torch.nn import functional as F

from ..networks.excitation import cycles, frequencies

HARMONICS = 8
OFFSETS = 64  # of a period that are tried
REACH = 480  # samples to either side that a place looks at, under a Hann window
SMOOTH = 7  # places whose fits are added


def align_pulses(
    flat: Tensor, log_f0: Tensor, voiced: Tensor, sample_rate: int, hop: int
) -> tuple[Tensor, Tensor]:
    """Periods passed at every sample [B, T], and the polarity [B] of speech.

    Args:
        flat: spectrally flat speech [B, T].
        log_f0: base-2 logarithm of its fundamental in Hz [B, m], at the middle of every `hop`
            samples, without gaps.
        voiced: where it is measured [B, m].
    """
    passed = cycles(frequencies(log_f0, hop), sample_rate)
    fits = _fits(flat, passed, hop) * voiced[..., None]  # [B, m, OFFSETS]
    signs = _polarity(fits)
    shift = _follow(_summed(fits * signs[:, None, None]))  # [B, m], in periods
    smooth = F.interpolate(shift[:, None], scale_factor=float(hop), mode="linear")[:, 0]
    return passed + smooth.double(), signs


def _fits(flat: Tensor, passed: Tensor, hop: int) -> Tensor:
    """How well a pulse train fits at every place and offset [B, m, OFFSETS]."""
    window = torch.hann_window(2 * REACH + hop, device=flat.device)
    offsets = torch.arange(OFFSETS, device=flat.device) / OFFSETS
    fits: Tensor | None = None
    for harmonic in range(1, HARMONICS + 1):
        phase = (2 * math.pi * (harmonic * passed % 1)).float()
        turned = torch.stack([flat * phase.cos(), flat * phase.sin()], dim=1)
        places = F.pad(turned, (REACH, REACH)).unfold(2, len(window), hop)
        real, imaginary = (places @ window).unbind(1)  # [B, m]
        angle = 2 * math.pi * harmonic * offsets
        # cos(k (phase + a)) = cos(k phase) cos(k a) - sin(k phase) sin(k a)
        own = real[..., None] * angle.cos() - imaginary[..., None] * angle.sin()
        fits = own if fits is None else fits + own
    assert fits is not None
    return fits


def _polarity(fits: Tensor) -> Tensor:
    """1 or -1 for every signal [B]: the sign of what fits best, over all places."""
    upright, inverted = (f.amax(dim=2).sum(dim=1) for f in (fits, -fits))
    return torch.where(upright >= inverted, 1.0, -1.0)


def _summed(fits: Tensor) -> Tensor:
    """Fits added over neighbouring places, the nearest with most weight."""
    weights = torch.hann_window(SMOOTH + 2, periodic=False, device=fits.device)[1:-1]
    padded = F.pad(fits.transpose(1, 2), (SMOOTH // 2, SMOOTH // 2))
    return (padded.unfold(2, SMOOTH, 1) @ weights).transpose(1, 2)


def _follow(fits: Tensor) -> Tensor:
    """The best offset of every place [B, m] in periods, without jumps of whole periods."""
    best = fits.argmax(dim=2) / OFFSETS
    steps = torch.diff(best, dim=1)
    steps = (steps + 0.5) % 1 - 0.5
    return torch.cat([best[:, :1], best[:, :1] + steps.cumsum(dim=1)], dim=1)
