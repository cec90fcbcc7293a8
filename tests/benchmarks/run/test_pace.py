"""The time that is left of a run, told from what its tasks took."""

import random

import pytest

from nscbench.benchmarks.run.pace import STAGES, Pace, in_words

RATES = {"cheap": 0.01, "middle": 0.1, "dear": 2.0}  # seconds of coding for a second of audio
SCORING = 0.2


def simulated(recorded=None, first=True, items=20, seconds=5.0, at_once=2):
    """The time by each item, and the share of the true time that is foretold there.

    Tasks differ by a fifth from each other; an item of each condition comes first.
    """
    chance = random.Random(5)
    todo = [(name, n) for name in RATES for n in range(items)]
    if first:
        todo.sort(key=lambda one: (one[1] > 0, list(RATES).index(one[0])))
    took = [
        {
            stage: seconds
            * (SCORING if stage == "score" else RATES[name] / 2)
            * chance.uniform(0.8, 1.2)
            for stage in STAGES
        }
        for name, _ in todo
    ]
    whole = sum(sum(one.values()) for one in took) / at_once
    pace = Pace({name: dict.fromkeys(STAGES, items * seconds) for name in RATES}, recorded)
    now, told = 100.0, []
    for (name, _), one in zip(todo, took, strict=True):
        now += sum(one.values()) / at_once
        for stage, duration in one.items():
            pace.took(name, stage, seconds, duration, now)
        left = pace.left(now)
        told.append((now - 100, None if left is None else (now - 100 + left) / whole))
    return told


def test_it_is_right_within_a_fifth_as_soon_as_every_condition_has_begun():
    told = simulated()
    assert len(RATES) < len(told)
    later = [share for _, share in told[len(RATES) :]]
    assert all(0.8 < share < 1.2 for share in later)
    assert told[-1][1] == pytest.approx(1, abs=0.05)


def test_recorded_costs_stand_for_what_has_not_begun():
    """Even where this machine is three times slower than the one they were recorded on."""
    halves = {name: {"encode": rate / 6, "decode": rate / 6} for name, rate in RATES.items()}
    told = simulated(halves, first=False)
    assert all(0.8 < share < 1.2 for _, share in told[5:])
    blind = simulated(first=False)
    assert not 0.8 < blind[5][1] < 1.2


def test_nothing_is_told_of_nothing():
    pace = Pace({"a": dict.fromkeys(STAGES, 10.0)})
    assert pace.left(3.0) is None
    assert not pace.known
    pace.took("a", "encode", 5.0, 1.0, 10.0)
    assert pace.left(11.0) is None  # of the other stages
    for stage in STAGES:
        pace.took("a", stage, 5.0, 1.0, 11.0)
    assert pace.known
    assert pace.left(12.0) > 0


def test_what_was_there_before_costs_nothing():
    pace = Pace({name: dict.fromkeys(STAGES, 10.0) for name in "ab"})
    for stage in STAGES:
        pace.took("a", stage, 10.0, None, 1.0)
        pace.took("b", stage, 5.0, 1.0, 4.0)
    assert pace.known
    assert pace.left(4.0) == pytest.approx(3.0 / (3.0 / 1.0))


@pytest.mark.parametrize(
    ("seconds", "words"),
    [(1, "5 s"), (33, "35 s"), (64, "1 min 5 s"), (157, "2 min 40 s"), (180, "3 min"),
     (1500, "25 min"), (11_390, "3 h 10 min")],
)  # fmt: skip
def test_a_duration_in_words(seconds, words):
    assert in_words(seconds) == words
