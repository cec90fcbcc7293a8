"""The signals of a clip: those of its items, joined; and the tones of an attention check."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from .clips import GAP_SECONDS
from .coded_speech import CodedSpeech, Passage
from .stimuli import Samples, Treatment, prepare

_SPEECH_SECONDS = 2.0  # before the tones
_TONE_HERTZ = 880.0
_TONE_SECONDS = 0.3
_PAUSE_SECONDS = 0.4
_TONE_LEVEL = 0.1  # amplitude: about as loud as speech at -23 LUFS
_RAMP_SECONDS = 0.02


@dataclass(frozen=True)
class ClipSignals:
    """Signals [T] by condition, and what was done to each item of them."""

    samples: Mapping[str, Samples]
    treatments: Mapping[str, tuple[Treatment, ...]]
    remarks: tuple[str, ...]


def clip_signals(
    speech: CodedSpeech,
    items: Sequence[Passage],
    conditions: Sequence[str],
    mnru: Sequence[int],
    rate: int,
) -> ClipSignals:
    """Original, anchors and conditions of one or several items at `rate` Hz.

    Raises:
        BuildError: a file cannot be read, or holds nothing that can be heard or compared.
    """
    made = [prepare(speech, item, conditions, mnru, rate) for item in items]
    gap = np.zeros(round(GAP_SECONDS * rate), np.int16)
    joined = {}
    for name in made[0].samples:
        parts = [part for stimuli in made for part in (gap, stimuli.samples[name])]
        joined[name] = np.concatenate(parts[1:])
    return ClipSignals(
        joined,
        {name: tuple(stimuli.treatments[name] for stimuli in made) for name in joined},
        tuple(remark for stimuli in made for remark in stimuli.remarks),
    )


def with_tones(speech: Samples, count: int, rate: int) -> Samples:
    """The beginning of a signal [T], then so many tones of 880 Hz, 0.3 s each."""
    start = speech[: round(_SPEECH_SECONDS * rate)]
    time = np.arange(round(_TONE_SECONDS * rate)) / rate
    edge = np.minimum(1, np.minimum(time, time[::-1]) / _RAMP_SECONDS)
    tone = _TONE_LEVEL * edge * np.sin(2 * np.pi * _TONE_HERTZ * time)
    pause = np.zeros(round(_PAUSE_SECONDS * rate))
    tones = np.tile(np.concatenate([pause, tone]), count)
    return np.concatenate([start, np.rint(32767 * tones).astype(np.int16)])
