"""Bandwidth: up to which frequency the degraded signal has what the reference has, in kHz.

    spectra   long-term power of either signal in bands of 250 Hz (frames of 32 ms, Hann, half
              overlapping)
    present   the reference's band reaches up to its highest band above -70 dB of its strongest
    kept      the degraded band reaches up to the highest of these in which it is no more than
              20 dB below the reference

A low-pass shows as kHz that are lost, whatever is left above it by the noise of a quantizer: that
lies more than 20 dB below speech. A decoder that makes up a band (bandwidth extension) has it.
"""

from dataclasses import replace
from functools import partial

import numpy as np

from .base import Column, Meaning, Metric, Signal, Undefined
from .machinery import spectra

RATE = 16_000
WIDTH = 250.0  # Hz of a band
FRAME = 0.032  # seconds
PRESENT, KEPT = 1e-7, 1e-2  # of the strongest band's power; of the reference's


def _bands(signal: Signal, rate: int) -> Signal:
    """Power of a signal [T] in bands of `WIDTH`, from 0 Hz to half its rate."""
    size = round(FRAME * rate)
    power = spectra.power_spectra(signal, spectra.hann(size), size // 2).mean(axis=0)[1:]
    return np.asarray(power.reshape(-1, round(WIDTH * FRAME)).sum(axis=1))


def score(reference: Signal, degraded: Signal, rate: int = RATE) -> dict[str, float]:
    """Columns `bandwidth_khz` and `band_lost_khz` of a pair [T] at a rate in Hz.

    Raises:
        Undefined: the reference is silent.
    """
    of_reference, of_degraded = _bands(reference, rate), _bands(degraded, rate)
    if not of_reference.max() > 0:
        raise Undefined("the reference is silent, it has no band")
    present = int(np.flatnonzero(of_reference > PRESENT * of_reference.max())[-1]) + 1
    kept = np.flatnonzero(of_degraded[:present] > KEPT * of_reference[:present])
    reached = int(kept[-1]) + 1 if len(kept) else 0
    step = WIDTH / 1000
    return {"bandwidth_khz": reached * step, "band_lost_khz": (present - reached) * step}


def at_rate(rate: int) -> Metric:
    """The metric of a suite of wider band."""
    return replace(METRIC, score=partial(score, rate=rate), sample_rate=rate)


METRIC = Metric(
    score=score,
    columns=(
        Column(
            "bandwidth_khz",
            "none",
            short="band",
            long="bandwidth",
            unit="kHz",
            family="spectral",
            place=202,
            shown="page",
            meaning=Meaning(
                span="0 to half the rate that is scored",
                mode="with reference",
                hears="up to where the decoded signal has what its reference has.",
                misses="what it has there: noise of the right power counts as the band.",
                traps="A recording of narrow band gives narrow numbers: look at what is lost.",
            ),
        ),
        Column(
            "band_lost_khz",
            "none",
            short="band lost",
            long="bandwidth that is lost",
            unit="kHz",
            family="spectral",
            place=204,
            shown="page",
            meaning=Meaning(
                span="0 (all of the reference's band) to half the rate that is scored",
                mode="with reference",
                hears="a low-pass.",
                misses="a high-pass, gaps, and whether anybody hears what is lost.",
                traps="It is a property, not a fault: narrow-band codecs are meant so.",
            ),
        ),
    ),
    shortest=2 * FRAME,
    needs_reference_activity=False,
    at_rate=at_rate,
    place=95,
)
