"""Rates of many items: the sum of the numerators over the sum of the denominators."""

import numpy as np
import pandas as pd
import pytest

from nscbench.benchmarks.statistics.bootstrap import cluster_bootstrap
from nscbench.benchmarks.statistics.intervals import student
from nscbench.benchmarks.statistics.paired import compare
from nscbench.benchmarks.statistics.signed_rank import signed_rank
from nscbench.benchmarks.store.scores import Scores
from nscbench.reports.tables.comparisons import compare_all
from nscbench.reports.tables.curve_deltas import deltas
from nscbench.reports.tables.leaderboard import leaderboard

HEADER = ["condition", "item", "draw", "column", "value", "error"]


def scores(errors, words, speakers, kbps=None):
    """Scores of the rate "wer" from errors {condition: [n]}, words [n] and speakers [n]."""
    rows = []
    for name, counts in errors.items():
        for number, (count, length) in enumerate(zip(counts, words, strict=True)):
            values = {"wer": count / length, "text_words": length, "seconds": 1.0}
            values["payload_bits"] = 1000 * (kbps or {}).get(name, 6.0)
            rows += [(name, str(number), 0, column, v, "") for column, v in values.items()]
    conditions = [
        {"condition": n, "codec": n.split("-")[0], "kind": "codec", "nominal_kbps": 6.0}
        for n in errors
    ]
    items = [{"id": str(n), "speaker": s} for n, s in enumerate(speakers)]
    table = pd.DataFrame(rows, columns=HEADER)
    return Scores(table, conditions, items, {"wer": "lower"}, {"wer": "text_words"})


def test_a_long_item_weighs_more_than_a_short_one():
    """1 error in 2 words and 2 in 38 are 3 in 40: 7.5 %, where the mean of the rates is 27.6 %."""
    table = leaderboard(scores({"x": [1, 2]}, [2, 38], ["a", "b"])).set_index("condition")
    assert table["wer"]["x"] == pytest.approx(3 / 40)
    assert "text_words" not in table


def test_other_columns_are_plain_means():
    found = scores({"x": [1, 2]}, [2, 38], ["a", "b"])
    found.directions["seconds"] = "none"
    assert leaderboard(found)["seconds"][0] == 1.0
    assert (found.weights("seconds") == 1).all(axis=None)


def test_the_interval_is_that_of_a_ratio():
    """Half its width is Student's quantile times the linearized standard error of a ratio
    (Cochran, Sampling Techniques, 1977, section 2.11, over clusters)."""
    random = np.random.default_rng(0)
    speakers, each = 80, 5
    clusters = np.repeat([f"s{n:02}" for n in range(speakers)], each)
    words = random.integers(2, 40, speakers * each).astype(float)
    hardness = np.repeat(random.uniform(0.02, 0.2, speakers), each)
    errors = random.binomial(words.astype(int), hardness).astype(float)
    mean, low, high = cluster_bootstrap(errors / words, list(clusters), weights=words)
    ratio = errors.sum() / words.sum()
    residuals = (errors - ratio * words).reshape(speakers, each).sum(axis=1)
    variance = speakers / (speakers - 1) * (residuals**2).sum() / words.sum() ** 2
    assert mean == pytest.approx(ratio)
    expected = student(0.975, speakers - 1) * np.sqrt(variance)
    assert (high - low) / 2 == pytest.approx(expected, rel=0.05)
    assert low < ratio < high


def test_items_of_one_rate_have_no_spread_whatever_their_lengths():
    words = np.arange(2.0, 22.0)
    _, low, high = cluster_bootstrap(np.full(20, 0.5), [str(n) for n in range(20)], weights=words)
    assert (low, high) == pytest.approx((0.5, 0.5))


def test_a_comparison_is_of_the_rates_of_the_whole():
    random = np.random.default_rng(1)
    words = random.integers(2, 60, 24).astype(float)
    errors = {name: random.integers(0, words + 1).astype(float) for name in "xy"}
    speakers = [f"s{n // 2}" for n in range(24)]
    (line,) = compare_all(scores(errors, words, speakers), "wer", ["x", "y"]).to_dict("records")
    rates = {name: counts.sum() / words.sum() for name, counts in errors.items()}
    assert line["difference"] == pytest.approx(rates["x"] - rates["y"])
    assert line["low"] < line["difference"] < line["high"]
    expected = signed_rank(errors["x"] - errors["y"], speakers)
    assert line["p_signed_rank"] == pytest.approx(expected)
    assert line["p"] > 0.05
    assert (line["low"] < 0 < line["high"], line["test"]) == (True, "t")


def test_equal_weights_change_nothing():
    random = np.random.default_rng(2)
    values, clusters = random.normal(size=(20, 2)), [str(n % 10) for n in range(20)]
    plain, weighted = (
        compare(values, [(0, 1)], clusters, weights=weights)[0]
        for weights in (None, np.full((20, 2), 7.0))
    )
    assert weighted == pytest.approx(plain)


def test_bd_quality_of_a_rate_is_between_the_rates_of_the_whole():
    """Every item of one codec makes one error more in ten words than the other's: 0.1, however
    long its items, where their number of words follows the errors."""
    random = np.random.default_rng(3)
    words = random.integers(1, 9, 16) * 10.0
    speakers = [f"s{n}" for n in range(16)]
    errors, kbps = {}, {}
    for name, worse in (("a", 0), ("b", 1)):
        for step, rate in enumerate((1.5, 3.0, 6.0, 12.0)):
            short = words < 40  # whose errors the mean of the rates would overrate
            errors[f"{name}-{rate:g}"] = words / 10 * (4 - step + worse + 2 * short)
            kbps[f"{name}-{rate:g}"] = rate
    found = scores(errors, words, speakers, kbps)
    names = list(errors)
    _, _, quality = deltas(found, "wer", ("a", names[:4]), ("b", names[4:]))
    assert quality.value == pytest.approx(0.1)
