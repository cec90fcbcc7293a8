"""The whole analysis: published ratings with known results, and tests of zero, one, two listeners.

The published ratings are of Stahl, Windtner and Sontacchi, IEEE Access 12, 2024 (CC BY 4.0), read
from the folder that NSCBENCH_LISTENING_TEST_DATA names.
"""

import ast
import csv
import os
from pathlib import Path

import numpy as np
import pytest

from nscbench.benchmarks.statistics.bootstrap import Resampling
from nscbench.benchmarks.statistics.crossed import CrossedMean
from nscbench.benchmarks.statistics.intervals import quantile_interval
from nscbench.listening_test.analyze.analysis import Analysis, analyse
from nscbench.listening_test.analyze.figures import interval_plot
from nscbench.listening_test.analyze.opinion_scores import OpinionScores
from nscbench.listening_test.analyze.pairs import Pair
from nscbench.listening_test.analyze.screening import screen
from nscbench.listening_test.analyze.sentences import analysis_sentences
from nscbench.listening_test.read.results_files import read_results
from nscbench.listening_test.read.validation import valid_ratings
from nscbench.listening_test.schema import Rating
from support.designs import coverage_bounds, error_bound

DATA = os.environ.get("NSCBENCH_LISTENING_TEST_DATA", "")
needs_data = pytest.mark.skipif(not DATA, reason="NSCBENCH_LISTENING_TEST_DATA is not set")
NAMES = {"Reference": "reference", "Anchor": "anchor35"}


def published(name: str) -> OpinionScores:
    with (Path(DATA) / "stahl2024" / name).open(newline="") as file:
        return OpinionScores.of(
            [
                Rating(str(listener), row["signal"], condition, score)
                for row in csv.DictReader(file)
                for condition in [NAMES.get(row["condition"], row["condition"])]
                for listener, score in zip(
                    ast.literal_eval(row["participant_ids"]),
                    ast.literal_eval(row["ratings"]),
                    strict=True,
                )
            ]
        )


@pytest.fixture(scope="module")
def raw() -> OpinionScores:
    return published("ratings_formated.csv")


@pytest.fixture(scope="module")
def result(raw: OpinionScores) -> Analysis:
    return analyse(raw.without(screen(raw, "bs1534-3").excluded))


def pair(result: Analysis, first: str, second: str) -> Pair:
    return next(p for p in result.pairs if (p.first, p.second) == (first, second))


@needs_data
def test_screening_removes_the_listeners_that_the_authors_removed(raw: OpinionScores) -> None:
    assert raw.count == 1512
    excluded = screen(raw, "bs1534-3").excluded
    assert excluded == ("6", "17")
    kept, theirs = raw.without(excluded), published("ratings_formated_filtered.csv")
    assert kept.count == 1368
    assert kept.listeners == theirs.listeners
    assert np.array_equal(kept.values, theirs.values, equal_nan=True)


@needs_data
def test_published_means_and_t_intervals(result: Analysis) -> None:
    found = []
    for s in result.conditions:
        assert s.mean_t is not None
        found.append((s.condition, f"{s.mean:.2f} {(s.mean_t.high - s.mean_t.low) / 2:.2f}"))
    assert found == [
        ("reference", "99.07 0.80"),
        ("AudioDec", "66.71 7.55"),
        ("Proposed 5.51", "60.44 6.93"),
        ("Proposed 1.38", "54.28 6.74"),
        ("Proposed 5.51 16kHz", "48.64 8.59"),
        ("Proposed 1.38 16kHz", "47.30 7.75"),
        ("Lyra 6", "45.55 8.03"),
        ("Lyra 3", "29.64 5.45"),
        ("anchor35", "19.42 8.31"),
    ]


@needs_data
def test_published_friedman(result: Analysis) -> None:
    test = result.omnibus
    assert test is not None
    assert test.kendall_w is not None
    assert test.f is not None
    assert (test.name, test.listeners, test.conditions) == ("Friedman", 19, 7)
    assert f"{test.chi2:.3f} {test.p:.2e} {test.kendall_w:.4f} {test.f:.3f}" == (
        "62.139 1.65e-11 0.5451 21.567"
    )


@needs_data
def test_published_pairs(result: Analysis) -> None:
    assert len(result.pairs) == 21
    close = pair(result, "AudioDec", "Proposed 5.51")
    assert close.wilcoxon_w == 41
    assert f"{close.p_wilcoxon:.4f} {close.p_wilcoxon_holm:.3f}" == "0.0281 0.112"
    assert f"{close.shift:.2f} {close.rank_biserial:.3f}" == "5.72 0.568"
    further = pair(result, "AudioDec", "Proposed 1.38")
    assert f"{further.p_wilcoxon:.5f} {further.p_wilcoxon_holm:.4f}" == "0.00388 0.0310"


@needs_data
def test_published_bootstrap_interval(raw: OpinionScores) -> None:
    """[59.8, 73.2]: a plain percentile interval, of unknown draws: to their scatter, 0.3 points."""
    kept = raw.without({"6", "17"})
    means = kept.listener_means()[:, kept.conditions.index("AudioDec")]
    found = quantile_interval(Resampling(kept.listeners).means(means), 0.025)
    assert found is not None
    assert (found.low, found.high) == pytest.approx((59.8, 73.2), abs=0.3)


@needs_data
@pytest.mark.parametrize(
    "name",
    [
        "php_mushra.csv",
        "session.json",
        "pymushra_export.csv",
        "pymushra_export.json",
        "pymushra_tinydb.json",
    ],
)
def test_recorded_sessions_are_read(name: str) -> None:
    """One scripted session, as webMUSHRA and pymushra wrote it; its training trial is left out."""
    reading = valid_ratings(read_results([Path(DATA) / "webmushra_formats" / name]).submissions)
    expected = {"codecA": 77.0, "codecB": 55.0, "reference": 100.0, "anchor35": 23.0}
    expected["anchor70"] = 41.0
    assert {(r.item, r.condition): r.score for r in reading.ratings} == {
        (item, condition): score
        for item in ("item_a", "item_b")
        for condition, score in expected.items()
    }
    assert len({r.listener for r in reading.ratings}) == 1
    assert not reading.rejected
    assert "5 ratings of training trials (training_1)" in reading.notes[0]


def simulated(listeners: int, **levels: float) -> OpinionScores:
    generator = np.random.default_rng(1)
    return OpinionScores.of(
        [
            Rating(str(n), str(item), name, float(np.clip(level + generator.normal(0, 8), 0, 100)))
            for n in range(listeners)
            for item in range(6)
            for name, level in levels.items()
        ]
    )


@pytest.mark.parametrize("listeners", [0, 1, 2])
def test_too_few_listeners_get_a_word_and_no_statistic(listeners: int) -> None:
    scores = simulated(3, one=70, two=40).without({str(n) for n in range(listeners, 3)})
    found = analyse(scores)
    assert len(found.conditions) == (2 if listeners else 0)
    assert not found.pairs
    assert found.omnibus is None
    for s in found.conditions:
        assert (s.sd, s.mean_t, s.mean_bootstrap, s.median_bootstrap) == (None,) * 4
        assert 0 <= s.mean <= 100
    word = ("no listener", "one listener", "two listeners")[listeners]
    assert found.notes[0].startswith(word)


def test_few_listeners_are_told_what_they_cannot_show() -> None:
    found = analyse(simulated(4, one=90, two=10, three=50))
    assert "4 listeners cannot show a difference" in found.notes[0]
    assert found.notes[0].endswith("for the first of 3 pairs, is 0.38 (Holm); 7 could")
    assert min(p.p_holm for p in found.pairs) > 0.05
    assert all(p.shift_interval is None for p in found.pairs)
    assert not analyse(simulated(9, one=90, two=10, three=50)).notes


def test_everything_100_is_no_difference() -> None:
    found = analyse(
        OpinionScores.of([Rating(str(n), "i", c, 100.0) for n in range(8) for c in "ab"])
    )
    assert found.omnibus is None
    (only,) = found.pairs
    assert (only.p, only.p_wilcoxon, only.shift, only.rank_biserial) == (1, 1, 0, None)
    assert only.p_equivalent == 1 / 2**8


def test_one_system_has_nothing_to_be_compared_with() -> None:
    found = analyse(simulated(8, reference=98, one=70, anchor35=20))
    assert [s.condition for s in found.conditions] == ["reference", "one", "anchor35"]
    assert not found.pairs
    assert "one system" in found.notes[0]


def test_a_listener_who_quit_counts_for_what_they_rated() -> None:
    scores = simulated(8, one=70, two=40)
    scores.values[0, 2:] = np.nan
    scores.values[1, :, 1] = np.nan
    found = analyse(scores)
    assert {s.condition: s.listeners for s in found.conditions} == {"one": 8, "two": 7}
    assert found.pairs[0].listeners == 7
    assert found.omnibus is None  # two systems are a pair
    assert "1 of 8 listeners did not rate every system" in found.notes[0]


def test_an_incomplete_design_has_an_omnibus_test() -> None:
    scores = simulated(8, one=70, two=40, three=55)
    scores.values[0, :, 0] = np.nan
    found = analyse(scores)
    assert found.omnibus is not None
    assert found.omnibus.name == "Skillings-Mack"
    scores.values[:4, :, 0] = np.nan
    scores.values[4:, :, 1:] = np.nan
    apart = analyse(scores)
    assert apart.omnibus is None
    assert "2 pairs of systems have fewer than 3 common listeners" in apart.notes
    assert {p.first for p in apart.pairs} | {p.second for p in apart.pairs} == {"two", "three"}


def test_a_pair_is_compared_on_common_items_only() -> None:
    """The easy item was rated for one system only: it must not favour that system."""
    ratings = [
        Rating(str(n), item, name, score + n)
        for n in range(7)
        for item, name, score in (("hard", "a", 30), ("hard", "b", 40), ("easy", "a", 90))
    ]
    found = analyse(OpinionScores.of(ratings))
    (only,) = found.pairs
    assert {only.first, only.second} == {"a", "b"}
    assert abs(only.mean_difference) == pytest.approx(10)
    assert (only.shift > 0) == (only.first == "b")


def test_items_are_resampled_on_request() -> None:
    generator = np.random.default_rng(0)
    item = generator.normal(0, 15, 8)
    ratings = [
        Rating(str(n), str(i), name, 50 + item[i] + generator.normal(0, 3))
        for n in range(12)
        for i in range(8)
        for name in "ab"
    ]
    widths = []
    for resample_items in (False, True):
        interval = analyse(OpinionScores.of(ratings), resample_items=resample_items).conditions[0]
        assert interval.mean_bootstrap is not None
        widths.append(interval.mean_bootstrap.high - interval.mean_bootstrap.low)
    assert widths[1] > 4 * widths[0]
    few = analyse(simulated(8, one=70, two=40).without(set()), resample_items=True)
    assert few.conditions[0].mean_bootstrap is not None
    single = OpinionScores.of([Rating(str(n), "i", "a", 50.0 + n) for n in range(6)])
    assert "no bootstrap interval" in analyse(single, resample_items=True).notes[-1]


def test_the_same_ratings_give_the_same_numbers() -> None:
    scores = simulated(18, one=70, two=60, three=50)
    assert analyse(scores) == analyse(scores)


def of_array(values: np.ndarray, names: str = "abc") -> OpinionScores:
    """Scores [listeners, items, systems] with NaN where nothing was rated."""
    return OpinionScores.of(
        [
            Rating(str(listener), str(item), names[system], float(score))
            for (listener, item, system), score in np.ndenumerate(values)
            if np.isfinite(score)
        ]
    )


def test_identical_systems_do_not_differ_for_lack_of_the_hard_items() -> None:
    """c was not rated for the two hard items: its mean is higher, and it is the same system."""
    generator = np.random.default_rng(3)
    item = np.array([80.0, 75, 78, 82, 30, 25])[None, :, None]
    values = (item + generator.normal(0, 4, (15, 6, 3))).round()
    values[:, 4:, 2] = np.nan
    found = analyse(of_array(values))
    assert found.omnibus is not None
    assert found.omnibus.p > 0.05
    assert found.omnibus.name == "Friedman"
    assert any("not all rated on the same items" in note for note in found.notes)
    assert all(p.p_holm > 0.05 for p in found.pairs)


def test_without_common_items_there_is_no_test_over_all_systems() -> None:
    values = np.full((10, 6, 3), np.nan)
    for system in range(3):
        values[:, 2 * system : 2 * system + 2, system] = 30.0 * system + 20
    found = analyse(of_array(values))
    assert found.omnibus is None
    assert "10 listeners rated no item for all of their systems" in " ".join(found.notes)


def test_what_one_listener_alone_rated_costs_no_test() -> None:
    """One post with a name that nobody else has: the others' test is what it was without."""
    generator = np.random.default_rng(2)
    values = generator.normal(50, 10, (8, 2, 5)) + np.arange(5) * [1, 8, 15, 0, 0]
    values[1:, :, 3] = np.nan
    values[0] = np.nan
    values[0, 0, 3:] = 7.0
    found = analyse(of_array(values, "abcde"))
    values[:, :, 3] = np.nan
    alone = analyse(of_array(values, "abcde"))
    assert found.omnibus is not None
    assert found.omnibus == alone.omnibus
    assert found.pairs == alone.pairs
    assert any("1 of 5 systems were rated by fewer than 3" in note for note in found.notes)


def test_hundreds_of_names_in_one_post_are_described_and_not_tested() -> None:
    values = np.full((6, 1, 1500), np.nan)
    values[:, :, :2] = np.random.default_rng(0).normal([40, 70], 5, (6, 1, 2))
    values[0, :, 2:] = 5.0
    ratings = [
        Rating(str(listener), "i", f"c{system}", float(score))
        for (listener, _, system), score in np.ndenumerate(values)
        if np.isfinite(score)
    ]
    found = analyse(OpinionScores.of(ratings))
    assert len(found.conditions) == 1500
    assert [(p.first, p.second) for p in found.pairs] == [("c1", "c0")]
    (axes,) = interval_plot(found).axes
    assert axes.get_title() == "60 of 1500 conditions: those that most listeners rated"
    drawn = [label.get_text() for label in axes.get_yticklabels()]
    assert len(drawn) == 60
    assert {"c0", "c1"} < set(drawn)


def test_intervals_of_scores_stay_on_the_scale() -> None:
    """Nine listeners give 100, one 90: Student's interval of the mean would end at 101.3."""
    values = np.full((10, 1, 2), 100.0)
    values[0] = 90.0
    values[:, 0, 1] = 100 - values[:, 0, 1]
    top, bottom = analyse(of_array(values)).conditions
    assert top.mean_t is not None
    assert top.mean_t.low == pytest.approx(99 - 2.262, abs=0.01)
    assert bottom.mean_t is not None
    assert (top.mean_t.high, bottom.mean_t.low) == (100, 0)
    for interval in (top.mean_bootstrap, top.median_bootstrap, bottom.mean_bootstrap):
        assert interval is not None
        assert 0 <= interval.low <= interval.high <= 100


def test_conditions_stand_below_one_another_with_their_whole_names() -> None:
    """Nothing of a plot lies outside it."""
    name = "a-condition-whose-name-is-long-6-nfe50"
    ratings = [Rating(str(n), "i", c, 50.0 + n) for n in range(4) for c in (name, "b")]
    figure = interval_plot(analyse(OpinionScores.of(ratings)))
    figure.draw_without_rendering()
    (axes,) = figure.axes
    assert name in [label.get_text() for label in axes.get_yticklabels()]
    frame = figure.bbox.padded(1)
    for label in axes.get_yticklabels():
        box = label.get_window_extent()
        assert frame.x0 <= box.x0 <= box.x1 <= frame.x1


def both(differences: list[float]) -> Analysis:
    """Two systems, one item: b at 50, a higher by the differences."""
    values = np.full((len(differences), 1, 2), 50.0)
    values[:, 0, 0] += differences
    return analyse(of_array(values))


@pytest.mark.parametrize(
    "differences",
    [
        [0.0] * 34 + [3, 5, 8, 2, 6, 4],
        [0.0] * 15 + [3, 5, 8, 2, 6],
        [1.0] * 12 + [-45.0],
        [2.0, -1, 3, 4, -2, 5, 6, 1],
        [10.0] * 8,
        [-0.02] * 9,
    ],
)
def test_sentence_estimate_interval_and_test_agree(differences: list[float]) -> None:
    (only,) = (found := both(differences)).pairs
    mean = float(np.mean(differences))
    sentence = analysis_sentences(found)[-1]
    first = {s.condition: s.mean for s in found.conditions}
    assert (first["a"] > first["b"]) == (mean > 0)
    better = only.p_holm <= 0.05
    assert better == (only.interval.low > 0 or only.interval.high < 0)
    assert ("is better than" in sentence) == better
    if better:
        assert sentence.startswith("a is better" if mean > 0 else "b is better")
        assert "by 0.0 points" not in sentence


def test_exact_p_of_many_ties() -> None:
    assert both([0.0] * 8 + [3, 5, 8, 2, 6]).pairs[0].p == 2 / 2**5
    assert "yet" not in analysis_sentences(both([0.0] * 8 + [3, 5, 8, 2, 6]))[-1]


def test_three_listeners_at_100_are_not_shown_to_be_equivalent() -> None:
    found = both([0.0] * 3)
    assert found.pairs[0].p_equivalent == 1 / 8
    assert "neither shown to differ nor to be equivalent" in analysis_sentences(found)[-1]


def test_pairs_for_other_items_say_so_and_are_wider() -> None:
    """Listeners agree that a is better on most of these items; items differ in that."""
    generator = np.random.default_rng(1)
    gain = generator.normal(4, 6, 8)
    values = 50 + generator.normal(0, 3, (12, 8, 2))
    values[:, :, 0] += gain
    (these,) = analyse(of_array(values)).pairs
    (others,) = (found := analyse(of_array(values), resample_items=True)).pairs
    assert these.interval is not None
    assert others.interval is not None
    width = [p.interval.high - p.interval.low for p in (these, others)]
    assert width[1] > 1.5 * width[0]
    assert others.p > these.p
    assert analysis_sentences(found)[-1].endswith(", for other items like these.")


@pytest.mark.slow
@pytest.mark.parametrize(("listeners", "items"), [(12, 8), (20, 12)])
def test_pairs_for_other_items_cover_the_truth_and_err_in_five_percent(
    listeners: int, items: int
) -> None:
    """Equal systems that items and listeners prefer differently, by normal amounts."""
    generator = np.random.default_rng(listeners)
    covered = wrong = 0
    trials = 500
    for _ in range(trials):
        difference = generator.normal(0, 6, (listeners, 1)) + generator.normal(0, 8, (1, items))
        difference = difference + generator.normal(0, 15, (listeners, items))
        found = CrossedMean.of(difference)
        assert found is not None
        covered += found.interval.low <= 0 <= found.interval.high
        wrong += found.p() <= 0.05
    low, high = coverage_bounds(trials, 0.93, 0.97)
    assert low <= covered / trials <= high
    assert wrong / trials <= error_bound(trials, 0.06)


@pytest.mark.slow
@pytest.mark.parametrize("shape", ["normal", "near the end of the scale"])
def test_bootstrap_intervals_of_eight_listeners_cover_as_student(shape: str) -> None:
    """Their standard error is the bootstrap's, their reach Student's: studentized ones."""
    generator = np.random.default_rng(8)
    hits, trials = np.zeros(3), 400
    many = generator.normal(90, 12, 1_000_000)
    true = 50.0 if shape == "normal" else float(np.clip(many, 0, 100).mean())
    middle = 50.0 if shape == "normal" else 90.0
    for _ in range(trials):
        means = generator.normal(*((50, 12) if shape == "normal" else (90, 12)), 8)
        (only,) = analyse(of_array(np.clip(means, 0, 100)[:, None, None])).conditions
        for place, (interval, target) in enumerate(
            [(only.mean_bootstrap, true), (only.mean_t, true), (only.median_bootstrap, middle)]
        ):
            assert interval is not None
            hits[place] += interval.low <= target <= interval.high
    low, high = coverage_bounds(trials, 0.93, 0.97)
    assert low <= hits[0] / trials <= high
    assert hits[0] == pytest.approx(hits[1], abs=0.01 * trials)
    assert hits[2] / trials >= coverage_bounds(trials, 0.93, 1.0)[0]
