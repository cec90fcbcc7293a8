import numpy as np
import pandas as pd

from nscbench import metrics
from nscbench.benchmarks.store.scores import Scores
from nscbench.reports.page.flags import flags, yardsticks
from nscbench.reports.page.template_values import FLAG_TITLES
from nscbench.reports.tables.leaderboard import all_comparisons, leaderboard
from nscbench.reports.tables.printed import show
from nscbench.reports.tables.seeds import seed_variance

DIRECTIONS = {
    "visqol": "higher", "estoi": "higher", "f0_rmse": "lower", "lsd": "lower",
    "delay_ms": "none", "drift_ppm": "none", "polarity": "none", "level_db": "none",
}  # fmt: skip
NONE = pd.DataFrame(columns=["condition", "item", "finding"])
ITEMS = [{"id": f"i{n}", "speaker": f"s{n % 10}"} for n in range(20)]


def scores(
    means,
    kinds=None,
    kbps=None,
    items=ITEMS,
    noise=0.05,
    draws=1,
    directions=DIRECTIONS,
    stated=None,
):
    """Scores of {condition: {column: mean}} on all items, with a little noise.

    The bitrate that is stated is the measured one, `kbps`, unless it is given.
    """
    random = np.random.default_rng(0)
    kinds, kbps = kinds or {}, kbps or {}
    rows = [
        (name, item["id"], draw, column, mean + random.normal(0, noise), "")
        for name, columns in means.items()
        for column, mean in columns.items()
        for item in items
        for draw in range(draws)
    ]
    for name in means:
        bits = 1000 * kbps.get(name, 6.0)
        rows += [
            (name, i["id"], 0, c, v, "")
            for i in items
            for c, v in (("payload_bits", bits), ("seconds", 1.0))
        ]
    conditions = [
        {
            "condition": n,
            "codec": n.split("-")[0],
            "kind": kinds.get(n, "codec"),
            "nominal_kbps": stated or kbps.get(n, 6.0),
        }
        for n in means
    ]
    table = pd.DataFrame(rows, columns=["condition", "item", "draw", "column", "value", "error"])
    return Scores(table, conditions, items, directions)


def found(table, findings=NONE):
    return [(f.kind, f.subject, f.text) for f in flags(table, all_comparisons(table), findings)]


def test_nothing_is_flagged_where_quality_and_intelligibility_go_together():
    table = scores({"a": {"visqol": 3, "estoi": 0.5}, "b": {"visqol": 4, "estoi": 0.9}})
    assert found(table) == []


def test_another_bitrate_than_stated_is_flagged():
    means = {name: {"visqol": 3} for name in ("a-6", "b-6", "c-6", "pcm", "oracle")}
    kbps = {"a-6": 57.25, "b-6": 3.0, "c-6": 7.4, "pcm": 256.0}
    table = scores(means, kinds={"pcm": "control", "oracle": "oracle"}, kbps=kbps, stated=6)
    assert found(table) == [
        ("bitrate", "a-6", "measures 57.25 kbit/s, states 6.00"),
        ("bitrate", "b-6", "measures 3.00 kbit/s, states 6.00"),
    ]
    assert "bitrate" in FLAG_TITLES
    shown = show(leaderboard(table))
    assert "57.25 (states 6.00)" in shown
    assert "3.00 (states 6.00)" in shown
    assert shown.count("states") == 2


def test_quality_up_while_intelligibility_and_pitch_go_down():
    table = scores({
        "a": {"visqol": 3, "estoi": 0.9, "f0_rmse": 5.0},
        "b": {"visqol": 4, "estoi": 0.5, "f0_rmse": 9.0},
    })  # fmt: skip
    text = "against a: better in visqol, worse in estoi and f0_rmse"
    assert found(table) == [("trade-off", "b", text)]


def test_every_measure_of_words_and_pitch_guards():
    columns = metrics.get("wer").directions | metrics.get("f0_correlation").directions
    assert {"wer", "cer", "f0_correlation"} <= columns.keys()
    table = scores(
        {
            "a": {"visqol": 3, "cer": 0.1, "f0_correlation": 0.9},
            "b": {"visqol": 4, "cer": 0.9, "f0_correlation": 0.2},
        },
        directions=DIRECTIONS | {"cer": "lower", "f0_correlation": "higher"},
    )
    text = "against a: better in visqol, worse in cer and f0_correlation"
    assert found(table) == [("trade-off", "b", text)]


def test_codecs_at_other_bitrates_are_no_trade_off():
    means = {"a": {"visqol": 3, "estoi": 0.9}, "b": {"visqol": 4, "estoi": 0.5}}
    assert found(scores(means, kbps={"a": 6, "b": 12})) == []
    own = {"a-6": means["a"], "a-12": means["b"]}
    assert [f[0] for f in found(scores(own, kbps={"a-6": 6, "a-12": 12}))] == ["trade-off"]


def test_a_codec_above_the_original():
    means = {"a": {"visqol": 4.5}, "b": {"visqol": 3.0}, "pcm": {"visqol": 4.0}}
    (flag,) = found(scores(means, {"pcm": "control"}))
    assert flag[:2] == ("above pcm", "a")
    assert flag[2].startswith("scores better than the original in visqol by 0.")


def test_delay_drift_polarity_and_level():
    table = scores({"a": {"delay_ms": 20, "drift_ppm": 100, "polarity": -1, "level_db": -6}})
    texts = [text for kind, _, text in found(table) if kind == "misaligned"]
    assert [text.split()[0] for text in texts[:3]] == ["+20", "+100", "-5.99"]
    assert texts[3].startswith("inverted waveform")


def test_delays_that_scatter():
    table = scores({"a": {"delay_ms": 0}}, noise=20)
    assert any("off the median delay" in text for _, _, text in found(table))


def test_swapped_items_are_flagged_for_codecs_and_expected_of_controls():
    table = scores({"a": {"visqol": 4}, "swapped": {"visqol": 1}}, {"swapped": "control"})
    findings = pd.DataFrame(
        [("a", "i3", "fits i4"), ("swapped", "i1", "fits i2")], columns=NONE.columns
    )
    (flag,) = found(table, findings)
    text = "1 of 20 items fit another item's reference better (i3: fits i4)"
    assert flag == ("swapped", "a", text)


def test_differences_smaller_than_what_a_low_pass_does():
    controls = {"pcm": "control", "lowpass-7": "control"}
    means = {"a": {"visqol": 3.0}, "b": {"visqol": 3.2}, "c": {"visqol": 4.0}}
    means |= {"pcm": {"visqol": 4.6}, "lowpass-7": {"visqol": 4.2}}
    table = scores(means, controls)
    assert abs(yardsticks(table)["visqol"] - 0.4) < 0.05
    (flag,) = found(table)
    assert flag[:2] == ("small", "visqol")
    assert flag[2].startswith("1 of 3 significant differences are under 0.4")
    assert "from pcm to lowpass-7" in flag[2]


def test_spectral_distances_have_no_yardstick():
    """A low-pass takes away what they measure; 1 dB of distance would pass for nothing."""
    means = {"a": {"lsd": 3.0}, "b": {"lsd": 4.0}, "pcm": {"lsd": 0.1}, "lowpass-7": {"lsd": 8.0}}
    table = scores(means, {"pcm": "control", "lowpass-7": "control"})
    assert "lsd" in table.ranked
    assert yardsticks(table) == {}
    assert found(table) == []


def test_variance_of_seeds_is_apart_from_that_of_items():
    """Items spread by 1, draws by 0.3: both come back, and the mean's part is 0.3 / sqrt(n D)."""
    random = np.random.default_rng(2)
    items = [{"id": str(i), "speaker": str(i)} for i in range(400)]
    rows = [
        ("a-3", item["id"], draw, "visqol", value + random.normal(0, 0.3), "")
        for item in items
        for value in [random.normal(3, 1)]
        for draw in range(4)
    ]
    table = pd.DataFrame(rows, columns=["condition", "item", "draw", "column", "value", "error"])
    conditions = [{"condition": "a-3", "codec": "a", "kind": "codec", "nominal_kbps": 3}]
    line = seed_variance(Scores(table, conditions, items, DIRECTIONS)).iloc[0]
    assert abs(line["seed_sd"] - 0.3) < 0.02
    assert abs(line["item_sd"] - 1.0) < 0.1
    assert abs(line["mean_sd"] - 0.3 / 1600**0.5) < 1e-3
    assert line["best"] - line["worst"] > 0.5
    assert (line["n"], line["draws"]) == (400, 4)


def test_operating_points_have_seed_variances_of_their_own():
    """Draws scatter by 0.5 at NFE 1 and by 0.1 at NFE 10; `pcm` draws nothing."""
    random = np.random.default_rng(4)
    spread = {"mel2mel-3-nfe1": 0.5, "mel2mel-3-nfe10": 0.1}
    rows = [
        (name, item["id"], draw, "visqol", 3 + random.normal(0, sd), "")
        for name, sd in spread.items()
        for item in ITEMS
        for draw in range(20)
    ]
    rows += [("pcm", item["id"], 0, "visqol", 4.5, "") for item in ITEMS]
    table = pd.DataFrame(rows, columns=["condition", "item", "draw", "column", "value", "error"])
    conditions = [
        {"condition": name, "codec": name.split("-")[0], "kind": "codec", "nominal_kbps": 3}
        for name in (*spread, "pcm")
    ]
    found = seed_variance(Scores(table, conditions, ITEMS, DIRECTIONS)).set_index("condition")
    assert found["seed_sd"].round(1).to_dict() == spread
    assert (found[["n", "N", "draws"]] == 20).all(axis=None)


def test_seed_variance_by_hand():
    """Draws 1, 3 and 5, 7: within 2, between 2 * 8 = 16, so items (16 - 2) / 2 = 7."""
    rows = [
        ("a", i, d, "visqol", v, "")
        for i, d, v in (("i0", 0, 1), ("i0", 1, 3), ("i1", 0, 5), ("i1", 1, 7))
    ]
    table = pd.DataFrame(rows, columns=["condition", "item", "draw", "column", "value", "error"])
    conditions = [{"condition": "a", "codec": "a", "kind": "codec", "nominal_kbps": 3}]
    line = seed_variance(Scores(table, conditions, ITEMS, DIRECTIONS)).iloc[0]
    assert np.allclose(line[["seed_sd", "item_sd", "mean_sd"]].tolist(), [2**0.5, 7**0.5, 0.5**0.5])
    assert (line["worst"], line["best"]) == (3, 5)


def test_deterministic_conditions_have_no_seed_variance():
    assert seed_variance(scores({"a": {"visqol": 3}})).empty
