"""Signals before they are measured: one resampler, one check, for every metric."""

import numpy as np
import soxr

from ..base import Metric, MetricError, Signal

LOWEST_LEVEL, HIGHEST_LEVEL = -60.0, -10.0  # dBFS, to which a pair may be brought
QUIETEST_RMS = 10 ** (-70 / 20)  # of full scale: below it, speech metrics see silence


def resample(signal: Signal, rate: int, target: int) -> Signal:
    """The signal [T] at `target` Hz: soxr VHQ, the suite's only resampler.

    A linear interpolator alone costs 1.1 PESQ and 0.9 ViSQOL, so no metric may bring its own.
    """
    if rate == target:
        return signal
    return np.asarray(soxr.resample(signal, rate, target, quality="VHQ"), dtype=np.float64)


def check_pair(metric: Metric, reference: Signal, degraded: Signal) -> None:
    """Refuse what no metric may see.

    Raises:
        MetricError: shapes, lengths, non-finite or over-full-scale samples, a pair that is too
            short, too long, or silent where the metric needs activity, with the numbers and what is
            allowed.
    """
    for side, signal in (("reference", reference), ("degraded", degraded)):
        if signal.ndim != 1:
            raise MetricError(f"{side} has shape {signal.shape}; a metric takes mono signals [T]")
        if not np.isfinite(signal).all():
            raise MetricError(f"{side} has NaN or infinite samples")
        if signal.size and (peak := float(np.abs(signal).max())) > 1.0:
            raise MetricError(f"{side} peaks at {peak:.4f}; a metric takes signals within [-1, 1]")
    if len(reference) != len(degraded):
        raise MetricError(
            f"reference has {len(reference)} samples, degraded {len(degraded)}; "
            "a metric takes equal lengths"
        )
    seconds = len(reference) / metric.sample_rate
    if seconds < metric.shortest or not len(reference):
        raise MetricError(f"{seconds:.3f} s long; this metric needs {metric.shortest:g} s")
    if seconds > metric.longest:
        raise MetricError(f"{seconds:.1f} s long; this metric takes up to {metric.longest:g} s")
    for side, signal, needed in (
        ("reference", reference, metric.needs_reference_activity),
        ("degraded signal", degraded, metric.needs_degraded_activity),
    ):
        if needed and (level := rms(signal)) < QUIETEST_RMS:
            found = f"{20 * np.log10(level):.0f} dB of full scale RMS" if level else "all 0"
            raise MetricError(
                f"the {side} is silent: {found}, this metric needs "
                f"{20 * np.log10(QUIETEST_RMS):.0f} dB"
            )


def at_level(reference: Signal, degraded: Signal, level: float) -> tuple[Signal, Signal]:
    """A pair [T] by one gain that gives the reference this RMS, in dBFS.

    Less gain where either would leave [-1, 1], and none for a silent reference.
    """
    found, peak = rms(reference), max(np.abs(s).max(initial=0) for s in (reference, degraded))
    if not found:
        return reference, degraded
    gain = min(10 ** (level / 20) / found, 1 / peak)
    return np.clip(gain * reference, -1, 1), np.clip(gain * degraded, -1, 1)


def rms(signal: Signal) -> float:
    """Root mean square of a signal [T]; 0 for an empty one."""
    return float(np.sqrt(np.mean(signal**2))) if signal.size else 0.0
