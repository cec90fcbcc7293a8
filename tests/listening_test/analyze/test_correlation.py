"""Metrics against ratings: coefficients of scipy, known orders, and what has no answer."""

import numpy as np
import pytest

from nscbench.benchmarks.statistics.coefficients import KINDS
from nscbench.listening_test.analyze.analysis import analyse
from nscbench.listening_test.analyze.correlation import ColumnReport, check_common, correlate
from nscbench.listening_test.analyze.objective import ObjectiveValues
from nscbench.listening_test.analyze.opinion_scores import OpinionScores
from nscbench.listening_test.schema import Rating, ResultsError

LEVELS = {"a": 80.0, "b": 65.0, "c": 45.0, "d": 30.0}
ITEMS = 8


@pytest.fixture(scope="module")
def scores() -> OpinionScores:
    generator = np.random.default_rng(0)
    listener = generator.normal(0, 5, 10)
    levels = LEVELS | {"reference": 98.0, "anchor35": 10.0}
    return OpinionScores.of(
        [
            Rating(str(n), f"i{k}", name, float(np.clip(level + shift, 0, 100)))
            for n in range(10)
            for k in range(ITEMS)
            for name, level in levels.items()
            for shift in [listener[n] + generator.normal(0, 6)]
        ]
    )


def values(order: dict[str, float], noise: float = 0.0) -> dict[tuple[str, str], float]:
    generator = np.random.default_rng(1)
    return {
        (f"i{k}", name): value + noise * generator.normal()
        for k in range(ITEMS)
        for name, value in order.items()
    }


def report(
    scores: OpinionScores, table: dict[tuple[str, str], float], direction: str
) -> ColumnReport:
    reports, notes = correlate(scores, {"m": table}, {"m": direction}, analyse(scores).pairs)
    assert not notes
    return reports[0]


def test_a_good_metric_agrees(scores: OpinionScores) -> None:
    found = report(scores, values({"a": 4, "b": 3, "c": 2, "d": 1}, noise=0.1), "higher")
    assert (found.stimuli, found.conditions, found.pairs, found.flips) == (32, 4, 6, ())
    for kind in KINDS:
        assert found.by_condition[kind].value is not None
        interval = found.by_stimulus[kind].interval
        value = found.by_stimulus[kind].value
        assert interval is not None
        assert value is not None
        assert 0.6 < interval.low <= value <= interval.high <= 1
    assert found.by_condition["kendall"].value == pytest.approx(1)


def test_a_distance_correlates_negatively_and_flips_nothing(scores: OpinionScores) -> None:
    found = report(scores, values({"a": 1, "b": 2, "c": 3, "d": 4}), "lower")
    assert found.by_condition["spearman"].value == pytest.approx(-1)
    assert not found.flips


def test_flips_are_named_with_the_listeners_p(scores: OpinionScores) -> None:
    found = report(scores, values({"a": 4, "b": 1, "c": 2, "d": 0}), "higher")
    (flip,) = found.flips
    assert (flip.preferred, flip.other) == ("b", "c")
    assert flip.p_holm is not None
    assert flip.p_holm < 0.05
    assert flip.score_difference == pytest.approx(20, abs=3)


def test_a_column_without_a_better_end_has_no_flips(scores: OpinionScores) -> None:
    found = report(scores, values({"a": 1, "b": 2, "c": 3, "d": 4}), "none")
    assert (found.pairs, found.flips) == (0, ())


def test_only_common_items_are_compared(scores: OpinionScores) -> None:
    table = values({"a": 4, "b": 3, "c": 2, "d": 1})
    part = {key: value for key, value in table.items() if key[0] in ("i0", "i1") or key[1] == "a"}
    found = report(scores, part | {("other", "a"): -50.0}, "higher")
    assert found.stimuli == 8 + 3 * 2
    assert found.by_condition["kendall"].value == pytest.approx(1)


def test_no_interval_from_too_few(scores: OpinionScores) -> None:
    few = scores.without(set(scores.listeners[2:]))
    found = report(few, values({"a": 4, "b": 3, "c": 2, "d": 1}), "higher")
    assert found.by_stimulus["pearson"].value is not None
    assert found.by_stimulus["pearson"].interval is None


def test_a_run_of_other_items_is_refused(scores: OpinionScores) -> None:
    with pytest.raises(ResultsError, match=r"none of the rated items.*such as x"):
        check_common(scores, {"m": {("x", "a"): 1.0}})
    with pytest.raises(ResultsError, match=r"none of the rated items"):
        check_common(scores, {"m": {("i0", "reference"): 1.0}})
    table: ObjectiveValues = {"m": values(LEVELS), "odd": {("x", "a"): 1.0}}
    check_common(scores, table)
    reports, notes = correlate(scores, table, {"m": "higher"})
    assert [r.column for r in reports] == ["m"]
    assert notes[0].startswith("odd: no item")


def test_without_listeners_or_values_nothing_is_computed(scores: OpinionScores) -> None:
    nobody = scores.without(scores.listeners)
    table = values(LEVELS)
    check_common(nobody, {"m": table})
    reports, notes = correlate(nobody, {"m": table}, {"m": "higher"})
    assert (reports, notes) == ((), ("Not computed: no listener is left after post-screening",))
    assert correlate(scores, {}, {}) == ((), ("Not computed: the run has no objective value",))


@pytest.mark.slow
def test_intervals_hold_most_of_the_time() -> None:
    """A known truth: bivariate normal stimuli, rated without noise; the items are the sample."""
    generator = np.random.default_rng(4)
    covered = []
    for _ in range(100):
        latent = generator.normal(size=20)
        metric = 0.8 * latent + 0.6 * generator.normal(size=20)
        ratings = [
            Rating(str(n), f"i{k}", "a", 50 + 5 * latent[k]) for n in range(20) for k in range(20)
        ]
        table = {(f"i{k}", "a"): float(metric[k]) for k in range(20)}
        interval = (
            report(OpinionScores.of(ratings), table, "higher").by_stimulus["pearson"].interval
        )
        assert interval is not None
        covered.append(interval.low <= 0.8 <= interval.high)
    assert 0.87 <= np.mean(covered) <= 0.99
