"""A listening test beside MUSHRA, from a run: acr, dcr, ccr, ab, abx, drt, mrt.

    trial     what `designs` says, under blind ids; the first are for training
    block     the trials of one listener, where all of them last longer than a session
    test      trials at one rate. Its id is a digest of the signals and trials

Everything follows from the run and the seed: building twice gives the same bytes.
"""

import random
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from hashlib import blake2b
from pathlib import Path

from ..schema import MNRU, REFERENCE, BuildError
from ..votes import WORD_TESTS
from . import anchors
from .blocks import split
from .clips import SECONDS, Clip, Clips, choose_clips
from .coded_speech import CodedSpeech, read_coded_speech
from .designs import BAD, TONES, TRAINING, Design, Heard, Presentation
from .joined_stimuli import clip_signals, with_tones
from .judged_test import JudgedTest, JudgedTrial, Request
from .selection import choose_conditions
from .stimuli import Samples, Treatment
from .words import SpokenWord, read_words

TRIALS_PER_CHECK = 20
PLAYED = {"acr": 1.0, "dcr": 2.0, "ccr": 2.0, "ab": 2.5, "abx": 4.0, "drt": 1.0, "mrt": 1.0}
ANSWER_SECONDS = 4.0


@dataclass(frozen=True)
class _Signals:
    """All that is heard; and what was done to it, by clip and condition."""

    samples: Mapping[Heard, Samples]
    treatments: Mapping[tuple[str, str], tuple[Treatment, ...]]
    remarks: tuple[str, ...]


def make_judged_test(root: Path, request: Request) -> JudgedTest:
    """The test of a run's directory.

    Raises:
        BuildError: the run or the request does not give a valid test.
    """
    _check(request)
    speech = read_coded_speech(root)
    words = _words(speech, request)
    design, coded = _design(speech, request, words)
    seconds = request.clip_seconds or SECONDS[request.test]
    offered = replace(speech, items=tuple(i for i in speech.items if not words or i.id in words))
    chosen = choose_clips(offered, coded, request.test, request.items, seconds, request.seed)
    presentations, blocks = _plan(design, chosen, request)
    rate = max(speech.rates[name] for name in coded)
    used = {p.clip for p in presentations}
    clips = {clip.id: clip for clip in (*chosen.rated, *chosen.spare) if clip.id in used}
    ladder = sorted({*request.mnru, int(BAD.removeprefix(MNRU))})
    made = _signals(speech, clips, coded, presentations, ladder, rate)
    blind = _blind(made.samples, request)
    trials, numbers = _trials(presentations, blind, request.seed)
    return JudgedTest(
        _digest(trials, made.samples, blind, request.test, rate),
        request,
        rate,
        design.conditions,
        design.against,
        speech.column,
        clips,
        tuple(trials),
        tuple(tuple(numbers[p] for p in block) for block in blocks),
        {name: heard for heard, name in blind.items()},
        {name: made.samples[heard] for heard, name in blind.items()},
        made.treatments,
        (*chosen.remarks, *made.remarks),
    )


def _signals(
    speech: CodedSpeech,
    clips: Mapping[str, Clip],
    coded: Sequence[str],
    presentations: Sequence[Presentation],
    ladder: Sequence[int],
    rate: int,
) -> _Signals:
    samples: dict[Heard, Samples] = {}
    treatments: dict[tuple[str, str], tuple[Treatment, ...]] = {}
    remarks: list[str] = []
    for clip in clips.values():
        made = clip_signals(speech, clip.items, coded, ladder, rate)
        remarks += made.remarks
        for heard in {one for p in presentations if p.clip == clip.id for one in p.heard}:
            samples[heard] = _signal(made.samples, heard.condition, rate)
            treatments[clip.id, heard.condition] = made.treatments.get(heard.condition, ())
    return _Signals(samples, treatments, tuple(remarks))


def _check(request: Request) -> None:
    if wrong := anchors.check_mnru(request.mnru):
        raise BuildError(wrong)
    if not 1 <= request.minutes <= 120:
        raise BuildError(f"sessions of {request.minutes:g} minutes; 1 to 120 are possible")
    if (request.words is None) is (request.test in WORD_TESTS):
        raise BuildError(
            f"{request.test} needs a manifest of words (--words)"
            if request.words is None
            else f"--words is of drt and mrt: {request.test} has none"
        )
    for flag, given, tests in (
        ("--against", request.against, ("ccr", "ab", "abx")),
        ("--tie", request.tie, ("ab",)),
        ("--stopping sequential", request.stopping.sequential, ("abx",)),
    ):
        if given and request.test not in tests:
            raise BuildError(f"{flag} is of {', '.join(tests)}, not of {request.test}")


def _words(speech: CodedSpeech, request: Request) -> dict[str, SpokenWord]:
    if request.words is None:
        return {}
    found = read_words(request.words, request.test, [item.id for item in speech.items])
    return {spoken.item: spoken for spoken in found}


def _design(
    speech: CodedSpeech, request: Request, words: Mapping[str, SpokenWord]
) -> tuple[Design, list[str]]:
    """The design, and the conditions that come from the run."""
    test = request.test
    named = [name for name in request.conditions if name != REFERENCE]
    if request.conditions and not named:
        raise BuildError("only the reference is named: name a condition of the run, too")
    if len(request.conditions) != len(set(request.conditions)):
        raise BuildError("a condition is named twice")
    coded, _ = choose_conditions(speech, named, len(speech.kinds))
    if request.against not in ("", REFERENCE, *speech.kinds):
        raise BuildError(
            f"the run has no condition {request.against!r}; --against is {REFERENCE} or one of: "
            f"{', '.join(speech.kinds)}"
        )
    if request.against not in ("", REFERENCE, *coded):
        coded = [*coded, request.against]
    against = request.against or (REFERENCE if test in ("ccr", "abx") else "")
    original = test in ("acr", *WORD_TESTS) or (
        REFERENCE in request.conditions and against != REFERENCE and test != "dcr"
    )
    rated = [name for name in coded if name != against]
    rated += [f"{MNRU}{level}" for level in request.mnru]
    conditions = (REFERENCE, *rated) if original else tuple(rated)
    return Design(test, conditions, against, words), coded


def _plan(
    design: Design, chosen: Clips, request: Request
) -> tuple[list[Presentation], list[list[Presentation]]]:
    """All trials; and those of each block, training left out."""
    rated = list(design.rated([clip.id for clip in chosen.rated]))
    spare = [clip.id for clip in chosen.spare]
    training = list(design.training(spare[0]))
    longest = max(clip.seconds for clip in chosen.rated)
    trial_seconds = PLAYED[request.test] * longest + ANSWER_SECONDS
    most = max(1, int(60 * request.minutes / trial_seconds))
    by_cell = {(p.clip, p.variant): p for p in rated}
    cells = split(list(by_cell), most, request.seed)
    count = max(1, round(len(cells[0]) / TRIALS_PER_CHECK))
    checks = list(dict.fromkeys(design.checks(spare[1:] or spare, count)))
    blocks = [[*(by_cell[cell] for cell in block), *checks] for block in cells]
    return [*training, *rated, *checks], blocks


def _signal(made: Mapping[str, Samples], condition: str, rate: int) -> Samples:
    if condition.startswith(TONES):
        return with_tones(made[REFERENCE], int(condition.removeprefix(TONES)), rate)
    return made[condition]


def _blind(samples: Mapping[Heard, Samples], request: Request) -> dict[Heard, str]:
    # drawn from the signals, too: whoever knows the seed could tell ids that depend on it alone
    digest = blake2b(repr(request.test).encode())
    ordered = sorted(samples, key=lambda heard: (heard.clip, heard.condition, heard.copy))
    for heard in ordered:
        digest.update(f"\0{heard}\0".encode() + samples[heard].astype("<i2").tobytes())
    draw = random.Random(f"blind/{request.seed}/{digest.hexdigest()}")
    names = [f"{code:08x}" for code in draw.sample(range(1 << 32), len(ordered))]
    return dict(zip(ordered, names, strict=True))


def _trials(
    presentations: Sequence[Presentation], blind: Mapping[Heard, str], seed: int
) -> tuple[list[JudgedTrial], dict[Presentation, str]]:
    training = [p for p in presentations if p.role == TRAINING]
    others = [p for p in presentations if p.role != TRAINING]
    random.Random(f"trials/{seed}").shuffle(others)  # so that an id does not tell a check
    named = [(f"training-{n}", p) for n, p in enumerate(training, 1)]
    named += [(f"trial-{n:03d}", p) for n, p in enumerate(others, 1)]
    trials = [
        JudgedTrial(name, p, tuple(blind[heard] for heard in p.heard), _choices(p, name, seed))
        for name, p in named
    ]
    return trials, {p: name for name, p in named}


def _choices(presentation: Presentation, name: str, seed: int) -> tuple[str, ...]:
    if presentation.spoken is None:
        return ()
    words = list(presentation.spoken.alternatives)
    random.Random(f"words/{seed}/{name}").shuffle(words)
    return tuple(words)


def _digest(
    trials: Sequence[JudgedTrial],
    samples: Mapping[Heard, Samples],
    blind: Mapping[Heard, str],
    test: str,
    rate: int,
) -> str:
    digest = blake2b(f"{test}/{rate}".encode(), digest_size=6)
    for trial in trials:
        digest.update(f"\0{trial.id}\0{trial.presentation}\0{trial.order}".encode())
    for heard, name in blind.items():
        digest.update(f"\0{name}\0{heard}\0".encode() + samples[heard].astype("<i2").tobytes())
    return f"{test}-{digest.hexdigest()}"
