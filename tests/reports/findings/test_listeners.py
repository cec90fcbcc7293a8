"""Metrics that contradict each other, and the listeners of another test."""

from pathlib import Path

import pandas as pd
import pytest

from nscbench.benchmarks.store.finished_run import Run, read_run
from nscbench.benchmarks.store.run_directory import RunError
from nscbench.reports.findings.cells import NINE
from nscbench.reports.findings.listeners import (
    Agreement,
    read_agreements,
    read_tests,
    whom_to_believe,
)
from support.findings_runs import conditions
from support.runs import items, write_run

STAIRS = {cell: 0.1 * height for height, cell in enumerate(NINE)}
BELIEVED = Agreement(0.9, 0.7, 0.98)
DOUBTED = Agreement(0.2, -0.3, 0.6)
HEAD = "column,better,level,kind,value,conditions_low,conditions_high"


@pytest.fixture
def turned(tmp_path: Path) -> Run:
    """PESQ takes the two highest cells for each other; STOI and ESTOI do not."""
    root = write_run(tmp_path / "run", conditions(STAIRS), items(40, 20))
    rows = pd.read_csv(root / "rows.csv")
    last, before = (f"{cell}-3" for cell in NINE[:-3:-1])
    pesq = rows["column"] == "pesq_wb"
    other = rows["condition"].replace({last: before, before: last})
    rows.loc[pesq, "condition"] = other[pesq]
    rows.to_csv(root / "rows.csv", index=False)
    return read_run(root)


def test_a_test_proves_one_of_two_right(turned: Run) -> None:
    test = {"pesq_wb": DOUBTED, "stoi": BELIEVED, "estoi": Agreement(0.7, 0.5, 0.9)}
    answer = whom_to_believe(turned.scores, 3, {"votes": test})
    assert answer.verdict == "votes: in 1 of 2 pairs of metrics"
    assert "proven right: STOI over PESQ." in answer.sentence
    (table,) = answer.tables
    assert {line[:3]: line[-1] for line in table.lines} == {
        ("PESQ", "STOI", "1"): "STOI",
        ("PESQ", "ESTOI", "1"): "·",
    }


def test_a_metric_that_a_test_lacks_is_not_judged(turned: Run) -> None:
    answer = whom_to_believe(turned.scores, 3, {"votes": {"stoi": BELIEVED}})
    assert answer.verdict == "votes: in 0 of 2 pairs of metrics"
    assert "all intervals of metrics at odds overlap" in answer.sentence


def test_a_test_of_other_metrics_says_nothing(turned: Run) -> None:
    answer = whom_to_believe(turned.scores, 3, {"votes": {"per": BELIEVED}})
    assert answer.sentence == "votes says nothing of these metrics."


def test_without_a_test_nothing_is_answered(turned: Run) -> None:
    assert whom_to_believe(turned.scores, 3, {}).verdict == "not answered"


def test_distances_agree_where_they_fall(tmp_path: Path) -> None:
    lines = ["lsd,lower,conditions,spearman,-0.8,-0.9,-0.1", "lsd,lower,items,spearman,-0.1,,"]
    lines.append("stoi,higher,conditions,pearson,0.5,0.1,0.7")
    (tmp_path / "coefficients.csv").write_text("\n".join([HEAD, *lines]) + "\n")
    assert read_agreements(tmp_path) == {"lsd": Agreement(0.8, 0.1, 0.9)}


@pytest.mark.parametrize(
    "text",
    [None, "", f"{HEAD}\n", "a,b\n1,2\n", f"{HEAD}\nlsd,lower,conditions,spearman,x,,\n"],
)
def test_another_folder_is_refused(tmp_path: Path, text: str | None) -> None:
    if text is not None:
        (tmp_path / "coefficients.csv").write_text(text)
    with pytest.raises(RunError, match="nscbench listen validity"):
        read_agreements(tmp_path)


def test_two_tests_of_one_name_are_refused(tmp_path: Path) -> None:
    folders = [tmp_path / "a" / "votes", tmp_path / "b" / "votes"]
    for folder in folders:
        folder.mkdir(parents=True)
        line = "stoi,higher,conditions,spearman,0.5,0.1,0.7"
        (folder / "coefficients.csv").write_text(f"{HEAD}\n{line}\n")
    assert read_tests(folders[:1]) == {"votes": {"stoi": Agreement(0.5, 0.1, 0.7)}}
    with pytest.raises(RunError, match="called votes"):
        read_tests(folders)
