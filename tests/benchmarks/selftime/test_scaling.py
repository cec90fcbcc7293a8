"""The measurement of very many items, on a few."""

from nscbench import metrics
from nscbench.benchmarks.selftime import scaling


def test_a_line_counts_rows_and_memory(monkeypatch):
    monkeypatch.setattr(scaling, "WARMING", 2)
    monkeypatch.setattr(scaling, "SUFFICIENT", 6)
    known = metrics.available()
    line = scaling.time_runs(3)
    assert (line.items, line.count) == (3, 30)
    assert min(line.run, line.rows, line.table) > 0
    assert line.mebibytes >= 0
    assert metrics.available() == known
