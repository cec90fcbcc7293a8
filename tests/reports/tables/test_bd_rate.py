import re

import bjontegaard
import numpy as np
import pandas as pd
import pytest

from nscbench.benchmarks.store.scores import Scores
from nscbench.reports.tables.bd_rate import (
    Curve,
    Points,
    Refused,
    bd_qualities,
    bd_quality,
    bd_rate,
    bd_rates,
    intervals,
)
from nscbench.reports.tables.curve_deltas import compare_curves, curves
from support.designs import coverage_bounds, sizes

RATES = np.array([6.0, 8.0, 12.0, 16.0, 24.0])


def scores(codecs, items=24, noise=0.0, direction="higher", seed=0, speakers=None):
    """Scores of {codec: (rates, quality of each rate)}; items of one second, noise per item."""
    random = np.random.default_rng(seed)
    hardness = random.normal(0, noise, items)
    rows, conditions = [], []
    for codec, (rates, quality) in codecs.items():
        for rate, mean in zip(rates, quality, strict=True):
            name = f"{codec}-{rate:g}"
            conditions.append(
                {"condition": name, "codec": codec, "kind": "codec", "nominal_kbps": rate}
            )
            for item in range(items):
                value = mean + hardness[item] + random.normal(0, noise / 3)
                rows += [
                    (name, str(item), 0, "seconds", 1.0, ""),
                    (name, str(item), 0, "payload_bits", 1000 * rate, ""),
                    (name, str(item), 0, "q", value, ""),
                ]
    listed = [{"id": str(i), "speaker": str(i % (speakers or items))} for i in range(items)]
    table = pd.DataFrame(rows, columns=["condition", "item", "draw", "column", "value", "error"])
    return Scores(table, conditions, listed, {"q": direction})


def against_opus(codecs, **settings):
    table = compare_curves(
        scores({"opus": (RATES, np.log2(RATES))} | codecs, **settings), ["q"], "opus"
    )
    assert len(table) == 1
    return table.iloc[0]


def test_half_the_bitrate_at_equal_quality_is_minus_50_percent():
    anchor = Curve("a", RATES, np.log2(RATES))
    assert bd_rate(anchor, Curve("b", RATES / 2, np.log2(RATES))) == pytest.approx(-50)
    assert bd_rate(anchor, Curve("b", RATES * 2, np.log2(RATES))) == pytest.approx(100)


def test_a_constant_gain_is_the_bd_quality():
    anchor = Curve("a", RATES, np.log2(RATES))
    assert bd_quality(anchor, Curve("b", RATES, np.log2(RATES) + 0.3)) == pytest.approx(0.3)


def test_values_are_the_packages():
    anchor = Curve("a", RATES, np.array([2.1, 2.6, 3.3, 3.6, 3.9]))
    test = Curve("b", np.array([5.0, 9.0, 13.0, 20.0]), np.array([2.3, 3.0, 3.4, 3.95]))
    both = (anchor.rates, anchor.quality, test.rates, test.quality)
    settings = {"method": "akima", "require_matching_points": False, "min_overlap": 0}
    assert bd_rate(anchor, test) == bjontegaard.bd_rate(*both, **settings)
    assert bd_quality(anchor, test) == bjontegaard.bd_psnr(*both, **settings)


def test_a_table_of_scores_gives_both_with_intervals():
    line = against_opus({"new": (RATES, np.log2(RATES) + 0.5)}, noise=0.2)
    assert line["n"] == 24
    assert line["bd_rate_lo"] < line["bd_rate"] < line["bd_rate_hi"] < 0
    assert line["bd_rate"] == pytest.approx(100 * (2**-0.5 - 1), abs=3)
    assert line["bd_quality_lo"] < 0.5 < line["bd_quality_hi"]
    assert line["bd_rate_refused"] == line["bd_quality_refused"] == ""


def test_lower_is_better_keeps_the_columns_unit():
    falling = {"opus": (RATES, -np.log2(RATES)), "new": (RATES, -np.log2(RATES) - 0.5)}
    line = compare_curves(scores(falling, noise=0.1, direction="lower"), ["q"], "opus").iloc[0]
    assert line["bd_rate"] == pytest.approx(100 * (2**-0.5 - 1), abs=2)
    assert line["bd_quality"] == pytest.approx(-0.5, abs=0.05)
    assert line["bd_quality_lo"] < line["bd_quality"] < line["bd_quality_hi"]


def simulated(random, speakers, skewed):
    """Points of two codecs on 3 items of each speaker, and the speakers.

    Items differ in length, hardness and, by 5 %, in bitrate; speakers in how steep their curves
    are and in how much they gain by the new codec, which sends 10 % less: 0.5 on average.
    """
    cluster = np.repeat(np.arange(speakers), 3)
    items = len(cluster)
    rates = np.concatenate([RATES[[0, 1, 2, 4]], 0.9 * RATES[[0, 1, 2, 4]]])
    seconds = np.repeat(random.uniform(2, 8, (items, 1)), 8, axis=1)
    bits = 1000 * rates * seconds * np.exp(random.normal(0, 0.05, (items, 8)) - 0.05**2 / 2)
    taste = 0.3 - random.exponential(0.3, speakers) if skewed else random.normal(0, 0.2, speakers)
    gain = 0.5 + taste[cluster] + random.normal(0, 0.15, items)
    slope = 1 + random.normal(0, 0.15, speakers)[cluster]
    rise = slope[:, None] * np.log2(RATES[[0, 1, 2, 4]])
    hardness = random.normal(0, 0.3, speakers)[cluster] + random.normal(0, 0.3, items)
    quality = np.concatenate([rise, rise + gain[:, None]], axis=1) + hardness[:, None]
    quality += random.normal(0, 0.15, (items, 8))
    return Points(bits, seconds, quality, np.ones_like(quality)), cluster.astype(str).tolist()


@pytest.mark.slow
@pytest.mark.parametrize(
    ("speakers", "skewed"), [(6, False), (8, False), (15, False), (30, False), (60, True)]
)
def test_intervals_cover_the_true_delta(speakers, skewed):
    """95 % of 1000 studies; where one is refused, it claims nothing."""
    rates = RATES[[0, 1, 2, 4]]
    whole = Curve("a", rates, np.log2(rates)), Curve("t", 0.9 * rates, np.log2(rates) + 0.5)
    truth = bd_rate(*whole), bd_quality(*whole)
    random = np.random.default_rng(speakers)
    covered = [[], []]
    for _ in range(1000):
        found = intervals(*simulated(random, speakers, skewed), ("a", "t"), 4)
        for hits, delta, true in zip(covered, found, truth, strict=True):
            if not delta.refused:
                hits.append(delta.low <= true <= delta.high)
    for hits in covered:
        assert len(hits) > 800
        assert 0.93 <= np.mean(hits) <= 0.97


@pytest.mark.slow
@pytest.mark.parametrize("count", [8, 30])
@pytest.mark.parametrize("design", ["lognormal", "half"])
def test_intervals_cover_the_true_delta_however_unequal_the_speakers(design, count):
    """500 studies; the bootstrap alone covers 83 % where one of 30 has half of the items."""
    rates = np.array([6.0, 8.0, 12.0, 24.0])
    curve = 0.5 * np.log2(rates)
    truth = bd_rate(Curve("a", rates, curve), Curve("t", rates, curve + 0.15)), 0.15
    random = np.random.default_rng(count)
    covered = [[], []]
    for _ in range(500):
        cluster = np.repeat(np.arange(count), sizes(design, count, random))
        hard, liking = (s * random.normal(0, 1, (count, 1))[cluster] for s in (0.3, 0.15))
        quality = np.concatenate([curve + hard, curve + 0.15 + hard + liking], axis=1)
        quality = quality + random.normal(0, 0.1, quality.shape)
        seconds = np.full_like(quality, 2.0)
        points = Points(2000 * np.tile(rates, 2) + 0 * quality, seconds, quality, seconds / 2)
        found = intervals(points, [str(c) for c in cluster], ("a", "t"), 4)
        for hits, delta, true in zip(covered, found, truth, strict=True):
            if not delta.refused:
                hits.append(delta.low <= true <= delta.high)
    for hits in covered:
        assert len(hits) > 450
        low, high = coverage_bounds(len(hits))
        assert low <= np.mean(hits) <= high


def test_many_curves_at_once_are_the_packages_one_by_one():
    random = np.random.default_rng(0)
    rates = [np.sort(random.uniform(4, 30, (200, points)), axis=1) for points in (4, 6)]
    quality = [np.sort(random.uniform(1, 5, (200, points)), axis=1) for points in (4, 6)]
    anchor, test = (Curve(n, r, q) for n, r, q in zip("at", rates, quality, strict=True))
    many = bd_rates(anchor, test), bd_qualities(anchor, test)
    settings = {"method": "akima", "require_matching_points": False, "min_overlap": 0}
    for i in np.flatnonzero(~np.isnan(many[0]) & ~np.isnan(many[1])):
        both = (rates[0][i], quality[0][i], rates[1][i], quality[1][i])
        percent = 100 * np.expm1(many[0][i])
        assert percent == pytest.approx(bjontegaard.bd_rate(*both, **settings), rel=1e-6)
        assert many[1][i] == pytest.approx(bjontegaard.bd_psnr(*both, **settings), rel=1e-6)
    assert np.isfinite(many).all(axis=0).sum() > 100


def test_many_curves_without_a_delta_are_nan():
    anchor = Curve("a", np.tile(RATES, (2, 1)), np.array([np.log2(RATES), -np.log2(RATES)]))
    assert np.isnan(bd_rates(anchor, anchor)).tolist() == [False, True]
    assert bd_qualities(anchor, anchor).tolist() == [0, 0]


@pytest.mark.parametrize(
    ("rates", "quality", "rate_refusal", "quality_refusal"),
    [
        (RATES[:3], np.log2(RATES[:3]), "new has 3 points, 4 are needed", "new has 3 points"),
        (10 * RATES, np.log2(RATES), "", "opus and new share 0% of their range, 50% are needed"),
        (RATES, 9 + np.log2(RATES), "share 0% of their range", ""),
        (RATES, [3, 4, 3.5, 4, 5], "the quality of new does not rise from 8 to 12 kbit/s", ""),
    ],
)  # fmt: skip
def test_deltas_that_would_mean_little_are_refused(rates, quality, rate_refusal, quality_refusal):
    line = against_opus({"new": (rates, quality)}, noise=0.01)
    for kind, refusal in (("bd_rate", rate_refusal), ("bd_quality", quality_refusal)):
        assert refusal in line[f"{kind}_refused"]
        assert np.isnan(line[kind]) == bool(refusal)


def test_an_interval_of_draws_without_a_delta_is_refused():
    """Items rise by 0.11 from 6 to 8 kbit/s or fall by 0.09: 3 draws of 10 fall."""
    values = scores({"opus": (RATES, np.log2(RATES)), "new": (RATES, [2.6, 2.61, 3.6, 4, 4.6])})
    moved = (values.rows["condition"] == "new-8") & (values.rows["column"] == "q")
    values.rows.loc[moved, "value"] += np.tile([0.1, -0.1], 12)
    line = compare_curves(values, ["q"], "opus").iloc[0]
    assert re.fullmatch(r"no interval: undefined in [23]\d% of the draws", line["bd_rate_refused"])
    assert np.isfinite(line["bd_rate"])
    assert np.isnan(line["bd_rate_lo"])


def test_falling_quality_is_refused_by_name():
    with pytest.raises(Refused, match="the quality of b does not rise from 6 to 8"):
        bd_rate(Curve("a", RATES, RATES), Curve("b", RATES, -RATES))


def test_curves_are_sorted_by_their_measured_bitrate():
    table = scores({"x": ([8, 6], [1, 2]), "y": ([3], [1])}, items=2)
    assert curves(table) == {"y": ["y-3"], "x": ["x-6", "x-8"]}
