"""Values of a run by condition: its rates."""

import math

import pandas as pd
import pytest

from nscbench.benchmarks.store.results import ROW_COLUMNS
from nscbench.benchmarks.store.scores import Scores

CONDITION = {"condition": "opus-8", "codec": "opus", "kind": "codec", "nominal_kbps": 8.0}


def scores(*values):
    rows = [("opus-8", item, 0, column, value, "") for item, column, value in values]
    items = [{"id": item, "speaker": ""} for item in ("a", "b")]
    return Scores.measured_by(
        ["lsd"], pd.DataFrame(rows, columns=list(ROW_COLUMNS)), [CONDITION], items
    )


def test_the_rate_is_that_of_all_items_together():
    both = scores(
        ("a", "seconds", 1.0), ("a", "payload_bits", 8000.0),
        ("b", "seconds", 3.0), ("b", "payload_bits", 16000.0),
    )  # fmt: skip
    assert both.kbps("opus-8") == pytest.approx(6)
    assert math.isnan(both.entropy_kbps("opus-8"))


def test_bits_that_are_not_known_are_not_counted_as_none():
    one = scores(("a", "seconds", 1.0), ("a", "payload_bits", 8000.0), ("b", "seconds", 3.0))
    assert one.kbps("opus-8") == pytest.approx(8)
    assert math.isnan(scores(("a", "seconds", 1.0)).kbps("opus-8"))


def test_a_part_of_the_items_was_measured_at_the_same_rate():
    whole = Scores(scores().rows, [], [], {"pesq_wb": "higher"}, hertz={"pesq_wb": 48_000})
    assert whole.among([]).hertz == {"pesq_wb": 48_000}
