"""Who leads, what is undecided, and what to beware of."""

import numpy as np
import pandas as pd
import pytest

from nscbench.benchmarks.store.scores import Scores
from nscbench.reports.tables.comparisons import compare_all, compare_planned, hopeless
from nscbench.reports.tables.summary import cautions, summary


def made(values, speakers, weights=None):
    """Scores of {condition: value of each item} in the column q."""
    items = [{"id": str(n), "speaker": name} for n, name in enumerate(speakers)]
    entries = [
        {"condition": name, "codec": name, "kind": "codec", "nominal_kbps": 6.0} for name in values
    ]
    rows = [
        (name, str(n), 0, column, value, "")
        for name, of_items in values.items()
        for column, column_values in (("q", of_items), ("words", weights))
        if column_values is not None
        for n, value in enumerate(column_values)
    ]
    table = pd.DataFrame(rows, columns=["condition", "item", "draw", "column", "value", "error"])
    rates = {"q": "words"} if weights is not None else {}
    return Scores(table, entries, items, {"q": "higher"}, rates)


def noisy(shifts, speakers, seed=0):
    random = np.random.default_rng(seed)
    return made(
        {name: shift + random.normal(0, 0.1, len(speakers)) for name, shift in shifts.items()},
        speakers,
    )


EIGHT = list("abcdefgh") * 2


@pytest.mark.parametrize(
    ("shifts", "leads", "decided"),
    [
        ({"x": 0.0, "y": 1.0, "z": 2.0}, "z", "3/3"),
        ({"x": 0.0, "y": 1.0, "z": 1.0}, "y, z", "2/3"),
        ({"x": 0.0, "y": 0.0}, "nobody: no codec is told from another", "0/1"),
        ({"u": 0.0, **dict.fromkeys("abcde", 1.0)}, "a, b, c and 2 more", "5/15"),
    ],
)
def test_who_leads(shifts, leads, decided):
    scores = noisy(shifts, EIGHT)
    found = summary({"q": compare_all(scores, "q", list(shifts))})
    assert found == [("q", leads, decided, "16/16")]


def test_too_few_speakers_have_no_ranks_and_are_told_how_many_have():
    scores = noisy({"x": 0.0, "y": 1.0}, list("abcde") * 2)
    pairs = compare_all(scores, "q", ["x", "y"])
    assert summary({"q": pairs}) == [("q", "no ranks", "0/1", "10/10")]
    assert cautions(scores, [pairs]) == [
        "no ranks and no winner in q: 5 speakers are too few for a test: 6 are needed"
    ]


def test_ties_that_no_adjusted_test_can_tell_are_said():
    """Seven of eight speakers differ by 1: sign flips say 2 / 2^7, times 6 pairs."""
    steps = np.array([1.0] * 7 + [0.0])
    scores = made({name: place * steps for place, name in enumerate("wxyz")}, list("abcdefgh"))
    pairs = compare_all(scores, "q", list("wxyz"))
    assert pairs["least"].min() == pytest.approx(6 * 2 / 2**7)
    assert hopeless(pairs) == (
        "8 speakers, of whom some differ by nothing or alike, cannot reach 5 % in 6 tests: the "
        "smallest p is 0.094 after Holm; 8 are needed whose differences are not zero"
    )
    (one,) = compare_planned(scores, [("w", "z")], ["q"]).to_dict("records")
    assert (one["least"], one["better"]) == (2 / 2**7, "z")
    equal = made({"x": np.ones(8), "y": np.ones(8)}, list("abcdefgh"))
    assert hopeless(compare_all(equal, "q", ["x", "y"])) == "there is no difference at all"


@pytest.mark.parametrize("weights", [None, [20.0, *[1.0] * 7]])
def test_a_speaker_who_carries_the_mean_is_named(weights):
    """By many items, or by many words in one."""
    speakers = list("abcdefgh") if weights else ["a"] * 10 + list("bcdefgh")
    random = np.random.default_rng(0)
    values = {name: random.normal(0, 1, len(speakers)) for name in "xy"}
    scores = made(values, speakers, weights)
    (caution,) = cautions(scores, [compare_all(scores, "q", ["x", "y"])])
    assert caution.startswith("one speaker carries the mean: a has ")
    assert "8 speakers count like" in caution
    assert cautions(scores, []) == [caution]
    even = noisy({"x": 0.0, "y": 0.0}, EIGHT)
    assert cautions(even, [compare_all(even, "q", ["x", "y"])]) == []
