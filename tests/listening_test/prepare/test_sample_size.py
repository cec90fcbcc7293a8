"""Sizes of tests: an independent power analysis, and simulated listeners."""

import numpy as np
import pytest

from nscbench.benchmarks.statistics.holm import holm
from nscbench.benchmarks.statistics.sign_flip import SignFlips
from nscbench.listening_test.prepare.sample_size import listeners_needed, sample_size, spread_over
from nscbench.listening_test.schema import ResultsError


@pytest.mark.parametrize(
    ("difference", "needed", "of_21_pairs"),
    [
        (3, [58, 128, 225], 246),
        (5, [23, 48, 83], 92),
        (8, [10, 20, 34], 39),
        (10, [8, 14, 23], 27),
    ],
)
def test_listeners_are_those_of_an_independent_power_analysis(
    difference: float, needed: list[int], of_21_pairs: int
) -> None:
    """statsmodels 0.15 TTestPower, 80 %: sign flips of few listeners need one or two more."""
    found = [listeners_needed(difference, spread) for spread in (8, 12, 16)]
    found.append(listeners_needed(difference, 12, pairs=21))
    for count, by_t in zip(found, [*needed, of_21_pairs], strict=True):
        assert by_t <= count <= by_t + 2


@pytest.mark.parametrize(("systems", "fewest"), [(2, 6), (8, 11), (4, 8)])
def test_no_plan_is_below_the_floor_of_the_exact_test(systems: int, fewest: int) -> None:
    """However large the difference, n listeners have 2^n patterns of signs."""
    plan = sample_size(60, systems=systems)
    assert plan.listeners == fewest
    assert min(listeners for _, listeners in plan.alternatives) == fewest
    assert 2 / 2**fewest <= 0.05 / plan.pairs < 2 / 2 ** (fewest - 1)


@pytest.mark.slow
@pytest.mark.parametrize(("difference", "spread", "pairs"), [(6, 10, 1), (30, 10, 1), (10, 9, 3)])
def test_the_planned_listeners_have_the_power(difference: float, spread: float, pairs: int) -> None:
    """By the whole analysis, with Holm over all pairs, of which no other is true."""
    count = listeners_needed(difference, spread, power=0.8, pairs=pairs)
    generator = np.random.default_rng(0)
    shown, tries = 0, 300
    for _ in range(tries):
        values = generator.normal(0, spread, (pairs, count))
        values[0] += difference
        p = np.array([SignFlips.of(row, generator).p() for row in values])
        shown += holm(p)[0] <= 0.05
    assert shown / tries >= 0.8 - 3 * (0.8 * 0.2 / tries) ** 0.5


@pytest.mark.parametrize("spread", [1e-9, 1e-3, 0.5])
def test_listeners_who_all_agree_are_as_many_as_the_test_needs(spread: float) -> None:
    """A power that no distribution can be asked for is 1."""
    assert sample_size(30, spread=spread).listeners == 6


@pytest.mark.slow
def test_many_systems_are_planned_by_the_patterns_that_the_analysis_draws() -> None:
    """435 pairs ask for p of 1e-4, of which 2^14 patterns know nothing."""
    count = listeners_needed(40, 10, pairs=435)
    assert 15 <= count <= 17
    values = np.random.default_rng(1).normal(40, 10, (200, count))
    p = [SignFlips.of(row, np.random.default_rng(n)).p() for n, row in enumerate(values)]
    assert np.mean(np.array(p) <= 0.05 / 435) >= 0.8


def test_spread_of_the_published_ratings() -> None:
    assert spread_over(8) == pytest.approx(10.9)
    assert spread_over(1) == pytest.approx(26.4)
    assert spread_over(12) < spread_over(8)


def test_the_standards_numbers_of_items() -> None:
    assert (sample_size(5).items_per_listener, sample_size(5).items) == (8, 8)
    nine = sample_size(5, systems=9)
    assert nine.items == 14  # 1.5 times 9
    short = sample_size(5, systems=9, items=6, items_per_listener=6)
    assert "14 items at least" in short.notes[0]
    assert sample_size(5, systems=7).listeners > sample_size(5).listeners


@pytest.mark.parametrize(
    "systems", [2, *(pytest.param(n, marks=pytest.mark.slow) for n in (4, 5, 9, 30))]
)
def test_a_session_takes_twenty_minutes_at_most(systems: int) -> None:
    """Trials, that of training too, x systems, hidden reference and two anchors x 25 s."""
    plan = sample_size(10, systems=systems)
    signals = min(systems + 3, 12)
    assert plan.minutes == (plan.items_per_listener + 1) * signals * 25 / 60
    assert plan.minutes == plan.minutes_for(plan.items_per_listener) <= 20
    assert not any("more than a session" in note for note in plan.notes)
    long = sample_size(10, systems=systems, items=20, items_per_listener=20)
    assert any("more than a session of 20" in note for note in long.notes)


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
        {"difference": 10, "systems": 51},
    ],
)
def test_impossible_plans_are_refused(arguments: dict[str, float]) -> None:
    with pytest.raises(ResultsError):
        sample_size(**arguments)  # type: ignore[arg-type]
