"""The signals of a trial, made comparable.

    rate       one for the whole test: the highest of its conditions, by the suite's resampler
    delay      what `metrics.machinery.alignment` finds between reference and condition is undone
    length     the reference's, to the sample
    loudness   every signal at the reference's, by ITU-R BS.1770 (pyloudnorm); the low-pass anchors
               keep the reference's gain. All are put at -23 LUFS, or as far below as the true peak
               of the loudest needs to stay at -1 dBTP: no stimulus is limited or clipped
    format     16-bit integers, rounded

What had to be done to a signal is kept beside it (`Treatment`); what a listener would hear and the
codec is not to blame for is a remark.
"""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from ...codecs.audio.reading import AudioError, read_audio
from ...metrics.base import Signal
from ...metrics.machinery import alignment, signals
from ..schema import MID_ANCHOR, MNRU, REFERENCE, BuildError
from . import anchors
from .coded_speech import CodedSpeech, Passage

Samples = NDArray[np.int16]

TARGET_LUFS = -23.0
PEAK_DB = -1.0
OVERSAMPLING = 4  # for the true peak: BS.1770-4, annex 2

_SILENT_LUFS = -60.0
_LOUDNESS_SECONDS = 0.4  # of one measurement: BS.1770
_LARGEST_GAIN_DB = 6.0  # between reference and condition: more is worth a remark
_CLIPPED_RUN = 3  # full-scale samples in a row


@dataclass(frozen=True)
class Treatment:
    """What was done to one signal: delay undone in ms, and gain in dB."""

    delay_ms: float
    gain_db: float


@dataclass(frozen=True)
class Stimuli:
    """The signals [T] of one item by condition, hidden reference and anchors included."""

    samples: Mapping[str, Samples]
    treatments: Mapping[str, Treatment]
    remarks: tuple[str, ...]
    mid_anchor_audible: bool | None


def prepare(
    speech: CodedSpeech,
    item: Passage,
    conditions: Sequence[str],
    mnru: Sequence[int],
    rate: int,
    low_passes: Sequence[str] | None = None,
) -> Stimuli:
    """The stimuli of one item at `rate` Hz, with MNRU anchors of levels in dB, and low-passes.

    Without a word on the low-passes, these are all that the rate has room for.

    Raises:
        BuildError: a file cannot be read, or holds nothing that can be heard or compared.
    """
    remarks: list[str] = []
    reference = _read(item.path, f"{item.id}: reference", rate, remarks)
    found: dict[str, Signal] = {REFERENCE: reference}
    delays: dict[str, float] = {}
    for name in conditions:
        label = f"{item.id}: {name}"
        decoded = _read(speech.decoded(name, item), label, rate, remarks)
        found[name], delays[name] = _aligned(reference, decoded, rate, label, remarks)
    for name in anchors.anchors_at(rate) if low_passes is None else low_passes:
        found[name] = anchors.low_pass(reference, name, rate)
    for decibels in mnru:
        found[f"{MNRU}{decibels}"] = anchors.mnru(reference, decibels, item.id)
    middle = found.get(MID_ANCHOR)
    audible = None if middle is None else anchors.is_audible(reference, middle, rate)
    gains = _gains(found, item, rate, remarks)
    return Stimuli(
        {name: _integers(signal, gains[name]) for name, signal in found.items()},
        {name: Treatment(delays.get(name, 0.0), round(gain, 3)) for name, gain in gains.items()},
        tuple(remarks),
        audible,
    )


def choose_anchors(
    items: Sequence[Passage], mnru: Sequence[int] | None, rate: int
) -> tuple[Sequence[str], Sequence[int], list[str]]:
    """Low-passes by name, MNRU levels in dB, and a remark where one takes another's place.

    Args:
        items: of the test.
        mnru: levels that were asked for; None if nothing was.
        rate: of the test in Hz.

    Raises:
        BuildError: a recording cannot be read.
    """
    low_passes = anchors.anchors_at(rate)
    if mnru is not None:
        return low_passes, mnru, []
    if MID_ANCHOR not in low_passes:
        return low_passes, [anchors.MIDDLE], []
    audible = sum(_has_audible_mid_anchor(item, rate) for item in items)
    if 2 * audible > len(items):
        return low_passes, [], []
    remark = (
        f"the 7 kHz anchor hardly differs from the reference in {len(items) - audible} of "
        f"{len(items)} items: {MNRU}{anchors.MIDDLE} takes its place (--mnru chooses others beside "
        "it)"
    )
    return [name for name in low_passes if name != MID_ANCHOR], [anchors.MIDDLE], [remark]


def _has_audible_mid_anchor(item: Passage, rate: int) -> bool:
    reference = _read(item.path, f"{item.id}: reference", rate, [])
    return anchors.is_audible(reference, anchors.low_pass(reference, MID_ANCHOR, rate), rate)


def _read(path: Path, label: str, rate: int, remarks: list[str]) -> Signal:
    try:
        signal, found, notices = read_audio(path)
    except AudioError as error:
        raise BuildError(f"{label}: {error}") from error
    remarks += [f"{label}: {notice}" for notice in notices]
    if clipped := _clipped_samples(signal):
        remarks.append(f"{label}: {clipped} samples are clipped")
    return signals.resample(signal, found, rate)


def _aligned(
    reference: Signal, decoded: Signal, rate: int, label: str, remarks: list[str]
) -> tuple[Signal, float]:
    """The decoded signal without its delay, at the reference's length; and the delay in ms.

    A delay that cannot be found is left, and told.
    """
    original = signals.resample(reference, rate, alignment.RATE)
    coded = signals.resample(decoded, rate, alignment.RATE)
    delay = alignment.estimate(original, coded, alignment.RATE).delay_samples
    if not isinstance(delay, int):
        remarks.append(f"{label}: not aligned: {delay}")
        delay = 0
    shift = round(delay * rate / alignment.RATE)
    shifted = decoded[shift:] if shift >= 0 else np.pad(decoded, (-shift, 0))
    padded = np.pad(shifted, (0, max(0, len(reference) - len(shifted))))
    return padded[: len(reference)], 1000 * shift / rate


def _clipped_samples(signal: Signal) -> int:
    """Samples in runs at full scale."""
    full = np.abs(signal) >= 32767 / 32768
    edges = np.flatnonzero(np.diff(np.concatenate(([0], full.astype(np.int8), [0]))))
    lengths = edges[1::2] - edges[::2]
    return int(lengths[lengths >= _CLIPPED_RUN].sum())


def _gains(
    found: Mapping[str, Signal], item: Passage, rate: int, remarks: list[str]
) -> dict[str, float]:
    """Gains in dB by condition."""
    own = {name: _loudness(signal, f"{item.id}: {name}", rate) for name, signal in found.items()}
    matched = {
        name: 0.0 if name in anchors.CUTOFFS else own[REFERENCE] - loudness
        for name, loudness in own.items()
    }
    for name, gain in matched.items():
        if abs(gain) > _LARGEST_GAIN_DB:
            remarks.append(f"{item.id}: {name} is {-gain:+.1f} dB against the reference: matched")
    loudest = max(_true_peak_db(signal) + matched[name] for name, signal in found.items())
    level = min(TARGET_LUFS - own[REFERENCE], PEAK_DB - loudest)
    return {name: level + gain for name, gain in matched.items()}


def _loudness(signal: Signal, label: str, rate: int) -> float:
    """Integrated loudness in LUFS."""
    import pyloudnorm

    if not np.isfinite(signal).all():
        raise BuildError(f"{label} has NaN or infinite samples")
    block = math.ceil(_LOUDNESS_SECONDS * rate)
    padded = np.pad(signal, (0, max(0, block - len(signal))))  # of short words
    loudness = float(pyloudnorm.Meter(rate).integrated_loudness(padded))
    if loudness < _SILENT_LUFS:
        raise BuildError(
            f"{label} is silent ({loudness:.0f} LUFS): it cannot be rated; "
            "leave the condition out with --conditions"
        )
    return loudness


def _true_peak_db(signal: Signal) -> float:
    oversampled = signals.resample(signal, 1, OVERSAMPLING)
    return float(20 * np.log10(max(np.abs(oversampled).max(), np.abs(signal).max())))


def _integers(signal: Signal, gain_db: float) -> Samples:
    return np.rint(signal * 10 ** (gain_db / 20) * 32768).astype(np.int16)
