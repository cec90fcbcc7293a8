"""Short-time spectra that the signal metrics share.

Conventions
    frames      [F, length], unpadded: frame f starts at sample f * hop of what is passed in
    spectra     one-sided, [F, size // 2 + 1]
    windows     periodic: of length + 1 symmetric points, the last left out
    mel scale   Slaney's (Auditory Toolbox, Interval Research TR 1998-010): linear below 1 kHz,
                logarithmic above, triangular filters of unit area; the scale of HiFi-GAN and of
                librosa's default
"""

from functools import lru_cache

import numpy as np
from numpy.typing import NDArray
from scipy import fft

from ..base import Signal

Spectra = NDArray[np.float64]

_LINEAR = 200 / 3  # Hz per mel below the break
_BREAK = 1000.0  # Hz
_STEP = np.log(6.4) / 27  # natural logarithm of the frequency ratio of one mel above the break


def frames(signal: Signal, length: int, hop: int) -> Spectra:
    """The whole frames of a signal [T], as a view [F, length] with F = 1 + (T - length) // hop.

    Raises:
        ValueError: the signal is shorter than one frame.
    """
    return np.lib.stride_tricks.sliding_window_view(signal, length)[::hop]


def hann(length: int) -> Signal:
    """Periodic Hann window [length]."""
    return 0.5 - 0.5 * np.cos(2 * np.pi * np.arange(length) / length)


def blackman(length: int) -> Signal:
    """Periodic Blackman window [length]."""
    phase = 2 * np.pi * np.arange(length) / length
    return 0.42 - 0.5 * np.cos(phase) + 0.08 * np.cos(2 * phase)


def power_spectra(signal: Signal, window: Signal, hop: int) -> Spectra:
    """Squared magnitudes [F, bins] of the windowed frames of a signal [T]; no scaling."""
    spectrum = fft.rfft(frames(signal, len(window), hop) * window, axis=1)
    return np.asarray(spectrum.real**2 + spectrum.imag**2)


def density(signal: Signal, window: Signal, hop: int) -> Spectra:
    """`power_spectra`, scaled: white noise of variance v has the expectation v in every bin."""
    return power_spectra(signal, window, hop) / np.sum(window**2)


def hz_to_mel(hz: Signal) -> Signal:
    """Slaney's mel of frequencies in Hz."""
    above = _BREAK / _LINEAR + np.log(np.maximum(hz, _BREAK) / _BREAK) / _STEP
    return np.where(hz < _BREAK, hz / _LINEAR, above)


def mel_to_hz(mel: Signal) -> Signal:
    """Frequencies in Hz of Slaney's mel."""
    knee = _BREAK / _LINEAR
    above = _BREAK * np.exp(_STEP * (np.maximum(mel, knee) - knee))
    return np.where(mel < knee, mel * _LINEAR, above)


@lru_cache(maxsize=16)
def mel_filters(rate: int, size: int, bands: int, low: float, high: float) -> Spectra:
    """Triangular filters [bands, size // 2 + 1] of unit area in Hz, equally spaced in mel.

    Args:
        rate: of the signal, in Hz.
        size: of the DFT.
        bands: number of filters.
        low, high: lower edge of the first and upper edge of the last filter, in Hz.
    """
    ends = hz_to_mel(np.array([low, high]))
    edges = mel_to_hz(np.linspace(ends[0], ends[1], bands + 2))[:, None]
    bins = np.arange(size // 2 + 1) * (rate / size)
    rising = (bins - edges[:-2]) / (edges[1:-1] - edges[:-2])
    falling = (edges[2:] - bins) / (edges[2:] - edges[1:-1])
    filters = np.maximum(0, np.minimum(rising, falling)) * 2 / (edges[2:] - edges[:-2])
    filters.flags.writeable = False
    return filters
