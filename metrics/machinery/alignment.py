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

import numpy as np

from ..base import Signal, Undefined
from . import waveform_delay
from .envelope_delay import envelope_peak
from .remember import remember
from .waveform_delay import FEWEST_FOR_LINE, DelayLine, delay_line, waveform_peak

RATE = waveform_delay.RATE  # Hz, of both signals
VERSION = "1"  # raised whenever a delay may come out otherwise
SHORTEST = 1_600  # samples

_LONGEST = 30 * RATE  # samples around the centre, where the neighbourhood is looked for
_SIGNIFICANT = 15.0  # deviations of the lags; unrelated speech reaches 13.6
_CERTAIN = 0.3  # height of a peak that is sharp without asking the blocks; a copy has 1
_DRIFT_ERROR = 5.0  # ppm: a standard error above it is no measurement


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


def align(
    reference: Signal,
    degraded: Signal,
    rate: int,
    pair: tuple[Signal, Signal] | None = None,
    pair_rate: int = RATE,
) -> tuple[Signal, Signal]:
    """Both signals without their delay, cut to what they share; drift and polarity stay.

    The signals [T] and [T'] may differ in length. An undefined delay counts as none.

    Args:
        reference, degraded: that the delay is found in.
        rate: of both, in Hz.
        pair: the same signals at another rate, which are cut; those that it is found in by default.
        pair_rate: of the pair, in Hz.

    Raises:
        ValueError: the rate is not 16 kHz.
    """
    delay = estimate(reference, degraded, rate).delay_samples
    reference, degraded = pair or (reference, degraded)
    if not isinstance(delay, Undefined):
        samples = round(delay * pair_rate / rate) if pair else delay
        reference, degraded = reference[max(0, -samples) :], degraded[max(0, samples) :]
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
    lag, peak, significance = waveform_peak(*parts.values())
    if significance > _SIGNIFICANT:
        if line := delay_line(reference, degraded, lag):
            return _from_line(line)
        if abs(peak) > _CERTAIN:
            return _from_line(DelayLine(lag, 0.0, np.inf, 1 if peak > 0 else -1))
    lag, similarity = envelope_peak(*parts.values())
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


def _from_line(line: DelayLine) -> Alignment:
    drift: float | Undefined = line.drift * 1e6
    if not np.isfinite(line.error):
        drift = Undefined(f"drift: fewer than {FEWEST_FOR_LINE} blocks have a clear delay")
    elif line.error * 1e6 > _DRIFT_ERROR:
        drift = Undefined(f"drift: {drift:.0f} ppm has a standard error of {line.error * 1e6:.0f}")
    return Alignment(round(line.delay), drift, line.polarity)
