"""The front of quality against computing, and the price of its steps."""

import pandas as pd
import pytest

from nscbench.reports.findings.price import MACS, price
from support.findings_runs import made


def costs(**macs: float) -> pd.DataFrame:
    table = pd.DataFrame({MACS: {f"{name}-3": 1e9 * count for name, count in macs.items()}})
    return table.rename_axis("condition")


def test_a_step_that_is_paid_for(tmp_path):
    """gan is cheap, lat2lat dearer and better, mel2mel dearest and no better."""
    run = made(tmp_path, {"gan": 0.0, "lat2lat": 0.2, "mel2mel": 0.1})
    answer = price(run.scores, costs(gan=1, lat2lat=3, mel2mel=10), 3)
    assert answer.verdict == "gan-3 (1 G) → lat2lat-3 (3 G)"
    assert answer.sentence.startswith("From gan-3 to lat2lat-3 +0.")
    per_point = float(answer.sentence.split(" G a point")[0].split()[-1])
    assert per_point == pytest.approx(2 / 0.2, rel=0.15)
    assert "undecided" not in answer.sentence
    lines = {line[0]: line[-1] for line in answer.tables[0].lines}
    assert lines == {"gan-3": "yes", "lat2lat-3": "yes", "mel2mel-3": "no"}


def test_a_step_that_is_not_proven(tmp_path):
    run = made(tmp_path, {"gan": 0.0, "lat2lat": 0.0})
    mean = run.scores.of("pesq_wb").mean()
    cheap, dear = ("gan", "lat2lat") if mean["gan-3"] < mean["lat2lat-3"] else ("lat2lat", "gan")
    answer = price(run.scores, costs(**{cheap: 1, dear: 2}), 3)
    assert answer.sentence.endswith("(undecided).")


def test_the_cheapest_may_be_the_best(tmp_path):
    run = made(tmp_path, {"gan": 0.2, "lat2lat": 0.0})
    answer = price(run.scores, costs(gan=1, lat2lat=3), 3)
    assert answer.verdict == "gan-3 (1 G)"
    assert answer.sentence == "gan-3 multiplies least and has the highest mean."


def test_without_costs_there_is_no_price(tmp_path):
    run = made(tmp_path, {"gan": 0.2, "lat2lat": 0.0})
    answer = price(run.scores, pd.DataFrame(), 3)
    assert answer.verdict == "not answered"
    assert "`nscbench cost`" in answer.sentence
