"""What a voice is before the vocal tract shapes it: a pulse train and a noise.

A network that must learn the phase of voiced speech from nothing needs days of a GPU; one that is
given pulses at the right fundamental frequency has only to shape them. Both signals have the power
density of white noise of unit variance, so that one envelope fits both.

    pulses   the sum of all harmonics below `HIGHEST` of half the sample rate, in closed form
             (Dirichlet kernel): no harmonic is an alias. The one at the limit fades in and out as
             the fundamental moves
    phase    starts at a random point of the period, then follows the fundamental, sample by sample

X. Wang et al., "Neural Source-Filter Waveform Models for Statistical Parametric Speech Synthesis",
TASLP 2020. T. Stilson and J. Smith, "Alias-Free Digital Synthesis of Classic Analog Waveforms",
ICMC 1996.
"""

import math

import torch
from torch import Tensor
from torch.nn import functional as F

from .draws import DrawShape

HIGHEST = 0.975  # of half the sample rate
SLOWEST, FASTEST = 20.0, 1000.0  # Hz, of pulses that are followed
NEAR_ZERO = 1e-4  # of the sine below which the kernel is taken by its limit


def excite(
    log_f0: Tensor, sample_rate: int, hop: int, draw: DrawShape, passed: Tensor | None = None
) -> tuple[Tensor, Tensor]:
    """Pulses and noise, each [B, m * hop].

    Args:
        log_f0: base-2 logarithm of the fundamental in Hz [B, m], at the middle of every `hop`
            samples.
        sample_rate: in Hz.
        hop: samples between two values of the fundamental.
        draw: gives the pulses' phase, then the noise.
        passed: periods passed at every sample [B, m * hop], where real pulses are known; they then
            decide pitch and phase.
    """
    batch, points = log_f0.shape
    # a normal variable of deviation 1, taken modulo 1, is uniform within 1e-8
    start = draw((batch,)).to(log_f0.device).double() % 1
    noise = draw((batch, points * hop)).to(log_f0.device)
    if passed is None:
        return pulse_train(log_f0, sample_rate, hop, start), noise
    steps = torch.diff(passed, dim=1, prepend=2 * passed[:, :1] - passed[:, 1:2])
    f0 = (steps * sample_rate).float().clamp(SLOWEST, FASTEST)
    return pulses_at(passed, f0, sample_rate), noise


def pulse_train(log_f0: Tensor, sample_rate: int, hop: int, start: Tensor) -> Tensor:
    """Band-limited pulses [B, m * hop] of a fundamental [B, m] as in `excite`.

    Args:
        start: where in its period every signal [B] begins, 0 to 1.
    """
    f0 = frequencies(log_f0, hop)
    return pulses_at(cycles(f0, sample_rate) + start[:, None], f0, sample_rate)


def frequencies(log_f0: Tensor, hop: int) -> Tensor:
    """The fundamental in Hz at every sample [B, m * hop]."""
    smooth: Tensor = F.interpolate(log_f0[:, None].float(), scale_factor=float(hop), mode="linear")[
        :, 0
    ]
    return 2**smooth


def cycles(f0: Tensor, sample_rate: int) -> Tensor:
    """Periods passed at every sample [B, T] since the signal began, in double precision."""
    return torch.cumsum(f0.double() / sample_rate, dim=1)


def pulses_at(passed: Tensor, f0: Tensor, sample_rate: int) -> Tensor:
    """Band-limited pulses [B, T], one wherever the periods passed [B, T] are a whole number."""
    phase = ((passed % 1) * (2 * math.pi)).float()
    whole = (HIGHEST * sample_rate / 2) / f0
    count = whole.floor()
    half = phase / 2
    sine = torch.sin(half)
    at_pulse = sine.abs() < NEAR_ZERO
    kernel = (torch.sin((2 * count + 1) * half) / torch.where(at_pulse, 1.0, sine) - 1) / 2
    harmonics = torch.where(at_pulse, count, kernel)
    harmonics = harmonics + (whole - count) * torch.cos((count + 1) * phase)
    return harmonics * torch.sqrt(4 * f0 / sample_rate)
