"""The measurement of very many items, on a few."""

import pandas as pd

from nscbench import metrics
from nscbench.benchmarks.run import tables
from nscbench.benchmarks.run.plan import Plan
from nscbench.benchmarks.run.suite import Suite
from nscbench.benchmarks.run.tables import rows_table
from nscbench.benchmarks.selftime import scaling
from nscbench.benchmarks.store.journal import Journal
from nscbench.benchmarks.store.rundir import RunDirectory
from nscbench.codecs import get


def test_a_line_counts_rows_and_memory(monkeypatch):
    monkeypatch.setattr(scaling, "WARMING", 2)
    monkeypatch.setattr(scaling, "SUFFICIENT", 6)
    known = dict(metrics.available())
    monkeypatch.setattr(metrics, "available", lambda: known)
    line = scaling.time_runs(3)
    assert (line.items, line.count) == (3, 30)
    assert min(line.run, line.rows, line.table) > 0
    assert line.mebibytes >= 0


def test_rows_are_the_same_in_any_blocks(monkeypatch, tmp_path):
    suite = Suite("blocks", "Blocks", "", (get("pcm"), get("lowpass-7")), ("level",), 1, {})
    plan = Plan(suite, scaling._items(tmp_path, 5), "cpu")
    directory = scaling._run(plan, RunDirectory(tmp_path / "run"))
    with Journal(directory.journal) as journal:
        whole = rows_table(plan, journal.get, {})
        monkeypatch.setattr(tables, "BLOCK", 2)
        pd.testing.assert_frame_equal(rows_table(plan, journal.get, {}), whole)
    assert whole["condition"].tolist() == ["pcm"] * 20 + ["lowpass-7"] * 20
    assert whole["item"].nunique() == 5
