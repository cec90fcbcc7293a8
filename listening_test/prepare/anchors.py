"""The anchors of a trial, made from its reference.

    anchor35, anchor70  the reference low-passed at 3.5 and 7 kHz without delay, at its own
                        level: ITU-R BS.1534-3 fixes the pass band to +-0.1 dB (`codecs.filters`)
    mnru-Q              modulated noise Q dB below the reference, for band-limited speech
                        (ITU-T P.810, full band). Where the mid anchor is told from the reference in
                        half of the items or fewer, and nothing was asked for, one of 20 dB takes
                        its place: the middle of the scale, by our choice

A mid anchor that sounds like the reference anchors nothing. Speech has its energy above 7 kHz in
sibilants, so it is the active frames (20 ms, at most 40 dB below the loudest) that count: the
anchor is taken for audible if in at least 2 % of them the filter removes a quarter of the energy.
That is our rule of thumb, not the standard's.
"""

from collections.abc import Sequence

import numpy as np

from ...codecs.filters import TRANSITION_HZ, lowpass
from ...codecs.noise import Noise
from ...metrics.base import Signal
from ..schema import LOW_ANCHOR, MID_ANCHOR

CUTOFFS = {LOW_ANCHOR: 3500.0, MID_ANCHOR: 7000.0}  # Hz
MNRU_LADDER = range(0, 51)  # dB
MIDDLE = 20  # dB, in place of a mid anchor that is not heard

_FRAME_SECONDS = 0.02
_ACTIVE_DB = 40.0
_REMOVED_SHARE = 0.25
_AUDIBLE_FRAMES = 0.02


def anchors_at(rate: int) -> list[str]:
    """The low-pass anchors that a sampling rate in Hz has room for."""
    return [name for name, cutoff in CUTOFFS.items() if cutoff + TRANSITION_HZ <= rate / 2]


def low_pass(reference: Signal, name: str, rate: int) -> Signal:
    """The anchor `name` of a reference [T]."""
    return lowpass(reference, CUTOFFS[name], rate)


def mnru(reference: Signal, decibels: int, item: str) -> Signal:
    """The reference [T] with modulated noise; the noise depends on the item only."""
    (noise,) = Noise.of([item]).randn([reference.shape])
    return reference * (1 + 10 ** (-decibels / 20) * noise.numpy().astype(np.float64))


def is_audible(reference: Signal, anchor: Signal, rate: int) -> bool:
    """Can a listener be expected to tell the anchor from the reference? See above."""
    energy = _frame_energies(reference, rate)
    if not energy.size or not energy.max():
        return False
    active = energy > energy.max() * 10 ** (-_ACTIVE_DB / 10)
    removed = _frame_energies(reference - anchor, rate)[active] / energy[active]
    return bool(np.mean(removed >= _REMOVED_SHARE) >= _AUDIBLE_FRAMES)


def _frame_energies(signal: Signal, rate: int) -> Signal:
    length = round(_FRAME_SECONDS * rate)
    frames = signal[: len(signal) // length * length].reshape(-1, length)
    return np.asarray((frames**2).sum(axis=1))


def check_mnru(ladder: Sequence[int]) -> str:
    """What is wrong with these MNRU levels; "" if nothing."""
    if wrong := [q for q in ladder if q not in MNRU_LADDER]:
        return f"no MNRU anchor of {wrong[0]} dB; 0 to {MNRU_LADDER[-1]} dB are possible"
    return "an MNRU level is named twice" if len(set(ladder)) < len(ladder) else ""
