"""The report of a large run: complete, and within 2 GB."""

import pandas as pd
import pytest

from nscbench.benchmarks.selftime.report_scale import RATES, report, write_run


@pytest.mark.slow
@pytest.mark.timeout(1200)
def test_a_report_of_50000_items_is_complete_and_fits(tmp_path):
    write_run(tmp_path / "run", conditions=50, items=1000)
    spent = report(tmp_path / "run")
    assert spent.status == 0
    assert spent.peak_bytes < 2e9
    folder = tmp_path / "run" / "report"
    table = pd.read_csv(folder / "leaderboard.csv")
    assert len(table) == 50
    assert (table["n"] == 1000).all()
    assert table["pesq_wb_lo"].notna().all()
    pairs = pd.read_csv(folder / "comparisons.csv")
    assert (pairs.groupby("column").size() == 50 * 49 // 2).all()
    assert set(table["pesq_wb_rank"]) > {1}
    deltas = pd.read_csv(folder / "bd.csv")
    assert deltas["test"].nunique() == 50 // len(RATES) - 1
    for name in ("curves", "distributions", "speakers", "sexes", "agreement"):
        assert (folder / "figures" / f"{name}.svg").stat().st_size > 10_000
    page = (folder / "report.html").read_text()
    assert page.count('data-kind="codec"') == 50
    assert len(page) < 30 * 2**20
