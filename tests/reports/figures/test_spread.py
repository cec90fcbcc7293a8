"""Agreement of metrics."""

import numpy as np
import pandas as pd
import pytest

from nscbench.benchmarks.store.scores import Scores
from nscbench.reports.figures.spread import agreement
from nscbench.reports.figures.style import drawing


def test_metrics_are_held_against_each_other_on_common_items():
    """c fails in PESQ on the hard item: over its own items it would be the best codec there."""
    values = {
        "pesq_wb": {"a": (1.0, 3.0), "b": (1.2, 3.2), "c": (np.nan, 2.9)},
        "stoi": {"a": (0.3, 0.5), "b": (0.32, 0.52), "c": (0.28, 0.48)},
    }
    rows = [
        (name, f"i{n}", 0, column, value, "")
        for column, codecs in values.items()
        for name, pair in codecs.items()
        for n, value in enumerate(pair)
    ]
    conditions = [{"condition": name, "kind": "codec"} for name in "abc"]
    listed = [{"id": f"i{n}", "speaker": ""} for n in range(2)]
    table = pd.DataFrame(rows, columns=["condition", "item", "draw", "column", "value", "error"])
    with drawing():
        scores = Scores(table, conditions, listed, dict.fromkeys(values, "higher"))
        (picture,) = agreement(scores)
    assert picture.data.set_index("column").loc["PESQ", "STOI"] == pytest.approx(1)
