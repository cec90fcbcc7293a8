"""Delay, clock drift and polarity of a degraded signal, and the removal of its delay.

What the reference has at time t, the degraded signal has at t + D(t), with
D(t) = delay + drift * (t - centre). Two ways to find it, the sharper one first:

    waveform    The cross-correlation of the central 30 s with a whitened spectrum (PHAT: Knapp &
                Carter, IEEE Trans. ASSP 24(4), 1976) has a peak near D. The same within blocks of
                256 ms gives local delays to a fraction of a sample. Where most lie on one line,
                with one sign, the line is delay and drift, the sign is polarity. A drift that
                blurs the blocks is removed, and they are looked at again.
    envelope    The local delays of a decoder that makes its own phase lie on no line. Then the
                delay, and only that, is where the slopes of 24 log-mel envelopes over 30 ms
                correlate best. On speech that is within 0.3 ms for the right magnitudes with an
                invented phase, and within 1.5 ms (4 ms) for Codec2 at 1.2 (0.7) kbit/s.

A peak counts only far above what unrelated signals reach. What is not found is `Undefined` and says
why, and then no delay is removed: a wrong correction costs more than none.
"""

from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from scipy import fft

from ..base import Signal, Undefined
from . import spectra
from .remember import remember

VERSION = "1"  # raised whenever a delay may come out otherwise
RATE = 16_000
FARTHEST = 8_000  # samples: delays from -0.5 to 0.5 s are looked for
SHORTEST = 1_600  # samples

_LONGEST = 30 * RATE  # samples around the centre, where the neighbourhood is looked for
_LOWEST = 80.0  # Hz: below it, unrelated recordings share the hum of the mains
_SIGNIFICANT = 15.0  # deviations of the lags; unrelated speech reaches 13.6
_CERTAIN = 0.3  # height of a peak that is sharp without asking the blocks; a copy has 1
_FADE = 512  # samples
_BLOCK = 4096
_BLOCKS = 400  # at most, spread over a long signal
_NEAR = 1024  # samples to either side, where a block's delay is looked for
_BLOCK_SIGNIFICANT = 8.0
_FEWEST = 3  # blocks that confirm a delay
_FEWEST_FOR_LINE = 6
_AGREEMENT = 0.75  # share of the blocks on the line: real codecs reach 0.9, invented phases 0.4
_TOLERANCE = 2.0  # samples from the line
_BLUR = 0.25  # samples of drift within a block
_DRIFT_ERROR = 5.0  # ppm: a standard error above it is no measurement

_HOP = 80
_WINDOW = 512
_RANGE = 1e-4  # of a band's highest power: what is below is noise
_SPAN = 6  # hops that are averaged, and over which a slope is taken


@dataclass(frozen=True)
class Alignment:
    """How the degraded signal lies to the reference; what is not known holds its reason.

    Attributes:
        delay_samples: by which the degraded signal is late, at the centre of the reference.
        drift_ppm: by which the degraded signal is longer, in parts per million.
        polarity: 1, or -1 for an inverted waveform.
    """

    delay_samples: int | Undefined
    drift_ppm: float | Undefined
    polarity: int | Undefined


@dataclass(frozen=True)
class _Line:
    """Local delays: `delay` samples at the centre, `drift` per sample, its standard error.

    The error is infinite where the blocks confirm a delay and are too few for a drift.
    """

    delay: float
    drift: float
    error: float
    polarity: int


def align(reference: Signal, degraded: Signal, rate: int) -> tuple[Signal, Signal]:
    """Both signals without their delay, cut to what they share; drift and polarity stay.

    The signals [T] and [T'] may differ in length. An undefined delay counts as none.

    Raises:
        ValueError: the rate is not 16 kHz.
    """
    delay = estimate(reference, degraded, rate).delay_samples
    if not isinstance(delay, Undefined):
        reference, degraded = reference[max(0, -delay) :], degraded[max(0, delay) :]
    shared = min(len(reference), len(degraded))
    return reference[:shared], degraded[:shared]


@remember(4096)
def estimate(reference: Signal, degraded: Signal, rate: int) -> Alignment:
    """The alignment of two signals [T] and [T'].

    Raises:
        ValueError: the rate is not 16 kHz.
    """
    if rate != RATE:
        raise ValueError(f"signals are aligned at {RATE} Hz, these have {rate} Hz")
    central = slice(max(0, (len(reference) - _LONGEST) // 2), (len(reference) + _LONGEST) // 2)
    parts = {"reference": reference[central], "degraded signal": degraded[central]}
    for side, part in parts.items():
        if len(part) < SHORTEST:
            return _undefined(f"the {side} has less than {SHORTEST / RATE:g} s to compare")
        if not part.any():
            return _undefined(f"the {side}'s central {len(part) / RATE:g} s are digital silence")
    lag, peak, significance = _waveform_peak(*parts.values())
    if significance > _SIGNIFICANT:
        if line := _line(reference, degraded, lag):
            return _from_line(line)
        if abs(peak) > _CERTAIN:
            return _from_line(_Line(lag, 0.0, np.inf, 1 if peak > 0 else -1))
    lag, similarity = _envelope_peak(*parts.values())
    needed = 0.25 + 0.45 * (RATE / min(map(len, parts.values()))) ** 0.5
    if similarity < needed:
        return _undefined(
            f"neither the waveforms nor the envelopes correlate ({similarity:.2f}, chance "
            f"reaches {needed:.2f})"
        )
    reason = "only the envelopes correlate, not the waveforms"
    return Alignment(lag, Undefined(f"drift: {reason}"), Undefined(f"polarity: {reason}"))


def _undefined(reason: str) -> Alignment:
    return Alignment(*(Undefined(f"{name}: {reason}") for name in ("delay", "drift", "polarity")))


def _from_line(line: _Line) -> Alignment:
    drift: float | Undefined = line.drift * 1e6
    if not np.isfinite(line.error):
        drift = Undefined(f"drift: fewer than {_FEWEST_FOR_LINE} blocks have a clear delay")
    elif line.error * 1e6 > _DRIFT_ERROR:
        drift = Undefined(f"drift: {drift:.0f} ppm has a standard error of {line.error * 1e6:.0f}")
    return Alignment(round(line.delay), drift, line.polarity)


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


def _waveform_peak(reference: Signal, degraded: Signal) -> tuple[int, float, float]:
    """Lag in samples, signed height, and height in deviations, of the highest peak."""
    farthest = min(FARTHEST, len(reference) // 2, len(degraded) // 2)
    size = fft.next_fast_len(max(len(reference), len(degraded)) + farthest, real=True)
    circular = _whitened(reference, degraded, size)
    near = np.concatenate([circular[-farthest:], circular[: farthest + 1]])
    best = int(np.abs(near).argmax())
    deviation = max(float(_deviation(near)), np.finfo(np.float64).tiny)
    return best - farthest, float(near[best]), abs(float(near[best])) / deviation


def _line(reference: Signal, degraded: Signal, lag: int) -> _Line | None:
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
    return _Line(
        line.delay + rest.delay * (1 + line.drift),
        line.drift + rest.drift * (1 + line.drift),
        rest.error,
        rest.polarity,
    )


def _fit(reference: Signal, degraded: Signal, lag: int) -> _Line | None:
    """One look at the blocks."""
    if len(reference) < _FEWEST * _BLOCK:
        return None
    times, delays, signs = _block_delays(reference, degraded, lag)
    times = times - len(reference) / 2
    slope, middle = 0.0, float(lag)
    if len(times) >= _FEWEST_FOR_LINE:
        slope, middle = _robust_line(times, delays)
    polarity = 1 if signs.sum() > 0 else -1
    distance = np.abs(delays - middle - slope * times)
    agree = (distance <= _TOLERANCE + abs(slope) * _BLOCK) & (signs == polarity)
    if agree.sum() < max(_FEWEST, _AGREEMENT * len(times)):
        return None
    if agree.sum() < _FEWEST_FOR_LINE:
        return _Line(middle, slope, np.inf, polarity)
    times, delays = times[agree], delays[agree]
    spread = float(np.sum((times - times.mean()) ** 2))
    drift = float((times - times.mean()) @ delays) / spread
    delay = float(delays.mean() - drift * times.mean())
    residual = delays - delay - drift * times
    error = float(np.sqrt(np.sum(residual**2) / (len(times) - 2) / spread))
    return _Line(delay, drift, error, polarity)


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


def _envelope_peak(reference: Signal, degraded: Signal) -> tuple[int, float]:
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
    power = spectra.power(np.pad(signal, _WINDOW // 2), spectra.hann(_WINDOW), _HOP)
    bands = power @ spectra.mel_filters(RATE, _WINDOW, 24, 100.0, 7600.0).T
    least = _RANGE * bands.max(axis=0) + np.finfo(np.float64).tiny
    total = np.cumsum(np.log(np.maximum(bands, least)), axis=0)
    slopes = total[2 * _SPAN :] - 2 * total[_SPAN:-_SPAN] + total[: -2 * _SPAN]
    return np.asarray(slopes - slopes.mean(axis=0))
