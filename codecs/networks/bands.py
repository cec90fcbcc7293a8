"""Bands of a spectrum: splitting a signal into them, and matching their energies to another's.

Bands are zero-phase responses on the grid of the signal's own Fourier transform. Neighbours cross
over in a raised cosine and add up to one at every frequency, so the bands of a signal sum back to
it, and what is weighted by a positive response is undone by its reciprocal. (Julius, which the
published code uses, splits with windowed sincs: the same sum, no exact inverse.)

Conventions
    edges     equally spaced on the mel scale 2595 log10(1 + f / 700), from 0 to half the rate
    spectrum  `torch.fft.rfft` of signals [..., T], T even

D. O'Shaughnessy, "Speech Communication: Human and Machine", 1987 (mel scale).
"""

import math

import torch
from torch import Tensor

CROSSOVER = 0.25  # half the width of a crossover, in bands
MATCHED_BANDS = 32  # bands in which Multi-Band Diffusion's published code matches energies
SILENCE = 1e-8  # deviation below which a band has nothing to match


def band_responses(bands: int, samples: int, rate: int, device: torch.device) -> Tensor:
    """Responses [bands, samples // 2 + 1] of equally wide bands in mel, which add up to one."""
    grid = torch.arange(samples // 2 + 1, device=device, dtype=torch.float32)
    place = _mel(grid * (rate / samples)) / _mel(torch.tensor(rate / 2)) * bands
    edges = torch.arange(1, bands, device=device)[:, None]
    share = ((place - edges) / (2 * CROSSOVER) + 0.5).clamp(0, 1)
    below = 0.5 * (1 + torch.cos(math.pi * share))
    ends = torch.zeros_like(grid)[None], torch.ones_like(grid)[None]
    return torch.cat([below, ends[1]]) - torch.cat([ends[0], below])


def noise_deviations(responses: Tensor) -> Tensor:
    """Deviation per band that white noise of deviation 1 has in these responses [bands, F]."""
    power = responses.square()
    inner, ends = power[:, 1:-1].sum(dim=1), power[:, 0] + power[:, -1]
    return ((2 * inner + ends) / (2 * (responses.shape[1] - 1))).sqrt()


def band_deviations(signals: Tensor, bands: int, rate: int) -> Tensor:
    """Root mean square [..., bands] of every band of signals [..., T]."""
    spectrum = torch.fft.rfft(signals.float())
    responses = band_responses(bands, signals.shape[-1], rate, signals.device)
    power = spectrum.abs().square()
    power[..., 1:-1] *= 2  # the negative frequencies
    sums: Tensor = power @ responses.square().T
    return sums.sqrt() / signals.shape[-1]


def weigh(signals: Tensor, responses: Tensor) -> Tensor:
    """Signals [..., T] with their spectra multiplied by responses that broadcast over [..., F]."""
    spectrum = torch.fft.rfft(signals.float()) * responses
    weighted: Tensor = torch.fft.irfft(spectrum, signals.shape[-1])
    return weighted


def match_bands(signals: Tensor, reference: Tensor, bands: int, rate: int) -> Tensor:
    """Signals [B, T] whose bands have the energies of the reference's; silent bands stay."""
    own, wanted = (band_deviations(x, bands, rate) for x in (signals, reference))
    gains = torch.where(own > SILENCE, wanted / own.clamp_min(SILENCE), 1.0)
    return weigh(signals, gains @ band_responses(bands, signals.shape[-1], rate, signals.device))


def _mel(frequency: Tensor) -> Tensor:
    return 2595 * torch.log10(1 + frequency / 700)
