"""What the page begins with."""

from nscbench.benchmarks.store.finished_run import read_run
from nscbench.reports.page.material import Material
from nscbench.reports.page.opening import opening
from support.runs import items, ladder, write_run


def test_a_shared_lead_names_the_best_and_counts_who_is_not_told_apart(tmp_path):
    twin = {"twin-24": ("twin", "codec", 24, 0.6)}  # opus-24 has 0.6, too
    write_run(tmp_path / "run", ladder("opus") | twin, items(12, 6))
    leads = opening(Material(read_run(tmp_path / "run")))[0][1]
    assert "(24 kbit/s) has the best mean in PESQ (not told apart: 1)" in leads
    assert "rank" not in leads
