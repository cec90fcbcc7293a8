"""Metrics against listeners: what agrees, what does not, and what cannot be said."""

from pathlib import Path

import numpy as np
import pytest

from nscbench.listening_test.validity.agreement import CONDITIONS, ITEMS, agreement
from nscbench.listening_test.validity.compared import compare
from nscbench.listening_test.validity.ratings import read_opinions
from nscbench.listening_test.validity.sentences import column_sentences, compared_sentences
from support.judged_runs import write_judged_run, write_ratings, write_votes_per_clip

MERITS = {"a": 1.2, "b": 1.9, "c": 2.6, "d": 3.3, "e": 4.0, "f": 4.7}
ITEMS_RATED = [f"i{k}" for k in range(5)]


def found(run: Path, ratings: Path, given=None):
    compared = compare(run, read_opinions([ratings]), given or {})
    columns, notes = agreement(compared)
    assert not notes
    return compared, {column.column: column for column in columns}


def test_a_metric_that_agrees_does_at_both_levels(tmp_path: Path) -> None:
    run = write_judged_run(tmp_path / "run", MERITS, ITEMS_RATED, noise=0.05)
    compared, columns = found(run, write_ratings(tmp_path / "r.csv", MERITS, ITEMS_RATED))
    assert compared.shared
    for name, sign in (("pesq_wb", 1), ("warp_q", -1)):
        column = columns[name]
        assert column.level(CONDITIONS).coefficients["spearman"].value == sign
        pearson = column.level(ITEMS).coefficients["pearson"]
        assert sign * pearson.value > 0.95
        assert pearson.over_items.low <= pearson.value <= pearson.over_items.high
        assert pearson.over_conditions.low <= pearson.over_items.low or sign < 0
        assert column.pairs == 15
        assert not column.reversals
        third = next(e for e in column.level(CONDITIONS).errors if e.order == 3)
        assert third.deviation.rmse < 3
        assert third.deviation.outlier_ratio <= 1 / 3
    # six conditions in the same order leave room for others
    assert columns["pesq_wb"].level(CONDITIONS).coefficients["kendall"].over_conditions.low < 0.8


def test_other_recordings_compare_conditions_only(tmp_path: Path) -> None:
    run = write_judged_run(tmp_path / "run", MERITS, ["x", "y", "z", "w"], noise=0.05)
    votes = write_votes_per_clip(tmp_path / "votes.csv", MERITS)
    compared, columns = found(run, votes)
    assert not compared.shared
    assert columns["pesq_wb"].level(ITEMS) is None
    assert columns["pesq_wb"].level(CONDITIONS).points == 6
    assert columns["pesq_wb"].level(CONDITIONS).coefficients["spearman"].value == 1
    text = " ".join(compared_sentences(compared))
    assert "no recording in common" in text
    assert "only conditions are compared" in text
    assert "6 conditions are few" in text


def test_a_pair_against_listeners_is_sure_where_both_sides_are(tmp_path: Path) -> None:
    wrong = MERITS | {"b": 4.4, "e": 1.5}
    run = write_judged_run(tmp_path / "run", wrong, ITEMS_RATED, noise=0.05)
    _, columns = found(run, write_ratings(tmp_path / "r.csv", MERITS, ITEMS_RATED))
    first = columns["pesq_wb"].reversals[0]
    assert (first.preferred, first.other) == ("e", "b")
    assert first.rated == pytest.approx(42, abs=2)
    assert first.measured == pytest.approx(2.9, abs=0.2)
    assert first.sure
    sentence = column_sentences([columns["pesq_wb"]])[0]
    assert f"{len(columns['pesq_wb'].reversals)} of 15 pairs against the listeners" in sentence
    assert "e over b" in sentence


def test_a_tie_within_the_noise_is_not_sure(tmp_path: Path) -> None:
    merits = {"a": 2.0, "b": 2.01, "c": 4.0}
    run = write_judged_run(tmp_path / "run", merits | {"b": 1.99}, ITEMS_RATED, noise=0.3)
    _, columns = found(run, write_ratings(tmp_path / "r.csv", merits, ITEMS_RATED))
    assert not any(pair.sure for pair in columns["pesq_wb"].reversals)


def test_a_metric_that_says_the_reverse_has_a_flat_mapping(tmp_path: Path) -> None:
    upside_down = {name: 6 - merit for name, merit in MERITS.items()}
    run = write_judged_run(tmp_path / "run", upside_down, ITEMS_RATED)
    _, columns = found(run, write_ratings(tmp_path / "r.csv", MERITS, ITEMS_RATED))
    column = columns["pesq_wb"]
    assert column.level(CONDITIONS).coefficients["spearman"].value == -1
    assert all(error.mapping.flat for error in column.level(CONDITIONS).errors)
    assert len(column.reversals) == column.pairs == 15


def test_items_of_one_side_only_do_not_count(tmp_path: Path) -> None:
    run = write_judged_run(tmp_path / "run", MERITS, [*ITEMS_RATED[:3], "other"])
    ratings = write_ratings(tmp_path / "r.csv", MERITS, ITEMS_RATED)
    compared, columns = found(run, ratings)
    assert compared.items == tuple(ITEMS_RATED[:3])
    assert columns["pesq_wb"].level(ITEMS).points == 18


def test_two_listeners_give_no_interval_over_items(tmp_path: Path) -> None:
    run = write_judged_run(tmp_path / "run", MERITS, ITEMS_RATED)
    ratings = write_ratings(tmp_path / "r.csv", MERITS, ITEMS_RATED, listeners=2)
    _, columns = found(run, ratings)
    rho = columns["pesq_wb"].level(CONDITIONS).coefficients["spearman"]
    assert rho.over_items is None
    assert rho.over_conditions is not None


def test_values_that_do_not_vary_have_no_coefficient(tmp_path: Path) -> None:
    run = write_judged_run(tmp_path / "run", dict.fromkeys(MERITS, 3.0), ITEMS_RATED)
    _, columns = found(run, write_ratings(tmp_path / "r.csv", MERITS, ITEMS_RATED))
    level = columns["pesq_wb"].level(CONDITIONS)
    assert level.coefficients["spearman"].value is None
    assert level.errors == ()
    assert not np.any([pair.sure for pair in columns["pesq_wb"].reversals])
    assert "no correlation exists" in column_sentences([columns["pesq_wb"]])[0]
