"""Fundamental frequency by autocorrelation (Boersma, Proc. IFA Amsterdam 17, 1993), as in Praat.

    frames      50 ms (3 periods of 60 Hz), Hann window, hop 10 ms, no padding
    candidates  maxima of the frame's autocorrelation over that of its window, at lags of 60 to
                400 Hz, placed between samples by a parabola; the best 5 are kept
    path        one candidate or none (unvoiced) for every frame, with the largest sum of strengths
                less the costs of octave jumps and of changes of voicing (Viterbi)

The costs are the paper's. Three things differ. Only the band below 4 kHz is correlated, where
voiced speech is periodic. The autocorrelation is sampled at 32 kHz: a coarser one underrates a
maximum between its samples by more than the octave cost, and an octave error follows. And a frame
has to be more periodic and louder to be voiced (0.50 and 9 % of the peak for 0.45 and 3 %, as in
Praat's later method): with the paper's thresholds a room's noise is voiced, with any F0.
"""

from functools import lru_cache

import numpy as np
from numpy.typing import NDArray
from scipy import fft

from ..base import Signal
from . import spectra
from .remember import remember

RATE = 16_000
HOP = 160
LENGTH = 800
LOWEST, HIGHEST = 60, 400  # Hz

_SIZE = 1080  # of the DFT: at least a frame and the longest lag
_LAG_RATE = 2 * RATE
_LAGS = np.arange(_LAG_RATE // HIGHEST - 1, _LAG_RATE // LOWEST + 3)  # and a neighbour at each end
_BLOCK = 1024  # frames that are correlated at once: a frame takes 50 kB meanwhile
_BAND = (3500.0, 4000.0)  # Hz, where the band ends, from full weight to none
_CANDIDATES = 5
_VOICING = 0.50  # autocorrelation above which a frame is rather voiced
_SILENCE = 0.09  # of the signal's peak: a frame below it is rather unvoiced
_OCTAVE = 0.01  # advantage of the higher of two octaves
_OCTAVE_JUMP = 0.35  # per octave between two frames
_VOICING_CHANGE = 0.14

Track = NDArray[np.float32]


@remember(4_000_000, size=len)  # frames: 16 MB for 11 hours of speech
def track(signal: Signal) -> Track:
    """F0 in Hz of the frames [F] of a signal [T], F = 1 + (T - 800) // 160; 0 where unvoiced.

    Raises:
        ValueError: the signal is shorter than a frame.
    """
    centred = signal - signal.mean()
    framed = spectra.frames(centred, LENGTH, HOP)
    starts = range(0, len(framed), _BLOCK)
    blocks = [_candidates(_autocorrelation(framed[start : start + _BLOCK])) for start in starts]
    frequency, strength = (np.concatenate(parts) for parts in zip(*blocks, strict=True))
    magnitude = spectra.frames(np.abs(centred), LENGTH, HOP)
    period = RATE // LOWEST
    middle = slice((LENGTH - period) // 2, (LENGTH + period) // 2)
    peak = magnitude[:, middle].max(axis=1)
    loudness = peak / max(float(magnitude.max()), np.finfo(np.float64).tiny)
    unvoiced = _VOICING + np.maximum(0, 2 - loudness * (1 + _VOICING) / _SILENCE)
    path = _best_path(frequency, np.column_stack([strength, unvoiced]))
    choices = np.column_stack([frequency, np.zeros(len(frequency))])
    found = np.take_along_axis(choices, path[:, None], axis=1)[:, 0].astype(np.float32)
    found.flags.writeable = False
    return found


@lru_cache(maxsize=1)
def _weights() -> tuple[Signal, Signal, Signal]:
    """The window [LENGTH], the band's weight per bin, and the window's autocorrelation per lag."""
    window = spectra.hann(LENGTH)
    bins = fft.rfftfreq(_SIZE, 1 / RATE)
    band = 0.5 + 0.5 * np.cos(np.pi * np.clip((bins - _BAND[0]) / (_BAND[1] - _BAND[0]), 0, 1))
    own = fft.irfft(np.abs(fft.rfft(window, _SIZE)) ** 2, 2 * _SIZE)
    return window, band, own[_LAGS] / own[0]


def _autocorrelation(framed: spectra.Spectra) -> spectra.Spectra:
    """Normalized autocorrelation [F, lags] of frames [F, LENGTH]; 0 for a silent frame."""
    window, band, own = _weights()
    spectrum = fft.rfft((framed - framed.mean(axis=1, keepdims=True)) * window, _SIZE, axis=1)
    lagged = fft.irfft((spectrum.real**2 + spectrum.imag**2) * band, 2 * _SIZE, axis=1)
    energy = np.maximum(lagged[:, :1], np.finfo(np.float64).tiny)
    return np.asarray(lagged[:, _LAGS] / energy / own)


def _candidates(correlation: spectra.Spectra) -> tuple[spectra.Spectra, spectra.Spectra]:
    """F0 in Hz and strength of the best maxima [F, 5]; strength -inf where there are fewer."""
    before, here, after = correlation[:, :-2], correlation[:, 1:-1], correlation[:, 2:]
    maxima = (here > before) & (here >= after) & (here > _VOICING / 2)
    rank = np.where(maxima, here - _OCTAVE * np.log2(_LAGS[1:-1]), -np.inf)
    best = np.argpartition(rank, -_CANDIDATES, axis=1)[:, -_CANDIDATES:]
    maxima = np.take_along_axis(maxima, best, axis=1)
    before, here, after = (
        np.take_along_axis(values, best, axis=1) for values in (before, here, after)
    )
    curvature = np.where(maxima, before - 2 * here + after, -1.0)
    offset = np.where(maxima, (before - after) / (2 * curvature), 0.0)
    height = here - (before - after) * offset / 4
    height = np.where(height > 1, 1 / np.maximum(height, 1), height)  # short windows overshoot
    frequency = _LAG_RATE / (_LAGS[best + 1] + offset)
    strength = height + _OCTAVE * np.log2(frequency / LOWEST)
    return frequency, np.where(maxima, strength, -np.inf)


def _best_path(frequency: spectra.Spectra, strength: spectra.Spectra) -> NDArray[np.intp]:
    """The column of `strength` [F, 6] that the best path takes in every frame; 5 is unvoiced."""
    octaves = np.log2(frequency)
    jumps = np.full((len(strength) - 1, _CANDIDATES + 1, _CANDIDATES + 1), _VOICING_CHANGE)
    jumps[:, :-1, :-1] = _OCTAVE_JUMP * np.abs(octaves[1:, :, None] - octaves[:-1, None, :])
    jumps[:, -1, -1] = 0
    origin = np.zeros(strength.shape, dtype=np.intp)
    total = strength[0]
    for frame, jump in enumerate(jumps, start=1):
        sums = total - jump  # [to, from]
        origin[frame] = sums.argmax(axis=1)
        total = sums.max(axis=1) + strength[frame]
    path = np.empty(len(strength), dtype=np.intp)
    path[-1] = total.argmax()
    for frame in range(len(path) - 1, 0, -1):
        path[frame - 1] = origin[frame, path[frame]]
    return path
