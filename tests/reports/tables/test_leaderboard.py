import numpy as np
import pandas as pd
import pytest

from nscbench.benchmarks.store.scores import Scores, curve_of
from nscbench.reports.tables.leaderboard import leaderboard
from nscbench.reports.tables.printed import markdown, show

ITEMS = [{"id": i, "speaker": s} for i, s in (("a", "1"), ("b", "2"), ("c", ""))]


def condition(name, kind="codec", kbps=6.0):
    return {"condition": name, "codec": name, "kind": kind, "nominal_kbps": kbps}


def rows(values, error="broke"):
    """Rows of one column "q" from {(condition, item, draw): value}; 1 s and 6000 bits an item."""
    table = []
    for (name, item, draw), value in values.items():
        if not draw:
            table += [(name, item, 0, "seconds", 1.0, ""), (name, item, 0, "payload_bits", 6e3, "")]
        table.append((name, item, draw, "q", value, error if np.isnan(value) else ""))
    return pd.DataFrame(table, columns=["condition", "item", "draw", "column", "value", "error"])


def board(values, conditions, **settings):
    table = leaderboard(Scores(rows(values, **settings), conditions, ITEMS, {"q": "higher"}))
    return table.set_index("condition")


def test_means_rates_and_counts():
    values = {("x", "a", 0): 1.0, ("x", "b", 0): 2.0, ("x", "c", 0): 6.0}
    line = board(values, [condition("x")]).loc["x"]
    assert (line["q"], line["measured_kbps"], line["n"], line["N"]) == (3.0, 6.0, 3, 3)
    assert np.isnan([line["q_lo"], line["q_hi"]]).all()  # of three speakers


def test_the_rate_is_a_ratio_of_sums():
    """1 s at 10 kbit/s and 9 s at 1 kbit/s are 1.9 kbit/s, not 5.5."""
    table = pd.DataFrame(
        [
            ("x", "a", 0, "seconds", 1.0, ""),
            ("x", "a", 0, "payload_bits", 10_000, ""),
            ("x", "b", 0, "seconds", 9.0, ""),
            ("x", "b", 0, "payload_bits", 9_000, ""),
            ("x", "a", 0, "entropy_bits", 8_000, ""),
            ("x", "b", 0, "entropy_bits", 8_000, ""),
            ("y", "a", 0, "seconds", 1.0, ""),
            ("y", "a", 0, "payload_bits", 10_000, ""),
        ],
        columns=["condition", "item", "draw", "column", "value", "error"],
    )
    made = leaderboard(Scores(table, [condition("x"), condition("y")], ITEMS, {}))
    assert made["measured_kbps"][0] == pytest.approx(1.9)
    assert made["entropy_kbps"][0] == pytest.approx(1.6)
    assert np.isnan(made["entropy_kbps"][1])  # a codec without a model of its indices


def test_only_common_items_are_compared():
    """y fails on its worst item: that must not make it the winner."""
    values = {
        ("x", "a", 0): 2.0, ("x", "b", 0): 2.0, ("x", "c", 0): 0.5,
        ("y", "a", 0): 1.9, ("y", "b", 0): 1.9, ("y", "c", 0): float("nan"),
    }  # fmt: skip
    table = board(values, [condition("x"), condition("y")])
    assert table["q"].to_dict() == {"x": 2.0, "y": 1.9}
    assert table["n"].to_dict() == {"x": 3, "y": 2}


def test_a_control_that_fails_does_not_shrink_the_comparison():
    values = {
        ("x", "a", 0): 1.0, ("x", "b", 0): 3.0,
        ("noise", "a", 0): 5.0, ("noise", "b", 0): float("nan"),
    }  # fmt: skip
    table = board(values, [condition("x"), condition("noise", "control")])
    assert table["q"].to_dict() == {"x": 2.0, "noise": 5.0}


def test_a_codec_that_measured_nothing_does_not_empty_the_board():
    values = {("x", "a", 0): 1.0, ("y", "a", 0): float("nan")}
    table = board(values, [condition("x"), condition("y")])
    assert table["q"]["x"] == 1.0
    assert np.isnan(table["q"]["y"])
    assert table["n"]["y"] == 0


def test_undefined_values_are_no_failures():
    values = {("x", "a", 0): 1.0, ("x", "b", 0): float("nan")}
    table = board(values, [condition("x")], error="undefined: no voiced frame")
    assert table["n"]["x"] == 2


def test_draws_are_averaged_within_an_item_first():
    values = {("x", "a", d): v for d, v in enumerate([1.0, 2.0, 3.0])} | {("x", "b", 0): 4.0}
    assert board(values, [condition("x")])["q"]["x"] == 3.0


def test_oracles_have_no_rate():
    table = board({("o", "a", 0): 1.0}, [condition("o", "oracle", 0)])
    assert np.isnan(table["measured_kbps"]["o"])


def test_printed_tables_show_what_is_measured():
    values = {("x", "a", 0): 1.23456, ("pcm", "a", 0): 4.64}
    conditions = [condition("pcm", "control"), condition("x")]
    measured = rows(values).replace("q", "pesq_wb")
    table = leaderboard(Scores(measured, conditions, ITEMS, {"pesq_wb": "higher"}))
    text = show(table).splitlines()
    assert text[0].split() == ["condition", "kbps", "n/N", "PESQ"]
    assert [line.split()[0] for line in text[1:]] == ["x", "pcm"]
    assert "1.23" in text[1]
    assert markdown(table).splitlines()[2] == "| x | 6.00 | 1/3 | 1.23 |"


def many(shift, direction="higher", conditions=("x", "y", "z"), speakers=10):
    """Leaderboard of three codecs on 20 items; x and y alike, z moved by `shift`."""
    random = np.random.default_rng(1)
    items = [{"id": str(i), "speaker": str(i % speakers)} for i in range(20)]
    values = {}
    for item in items:
        quality = random.normal()
        for name in conditions:
            moved = quality + shift * (name == "z") + random.normal(0, 0.1)
            values[name, item["id"], 0] = moved
    entries = [condition(name) for name in conditions] + [condition("pcm", "control")]
    table = leaderboard(Scores(rows(values), entries, items, {"q": direction}))
    return table.set_index("condition")


def test_ranks_are_groups():
    assert many(1.0)["q_rank"].tolist() == [2, 2, 1, pd.NA]
    assert many(-1.0)["q_rank"].tolist() == [1, 1, 3, pd.NA]
    assert many(1.0, "lower")["q_rank"].tolist() == [1, 1, 3, pd.NA]
    assert many(0.0)["q_rank"].tolist() == [1, 1, 1, pd.NA]


def test_columns_without_direction_are_not_ranked():
    assert "q_rank" not in many(1.0, "none")


def test_few_speakers_give_no_ranks():
    assert "q_rank" in many(1.0, speakers=6)
    assert "q_rank" not in many(1.0, speakers=5)


def test_intervals_hold_their_means():
    line = many(1.0).loc["z"]
    assert line["q_lo"] < line["q"] < line["q_hi"]


@pytest.mark.parametrize(
    ("name", "codec", "curve"),
    [
        ("opus-6", "opus", "opus"),
        ("mel2mel-1.5-nfe4", "mel2mel", "mel2mel-nfe4"),
        ("amr-wb-12.65", "amr-wb", "amr-wb"),
        ("g711", "g711", "g711"),
    ],
)
def test_curves_are_named_without_their_bitrate(name, codec, curve):
    assert curve_of(name, codec) == curve
