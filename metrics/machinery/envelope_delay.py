"""Delay from the slopes of log-mel envelopes: where a decoder makes its own phase."""

import numpy as np
from scipy import fft

from ..base import Signal
from . import spectra
from .waveform_delay import FARTHEST, RATE

_HOP = 80
_WINDOW = 512
_RANGE = 1e-4  # of a band's highest power: what is below is noise
_SPAN = 6  # hops that are averaged, and over which a slope is taken


def envelope_peak(reference: Signal, degraded: Signal) -> tuple[int, float]:
    """Delay in samples with which the envelopes correlate best, and their correlation there."""
    farthest = min(FARTHEST, len(reference) // 2, len(degraded) // 2) // _HOP
    slopes = _envelope_slopes(reference), _envelope_slopes(degraded)
    energy = float(np.sqrt(np.prod([np.sum(slope**2) for slope in slopes])))
    if energy == 0:
        return 0, 0.0
    size = fft.next_fast_len(max(map(len, slopes)) + farthest, real=True)
    ours, theirs = (fft.rfft(slope, size, axis=0) for slope in slopes)
    circular = fft.irfft(np.sum(theirs * np.conj(ours), axis=1), size) / energy
    near = np.concatenate([circular[-farthest - 1 :], circular[: farthest + 2]])
    best = 1 + int(near[1:-1].argmax())
    left, peak, right = near[best - 1 : best + 2]
    offset = (left - right) / (2 * (left - 2 * peak + right)) if peak > max(left, right) else 0.0
    return round((best - farthest - 1 + offset) * _HOP), float(peak)


def _envelope_slopes(signal: Signal) -> spectra.Spectra:
    """Slopes of the log-mel envelopes [F, 24], of zero mean over time."""
    power = spectra.power_spectra(np.pad(signal, _WINDOW // 2), spectra.hann(_WINDOW), _HOP)
    bands = power @ spectra.mel_filters(RATE, _WINDOW, 24, 100.0, 7600.0).T
    least = _RANGE * bands.max(axis=0) + np.finfo(np.float64).tiny
    total = np.cumsum(np.log(np.maximum(bands, least)), axis=0)
    slopes = total[2 * _SPAN :] - 2 * total[_SPAN:-_SPAN] + total[: -2 * _SPAN]
    return np.asarray(slopes - slopes.mean(axis=0))
