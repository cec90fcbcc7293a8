"""Delay, drift and polarity from waveforms: whitened cross-correlation, whole and in blocks.

Knapp & Carter, IEEE Trans. ASSP 24(4), 1976 (PHAT). `alignment` says when this is believed.
"""

from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from scipy import fft

from ..base import Signal
from . import spectra

RATE = 16_000
FARTHEST = 8_000  # samples: delays from -0.5 to 0.5 s are looked for
FEWEST_FOR_LINE = 6  # blocks

_LOWEST = 80.0  # Hz: below it, unrelated recordings share the hum of the mains
_FADE = 512  # samples
_BLOCK = 4096
_BLOCKS = 400  # at most, spread over a long signal
_NEAR = 1024  # samples to either side, where a block's delay is looked for
_BLOCK_SIGNIFICANT = 8.0
_FEWEST = 3  # blocks that confirm a delay
_AGREEMENT = 0.75  # share of the blocks on the line: real codecs reach 0.9, invented phases 0.4
_TOLERANCE = 2.0  # samples from the line
_BLUR = 0.25  # samples of drift within a block


@dataclass(frozen=True)
class DelayLine:
    """Local delays: `delay` samples at the centre, `drift` per sample, its standard error.

    The error is infinite where the blocks confirm a delay and are too few for a drift.
    """

    delay: float
    drift: float
    error: float
    polarity: int


@lru_cache(maxsize=8)
def _fade(length: int) -> Signal:
    """Weights [length] that fade both ends, since every edge correlates with every other."""
    rise = np.sin(np.pi / 2 * (np.arange(_FADE) + 0.5) / _FADE) ** 2
    return np.concatenate([rise, np.ones(length - 2 * _FADE), rise[::-1]])


def _whitened(reference: spectra.Spectra, degraded: spectra.Spectra, size: int) -> spectra.Spectra:
    """Circular cross-correlation [..., size] of signals [..., T], every bin of equal weight."""
    reference = reference * _fade(reference.shape[-1])
    degraded = degraded * _fade(degraded.shape[-1])
    cross = fft.rfft(degraded, size) * np.conj(fft.rfft(reference, size))
    cross[..., : int(_LOWEST * size / RATE)] = 0
    magnitude = np.abs(cross)
    least = 1e-12 * magnitude.max(axis=-1, keepdims=True) + np.finfo(np.float64).tiny
    return np.asarray(fft.irfft(cross / np.maximum(magnitude, least), size))


def _deviation(correlation: spectra.Spectra) -> spectra.Spectra:
    """Standard deviation over lags [..., lags], from the median, which a peak does not move."""
    return np.asarray(np.median(np.abs(correlation), axis=-1) / 0.6745)


def waveform_peak(reference: Signal, degraded: Signal) -> tuple[int, float, float]:
    """Lag in samples, signed height, and height in deviations, of the highest peak."""
    farthest = min(FARTHEST, len(reference) // 2, len(degraded) // 2)
    size = fft.next_fast_len(max(len(reference), len(degraded)) + farthest, real=True)
    circular = _whitened(reference, degraded, size)
    near = np.concatenate([circular[-farthest:], circular[: farthest + 1]])
    best = int(np.abs(near).argmax())
    deviation = max(float(_deviation(near)), np.finfo(np.float64).tiny)
    return best - farthest, float(near[best]), abs(float(near[best])) / deviation


def delay_line(reference: Signal, degraded: Signal, lag: int) -> DelayLine | None:
    """The line on which the local delays around `lag` lie; None if they do not."""
    line = _fit(reference, degraded, lag)
    if line is None or abs(line.drift) * _BLOCK < _BLUR:
        return line
    times = np.arange(len(reference))
    places = times + line.delay + line.drift * (times - len(reference) / 2)
    steady = np.interp(places, np.arange(len(degraded)), degraded, left=0, right=0)
    rest = _fit(reference, steady, 0)
    if rest is None:
        return None
    return DelayLine(
        line.delay + rest.delay * (1 + line.drift),
        line.drift + rest.drift * (1 + line.drift),
        rest.error,
        rest.polarity,
    )


def _fit(reference: Signal, degraded: Signal, lag: int) -> DelayLine | None:
    """One look at the blocks."""
    if len(reference) < _FEWEST * _BLOCK:
        return None
    times, delays, signs = _block_delays(reference, degraded, lag)
    times = times - len(reference) / 2
    slope, middle = 0.0, float(lag)
    if len(times) >= FEWEST_FOR_LINE:
        slope, middle = _robust_line(times, delays)
    polarity = 1 if signs.sum() > 0 else -1
    distance = np.abs(delays - middle - slope * times)
    agree = (distance <= _TOLERANCE + abs(slope) * _BLOCK) & (signs == polarity)
    if agree.sum() < max(_FEWEST, _AGREEMENT * len(times)):
        return None
    if agree.sum() < FEWEST_FOR_LINE:
        return DelayLine(middle, slope, np.inf, polarity)
    times, delays = times[agree], delays[agree]
    spread = float(np.sum((times - times.mean()) ** 2))
    drift = float((times - times.mean()) @ delays) / spread
    delay = float(delays.mean() - drift * times.mean())
    residual = delays - delay - drift * times
    error = float(np.sqrt(np.sum(residual**2) / (len(times) - 2) / spread))
    return DelayLine(delay, drift, error, polarity)


def _robust_line(times: Signal, values: Signal) -> tuple[float, float]:
    """Slope and value at time 0, by medians (Theil and Sen): a few wrong points do not move it."""
    first, second = np.triu_indices(len(times), 1)
    slope = float(np.median((values[second] - values[first]) / (times[second] - times[first])))
    return slope, float(np.median(values - slope * times))


def _block_delays(reference: Signal, degraded: Signal, lag: int) -> tuple[Signal, Signal, Signal]:
    """Centres of the blocks [B] with a significant peak near `lag`, its place and its sign."""
    starts = np.arange(0, len(reference) - _BLOCK + 1, _BLOCK)
    starts = starts[:: 1 + len(starts) // _BLOCKS]
    size = _BLOCK + 2 * _NEAR
    before = max(0, _NEAR - lag)
    after = max(0, len(reference) + lag + _NEAR - len(degraded))
    places = spectra.frames(np.pad(degraded, (before, after)), size, 1)
    near = _whitened(
        spectra.frames(reference, _BLOCK, 1)[starts], places[starts + lag - _NEAR + before], size
    )[:, : 2 * _NEAR + 1]
    best = np.clip(np.abs(near).argmax(axis=1), 1, 2 * _NEAR - 1)
    left, peak, right = (near[np.arange(len(near)), best + shift] for shift in (-1, 0, 1))
    significant = np.abs(peak) > _BLOCK_SIGNIFICANT * _deviation(near)
    curvature = np.where(significant, left - 2 * peak + right, 1.0)
    delays = best + (left - right) / (2 * curvature) + lag - _NEAR
    return (starts + _BLOCK / 2)[significant], delays[significant], np.sign(peak[significant])
