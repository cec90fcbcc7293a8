"""Verdicts on limits: pass, fail, and what cannot be told."""

import pandas as pd
import pytest

from nscbench.benchmarks.store.finished_run import read_run
from nscbench.benchmarks.store.limits import Limit
from nscbench.reports.tables.verdicts import (
    COLUMNS,
    Judged,
    judge,
    overall,
    read_verdicts,
    reasons,
    with_verdicts,
)
from support.runs import write_run

CONDITIONS = {
    "good-6": ("good", "codec", 6, 1.0),
    "bad-6": ("bad", "codec", 6, -1.0),
    "pcm": ("pcm", "control", 256, 2.0),
}


@pytest.fixture(scope="module")
def scores(tmp_path_factory):
    root = tmp_path_factory.mktemp("verdicts") / "run"
    return read_run(write_run(root, CONDITIONS, missing={("bad-6", "i003")})).scores


def found(scores, *limits, costs=None, **runs):
    return judge(limits, {"": Judged(scores), **runs}, costs or {}).set_index("condition")


def test_a_mean_is_held_against_the_bound_and_controls_are_not_judged(scores):
    table = found(scores, Limit("pesq_wb", min=2.5))
    assert list(table.index) == ["good-6", "bad-6"]
    good = table.loc["good-6"]
    assert good["verdict"] == "pass"
    assert good["value"] == pytest.approx(3.0, abs=0.1)
    assert (good["n"], good["N"]) == (24, 24)
    assert found(scores, Limit("pesq_wb", max=2.5)).loc["good-6", "verdict"] == "fail"


def test_who_fails_on_an_item_passes_no_limit(scores):
    bad = found(scores, Limit("pesq_wb", min=0.5)).loc["bad-6"]
    assert (bad["verdict"], bad["why"]) == ("undecided", "1 of 24 items failed")


@pytest.mark.parametrize(("bound", "verdict"), [(2.0, "pass"), (3.0, "undecided"), (4.0, "fail")])
def test_significantly_asks_for_the_whole_interval(scores, bound, verdict):
    line = found(scores, Limit("pesq_wb", min=bound, significantly=True)).loc["good-6"]
    assert line["verdict"] == verdict
    assert line["low"] < line["value"] < line["high"]


def test_few_speakers_decide_nothing_significantly(tmp_path):
    few = [
        {"id": f"i{n}", "path": f"/{n}", "speaker": f"s{n % 3}", "sex": "", "seconds": 1.0,
         "sha256": str(n)}
        for n in range(6)
    ]  # fmt: skip
    run = read_run(write_run(tmp_path / "run", {"a-6": ("a", "codec", 6, 0.0)}, few))
    line = found(run.scores, Limit("pesq_wb", min=0.1, significantly=True)).loc["a-6"]
    assert line["verdict"] == "undecided"
    assert "too few speakers" in line["why"]
    assert found(run.scores, Limit("pesq_wb", min=0.1)).loc["a-6", "verdict"] == "pass"


def test_rates_are_measured_or_undecided(scores):
    assert found(scores, Limit("measured_kbps", max=6)).loc["good-6", "verdict"] == "pass"
    assert found(scores, Limit("nominal_kbps", max=5)).loc["good-6", "verdict"] == "fail"
    entropy = found(scores, Limit("entropy_kbps", max=6)).loc["good-6"]
    assert (entropy["verdict"], entropy["why"]) == ("undecided", "not measured")


def test_costs_are_numbers_or_reasons(scores):
    costs = {
        "good-6": {"algorithmic_delay_ms": 20.0, "macs_per_second": "no torch"},
        "bad-6": {"algorithmic_delay_ms": float("inf")},
    }
    table = found(scores, Limit("algorithmic_delay_ms", max=30), costs=costs)
    assert dict(table["verdict"]) == {"good-6": "pass", "bad-6": "fail"}
    assert table.loc["bad-6", "why"] == "the codec needs the whole signal"
    table = found(scores, Limit("macs_per_second", max=1e9), costs=costs)
    assert dict(table["why"]) == {"good-6": "not measured: no torch", "bad-6": "not measured"}


def test_a_busy_machine_fails_no_limit_on_times(scores):
    limits, costs = [Limit("decode_rtf", max=1)], {
        "good-6": {"decode_rtf": 0.5}, "bad-6": {"decode_rtf": 2.0}
    }  # fmt: skip
    busy = dict.fromkeys(costs, "measured under a load of 9 on 2 processors")
    runs = {"": Judged(scores)}
    assert judge(limits, runs, costs)["verdict"].tolist() == ["pass", "fail"]
    table = judge(limits, runs, costs, busy)
    assert table["verdict"].tolist() == ["pass", "undecided"]
    assert table["why"].tolist() == ["0.5", "2, measured under a load of 9 on 2 processors"]


def test_a_degradation_has_values_of_its_own(scores, tmp_path):
    noisy = read_run(write_run(tmp_path / "run", {"good-6": ("good", "codec", 6, 0.0)})).scores
    runs = {"noise": Judged(noisy, {"bad-6": "not applicable: it conceals nothing"})}
    table = found(scores, Limit("pesq_wb", min=2.5, degradation="noise"), **runs)
    assert table.loc["good-6", "verdict"] == "fail"
    assert table.loc["bad-6", "why"] == "not measured: not applicable: it conceals nothing"


def test_limits_are_for_the_conditions_that_they_name(scores):
    table = found(scores, Limit("nominal_kbps", max=9, conditions=("g*",)))
    assert list(table.index) == ["good-6"]


def test_the_worst_line_is_the_verdict_and_all_others_say_why(scores, tmp_path):
    limits = [Limit("nominal_kbps", max=9), Limit("pesq_wb", min=2.5), Limit("stoi", max=1)]
    table = judge(limits, {"": Judged(scores)}, {})
    assert overall(table) == {"good-6": "fail", "bad-6": "undecided"}
    assert [name for name, _, _ in reasons(table)] == ["good-6", "bad-6", "bad-6"]
    board = with_verdicts(pd.DataFrame({"condition": ["good-6", "pcm"]}), table)
    assert board["verdict"].fillna("").tolist() == ["fail", ""]
    path = tmp_path / "verdicts.csv"
    table.to_csv(path, index=False)
    read = read_verdicts(tmp_path, path)
    assert tuple(read.columns) == COLUMNS
    pd.testing.assert_frame_equal(read, table, check_dtype=False)
