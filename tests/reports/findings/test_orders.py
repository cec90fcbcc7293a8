"""Do metrics order the cells alike? Planted orders, and one that is turned."""

import numpy as np
import pandas as pd
import pytest

from nscbench.benchmarks.store.finished_run import read_run
from nscbench.reports.findings.cells import NINE
from nscbench.reports.findings.orders import same_order
from support.findings_runs import conditions, made
from support.runs import items, write_run

STAIRS = {cell: 0.1 * height for height, cell in enumerate(NINE)}


def test_one_order(tmp_path):
    answer = same_order(made(tmp_path, STAIRS).scores, 3)
    assert answer.verdict == "yes"
    assert answer.sentence.startswith("Of 36 pairs of cells that some metric decides, none")
    taus, contradicted, every = answer.tables
    assert {cell for line in taus.lines for cell in line[1:]} == {"1.00"}
    assert contradicted.lines == []
    assert len(every.lines) == 36 * 3


def test_a_metric_that_turns_two_cells(tmp_path):
    """PESQ takes the two highest for each other: one of 36 pairs is discordant."""
    root = write_run(tmp_path / "run", conditions(STAIRS), items(40, 20))
    rows = pd.read_csv(root / "rows.csv")
    last, before = (f"{cell}-3" for cell in NINE[:-3:-1])
    other = rows["condition"].replace({last: before, before: last})
    pesq = rows["column"] == "pesq_wb"
    rows.loc[pesq, "condition"] = other[pesq]
    rows.to_csv(root / "rows.csv", index=False)
    answer = same_order(read_run(root).scores, 3)
    assert answer.verdict == "partly"
    assert "1 are contradicted; most often by PESQ and STOI (1), PESQ and ESTOI (1)." in (
        answer.sentence
    )
    assert "intelligibility 1.00" in answer.sentence
    taus, contradicted, _ = answer.tables
    assert float(taus.lines[0][2]) == pytest.approx(34 / 36, abs=0.006)
    assert contradicted.lines == [(before, last, "PESQ", "STOI and ESTOI")]


def test_what_is_undecided_contradicts_nothing(tmp_path):
    answer = same_order(made(tmp_path, dict.fromkeys(NINE, 0.0)).scores, 3)
    assert answer.verdict == "undecided"
    assert "Of 0 pairs" in answer.sentence


def test_two_cells_have_no_order(tmp_path):
    answer = same_order(made(tmp_path, {"mel2mel": 0.0, "lat2lat": 0.1}).scores, 3)
    assert answer.verdict == "not answered"
    assert "mel2wav-3" in answer.missing


def test_taus_are_of_common_items(tmp_path):
    """One cell that lacks half of the items leaves the order to the other half."""
    missing = {("mel2mel-3", f"i{n:03}") for n in range(20)}
    root = write_run(tmp_path / "run", conditions(STAIRS), items(40, 20), missing=missing)
    taus = same_order(read_run(root).scores, 3).tables[0]
    assert np.allclose([[float(cell) for cell in line[1:]] for line in taus.lines], 1)
