"""Sizes of tests: an independent power analysis, and simulated listeners."""

import numpy as np
import pytest

from nscbench.benchmarks.statistics.signed_rank import signed_rank
from nscbench.listening_test.prepare.sample_size import listeners_needed, sample_size, spread_over
from nscbench.listening_test.schema import ResultsError


@pytest.mark.parametrize(
    ("difference", "needed", "of_21_pairs"),
    [
        (3, [61, 134, 236], 258),
        (5, [24, 50, 87], 96),
        (8, [11, 21, 35], 41),
        (10, [8, 14, 24], 28),
    ],
)
def test_listeners_are_those_of_an_independent_power_analysis(
    difference: float, needed: list[int], of_21_pairs: int
) -> None:
    """statsmodels 0.15 TTestPower, 80 %, alpha 0.05, divided by 0.955."""
    assert [listeners_needed(difference, spread) for spread in (8, 12, 16)] == needed
    assert listeners_needed(difference, 12, pairs=21) == of_21_pairs


def test_the_planned_listeners_have_the_power() -> None:
    count = listeners_needed(6, 10, power=0.8)
    differences = np.random.default_rng(0).normal(6, 10, (800, count))
    found = np.mean([signed_rank(row) <= 0.05 for row in differences])
    assert 0.76 <= found <= 0.84


def test_spread_of_the_published_ratings() -> None:
    assert spread_over(8) == pytest.approx(10.9)
    assert spread_over(1) == pytest.approx(26.4)
    assert spread_over(12) < spread_over(8)


def test_the_standards_numbers_of_items() -> None:
    assert sample_size(5).items == 12
    assert sample_size(5, systems=9).items_per_listener == 14  # 1.5 times 9, above the usual 12
    short = sample_size(5, systems=9, items=6, items_per_listener=6)
    assert "14 items at least" in short.notes[0]
    assert sample_size(5, systems=7).listeners > sample_size(5).listeners


@pytest.mark.parametrize(
    "arguments",
    [
        {"difference": 0},
        {"difference": 120},
        {"difference": 5, "power": 1},
        {"difference": 5, "power": 0.01},
        {"difference": 5, "systems": 1},
        {"difference": 5, "items": 4, "items_per_listener": 5},
        {"difference": 5, "items_per_listener": 0},
        {"difference": 5, "spread": 0},
        {"difference": 0.01},
    ],
)
def test_impossible_plans_are_refused(arguments: dict[str, float]) -> None:
    with pytest.raises(ResultsError):
        sample_size(**arguments)  # type: ignore[arg-type]
