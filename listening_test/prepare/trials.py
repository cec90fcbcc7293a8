"""A listening test from a run: MUSHRA after ITU-R BS.1534-3.

    trial     one item: an open reference, and its hidden copy, anchors and conditions under blind
              ids. The first trial is for training
    test      the trials at one rate. Its id is a digest of the stimuli and their blind ids, so that
              results of another test, or of one that was built anew, are told apart

Everything follows from the run and the seed: building twice gives the same bytes. The key (what
each blind id is, beside what was done to each signal) is written next to the served folder, never
into it.
"""

import random
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from hashlib import blake2b
from pathlib import Path

from ..schema import REFERENCE, BuildError
from . import anchors
from .coded_speech import CodedSpeech, Passage, read_coded_speech
from .duration import MOST_SIGNALS, USUAL_SIGNALS, minutes_of, rated_within
from .selection import Selection, choose_conditions, choose_items, take_items
from .session_plan import SessionPlan
from .stimuli import Samples, Stimuli, Treatment, choose_anchors, prepare


@dataclass(frozen=True)
class Trial:
    """One page of the test.

    Attributes:
        id: of the trial, in results too.
        training: are its ratings discarded?
        item: of the run.
        reference: blind id of the open reference.
        stimuli: condition by blind id, sorted by it.
        samples: 16-bit signals [T] of equal length by blind id, the open reference's too.
        treatments: what was done to the signals, by condition.
        mid_anchor_audible: is it likely to be told from the reference? None where there is none.
    """

    id: str
    training: bool
    item: str
    reference: str
    stimuli: Mapping[str, str]
    samples: Mapping[str, Samples]
    treatments: Mapping[str, Treatment]
    mid_anchor_audible: bool | None

    @property
    def frames(self) -> int:
        """Length of every signal."""
        return len(self.samples[self.reference])


@dataclass(frozen=True)
class ListeningTest:
    """A test that is ready to be written: trials in the order of their ids, training first.

    `sessions` are ids of rated trials, of which a listener gets one line; none where all get all.
    """

    id: str
    rate: int
    seed: int
    conditions: tuple[str, ...]
    column: str
    trials: tuple[Trial, ...]
    remarks: tuple[str, ...]
    sessions: tuple[tuple[str, ...], ...] = ()

    @property
    def signals(self) -> int:
        """That are rated in each trial."""
        return len(self.trials[0].stimuli)

    @property
    def rated(self) -> int:
        """Trials of one listener, without training: of the longest session."""
        return max(map(len, self.sessions), default=len(self.trials) - 1)

    @property
    def minutes(self) -> float:
        """Of one listener, by `duration`."""
        return minutes_of(self.rated + 1, self.signals)


def make_test(
    root: Path,
    conditions: Sequence[str] = (),
    items: int | None = None,
    mnru: Sequence[int] | None = None,
    seed: int = 0,
    plan: SessionPlan | None = None,
) -> ListeningTest:
    """The listening test of a run's directory.

    Args:
        root: of the run.
        conditions: to be rated; some of the run's codecs if none are named.
        items: how many; as BS.1534-3 asks, and as there is time for, if None.
        mnru: levels in dB of anchors with modulated noise; if None, one where the mid anchor is not
            heard, in its place.
        seed: of the choice of items, the order of trials and the blind ids.
        plan: who rates which items.

    Raises:
        BuildError: the run or the request does not give a valid test.
    """
    if plan and items is not None:
        raise BuildError("--plan says how many items there are: leave out --items")
    room = _room(mnru or ())
    speech = read_coded_speech(root)
    usual = USUAL_SIGNALS - (MOST_SIGNALS - room)
    chosen, remarks = choose_conditions(speech, conditions, room, max(1, usual))
    selection = _selection(speech, chosen, items, seed, plan, MOST_SIGNALS - room + len(chosen))
    remarks += selection.remarks
    rate = max(speech.rates[name] for name in chosen)
    every = list(dict.fromkeys((selection.training, *selection.items)))
    low_passes, levels, swapped = choose_anchors(every, mnru, rate)
    prepared = {item: prepare(speech, item, chosen, levels, rate, low_passes) for item in every}
    remarks += [*swapped, *_remarks(prepared, rate)]
    trials = list(_trials(selection, prepared, seed))
    sessions = _sessions(plan, selection, trials)
    return ListeningTest(
        _digest(trials, rate, sessions),
        rate,
        seed,
        tuple(chosen),
        speech.column,
        tuple(trials),
        tuple(remarks),
        sessions,
    )


def _room(mnru: Sequence[int]) -> int:
    """How many conditions a trial can have beside hidden reference and anchors."""
    if wrong := anchors.check_mnru(mnru):
        raise BuildError(wrong)
    room = MOST_SIGNALS - 1 - len(anchors.CUTOFFS) - len(mnru)
    if room < 1:
        raise BuildError(f"{len(mnru)} MNRU anchors leave no room: a trial has at most 12 signals")
    return room


def _selection(
    speech: CodedSpeech,
    conditions: Sequence[str],
    items: int | None,
    seed: int,
    plan: SessionPlan | None,
    signals: int,
) -> Selection:
    """Items by the plan's ids or numbers, or as many as were asked for, or as there is time for."""
    if plan is None:
        return choose_items(speech, conditions, items, seed, rated_within(signals))
    if plan.is_numbered and not set(plan.items) <= {item.id for item in speech.items}:
        return choose_items(speech, conditions, len(plan.items), seed)
    return take_items(speech, conditions, plan.items, seed)


def _sessions(
    plan: SessionPlan | None, selection: Selection, trials: Sequence[Trial]
) -> tuple[tuple[str, ...], ...]:
    """The plan's sessions, of trials."""
    if plan is None:
        return ()
    by_item = {trial.item: trial.id for trial in trials if not trial.training}
    return plan.named([by_item[item.id] for item in selection.items]).sessions


def _trials(
    selection: Selection, prepared: Mapping[Passage, Stimuli], seed: int
) -> Iterator[Trial]:
    """That of training, then those of the items, in an order that is drawn."""
    yield _trial("training", True, selection.training, prepared, seed)
    rated = random.Random(f"trials/{seed}").sample(selection.items, len(selection.items))
    for number, item in enumerate(rated, 1):
        yield _trial(f"trial-{number:02d}", False, item, prepared, seed)


def _trial(
    name: str, training: bool, item: Passage, prepared: Mapping[Passage, Stimuli], seed: int
) -> Trial:
    stimuli = prepared[item]
    # drawn from the signals too: whoever knows the seed could tell ids that depend on it alone
    draw = random.Random(f"blind/{seed}/{name}/{_contents(stimuli)}")
    blind = [f"{code:08x}" for code in draw.sample(range(1 << 32), len(stimuli.samples) + 1)]
    reference, *others = blind
    conditions = dict(sorted(zip(others, stimuli.samples, strict=True)))
    samples = {blind: stimuli.samples[condition] for blind, condition in conditions.items()}
    samples[reference] = stimuli.samples[REFERENCE]
    return Trial(
        name,
        training,
        item.id,
        reference,
        conditions,
        samples,
        stimuli.treatments,
        stimuli.mid_anchor_audible,
    )


def _contents(stimuli: Stimuli) -> str:
    digest = blake2b()
    for condition, samples in stimuli.samples.items():
        digest.update(f"\0{condition}\0".encode() + samples.astype("<i2").tobytes())
    return digest.hexdigest()


def _remarks(prepared: Mapping[Passage, Stimuli], rate: int) -> list[str]:
    remarks = [remark for stimuli in prepared.values() for remark in stimuli.remarks]
    for missing in anchors.CUTOFFS.keys() - set(anchors.anchors_at(rate)):
        remarks.append(f"no {missing} at {rate} Hz: it needs a higher sampling rate")
    inaudible = sum(stimuli.mid_anchor_audible is False for stimuli in prepared.values())
    if inaudible:
        remarks.append(
            f"the 7 kHz anchor hardly differs from the reference in {inaudible} of "
            f"{len(prepared)} items (the key says in which): screening by the mid anchor says "
            "little there; --mnru adds anchors that are heard"
        )
    return remarks


def _digest(trials: Sequence[Trial], rate: int, sessions: Sequence[Sequence[str]]) -> str:
    digest = blake2b(str(rate).encode(), digest_size=6)
    for trial in trials:
        digest.update(f"\0{trial.id}\0{trial.item}\0{trial.reference}".encode())
        for blind, condition in trial.stimuli.items():
            digest.update(f"\0{blind}\0{condition}\0".encode())
            digest.update(trial.samples[blind].astype("<i2").tobytes())
    for session in sessions:
        digest.update("\0".join(session).encode())
    return f"mushra-{digest.hexdigest()}"
