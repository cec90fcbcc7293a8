"""Scores as an array: its order, its gaps, and means over what was rated."""

import numpy as np

from nscbench.listening_test.analyze.opinion_scores import OpinionScores
from nscbench.listening_test.schema import Rating

RATINGS = [
    Rating("10", "i2", "opus-6", 40.0),
    Rating("2", "i2", "opus-6", 60.0),
    Rating("2", "i2", "opus-6", 70.0),  # a retest
    Rating("2", "i10", "opus-12", 80.0),
    Rating("2", "i10", "anchor35", 10.0),
    Rating("10", "i10", "reference", 100.0),
]


def test_names_are_in_natural_order_and_systems_between_reference_and_anchors() -> None:
    scores = OpinionScores.of(RATINGS)
    assert scores.listeners == ("2", "10")
    assert scores.items == ("i2", "i10")
    assert scores.conditions == ("reference", "opus-6", "opus-12", "anchor35")
    assert scores.systems == ("opus-6", "opus-12")
    assert scores.count == 5


def test_numbers_of_any_length_are_put_in_order() -> None:
    long = "9" * 5000
    names = ["b", f"a{long}", "a10", "a2", "a02", ""]
    scores = OpinionScores.of([Rating(name, "i", "c", 1.0) for name in names])
    assert scores.listeners == ("", "a02", "a2", "a10", f"a{long}", "b")


def test_a_retest_is_averaged_and_what_nobody_rated_is_a_gap() -> None:
    rated = OpinionScores.of(RATINGS).of_condition("opus-6")
    assert np.array_equal(rated, [[65.0, np.nan], [40.0, np.nan]], equal_nan=True)
    assert np.isnan(OpinionScores.of(RATINGS).of_condition("absent")).all()


def test_means_and_differences_are_within_the_listener() -> None:
    ratings = [
        Rating(name, item, condition, score)
        for name, shift in (("a", 0.0), ("b", 10.0))
        for item, condition, score in (("x", "p", 50 + shift), ("y", "p", 70), ("x", "q", 20))
    ]
    scores = OpinionScores.of(ratings)
    assert scores.listener_means().tolist() == [[60.0, 20.0], [65.0, 20.0]]
    assert scores.differences("p", "q").tolist() == [30.0, 40.0]  # on the common item only


def test_items_that_only_a_dropped_listener_rated_remain_as_gaps() -> None:
    scores = OpinionScores.of(RATINGS).without({"2"})
    assert scores.listeners == ("10",)
    assert scores.items == ("i2", "i10")
    assert scores.count == 2
