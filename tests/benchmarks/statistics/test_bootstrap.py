"""The cluster bootstrap: Student's interval of single items, and coverage of whole clusters."""

import numpy as np
import pytest
from scipy import stats

from nscbench.benchmarks.statistics.bootstrap import Resampling, cluster_bootstrap, cluster_counts
from support.designs import DESIGNS, coverage_bounds, sizes, sizes_and_means, speakers


def singles(n):
    return [str(i) for i in range(n)]


def test_mean_and_interval_of_independent_items():
    """With one item a cluster this is Student's interval: mean +- t s / sqrt(n)."""
    values = np.random.default_rng(1).normal(3.0, 0.5, 30)
    mean, low, high = cluster_bootstrap(values, singles(30))
    half = stats.t.ppf(0.975, 29) * values.std(ddof=1) / 30**0.5
    assert mean == pytest.approx(values.mean(), abs=1e-12)
    assert low < mean < high
    assert (high - low) / 2 == pytest.approx(half, rel=0.08)


def test_items_of_one_speaker_do_not_count_as_independent():
    """10 speakers with 40 equal items each: as uncertain as 10 values, not as 400."""
    speakers = np.random.default_rng(2).normal(3.0, 0.5, 10)
    clusters = [str(s) for s in range(10) for _ in range(40)]
    many = cluster_bootstrap(np.repeat(speakers, 40), clusters)
    assert many == pytest.approx(cluster_bootstrap(speakers, singles(10)))


@pytest.mark.parametrize("clusters", [8, 20, 60])
def test_intervals_cover_the_truth(clusters):
    """Speakers with 1 to 5 items each, whose scores correlate by 2/3."""
    random = np.random.default_rng(clusters)
    hits, trials = 0, 600
    for _ in range(trials):
        items = random.integers(1, 6, clusters)
        speakers = np.repeat(random.normal(0, 1, clusters), items)
        values = speakers + random.normal(0, 0.7, len(speakers))
        _, low, high = cluster_bootstrap(values, np.repeat(singles(clusters), items))
        hits += low <= 0 <= high
    assert 0.93 <= hits / trials <= 0.97


@pytest.mark.slow
@pytest.mark.parametrize("spread", [0.3, 0.7, 1.4])  # of speakers; that of items is 1
@pytest.mark.parametrize("clusters", [8, 30])
@pytest.mark.parametrize("design", DESIGNS)
def test_intervals_cover_the_truth_however_unequal_the_speakers(design, clusters, spread):
    """The bootstrap alone holds it in 70 to 86 % where one speaker has half of the items."""
    random = np.random.default_rng(clusters)
    hits, trials = 0, 1000
    for _ in range(trials):
        cluster = np.repeat(np.arange(clusters), sizes(design, clusters, random))
        values = spread * speakers("normal", (clusters,), random)[cluster]
        values = values + random.normal(0, 1, len(cluster))
        _, low, high = cluster_bootstrap(values, [str(c) for c in cluster])
        hits += low <= 0 <= high
    low, high = coverage_bounds(trials)
    assert low <= hits / trials <= high


@pytest.mark.slow
@pytest.mark.parametrize(
    ("clusters", "correlation", "said"),
    [(8, 0.5, 0.92), (30, 0.5, 0.93), (8, 0.9, 0.86), (30, 0.9, 0.88)],
)
def test_speakers_who_speak_worse_and_have_more_items_are_not_stood(clusters, correlation, said):
    """Log-normal numbers of items, whose logarithms go with speakers' means: as the docs say.

    The mean leans on the few who have most, and these are all off to one side.
    """
    random = np.random.default_rng(clusters)
    hits, trials = 0, 1000
    for _ in range(trials):
        items, means, true = sizes_and_means(correlation, clusters, random)
        cluster = np.repeat(np.arange(clusters), items)
        values = means[cluster] + random.normal(0, 1, len(cluster))
        _, low, high = cluster_bootstrap(values, [str(c) for c in cluster])
        hits += low <= true <= high
    low, high = coverage_bounds(trials, said, said)
    assert low <= hits / trials <= high


def test_equal_speakers_have_the_bootstraps_own_interval():
    """Not a bit of it changes, however many items each has."""
    random = np.random.default_rng(0)
    for items in (1, 2, 7):
        clusters = np.repeat(singles(9), items)
        values = random.normal(0, 1, len(clusters))
        resampling = Resampling(clusters)
        expected = resampling.interval(values.mean(), resampling.means(values))
        assert cluster_bootstrap(values, clusters)[1:] == expected


def test_few_speakers_have_no_interval():
    mean, low, high = cluster_bootstrap(np.arange(10.0), ["a", "b", "c", "d", "e"] * 2)
    assert mean == 4.5
    assert np.isnan([low, high]).all()


@pytest.mark.parametrize(("values", "clusters"), [([], []), ([1.0], ["a", "b"])])
def test_wrong_sizes_are_refused(values, clusters):
    with pytest.raises(ValueError, match=r"values in \d clusters"):
        cluster_bootstrap(np.array(values), clusters)


def test_resampled_sums_and_means_agree_with_drawing_items():
    """Every draw of clusters a, b gives one of three means: of aa, of ab, of bb."""
    resampling = Resampling(["a", "b", "b"])
    means = resampling.means(np.array([1.0, 4.0, 7.0]))
    assert set(np.round(means, 9)) == {1.0, 4.0, 5.5}
    assert np.mean(means == 4.0) == pytest.approx(0.5, abs=0.05)


def test_a_draw_has_as_many_clusters_as_there_are():
    counts = cluster_counts(5, 1000, np.random.default_rng(0))
    assert counts.shape == (1000, 5)
    assert (counts.sum(axis=1) == 5).all()
    assert counts.mean(axis=0) == pytest.approx(np.ones(5), abs=0.1)


@pytest.mark.parametrize("items", [[1, 1, 1, 1], [1, 2, 3, 1], [2, 2, 1, 4, 1]])
def test_resampled_medians_are_those_of_the_items_that_were_drawn(items):
    clusters = np.repeat(np.arange(len(items)), items)
    values = np.random.default_rng(1).integers(0, 9, len(clusters)).astype(float)
    found = Resampling([str(c) for c in clusters], seed=3, resamples=200).medians(values)
    counts = cluster_counts(len(items), 200, np.random.default_rng(3))
    expected = [np.median(np.repeat(values, row[clusters])) for row in counts]
    assert found.tolist() == expected


def test_the_standard_error_of_a_mean_is_that_of_the_formula():
    """s / sqrt(n), to the scatter of so many draws; none below the fewest clusters asked for."""
    values = np.random.default_rng(4).normal(50, 10, 3)
    resampling = Resampling(singles(3), resamples=100_000, fewest=3)
    found = resampling.standard_error(resampling.means(values))
    assert found == pytest.approx(values.std(ddof=1) / 3**0.5, rel=0.01)
    few = Resampling(singles(3), resamples=100)
    assert np.isnan(few.standard_error(few.means(values)))


@pytest.mark.parametrize("listeners", [3, 5, 12])
def test_intervals_of_few_listeners_cover_mean_and_median(listeners):
    """Quantiles of the draws, however widened, cover the mean of 3 normal listeners in 77 %."""
    random = np.random.default_rng(listeners)
    hits, trials = np.zeros(2), 600
    for trial in range(trials):
        means = random.normal(50, 10, listeners)
        drawn = Resampling(singles(listeners), trial, 500, fewest=3)
        for place, (estimate, draws) in enumerate(
            [(means.mean(), drawn.means(means)), (np.median(means), drawn.medians(means))]
        ):
            low, high = drawn.interval(estimate, draws)
            hits[place] += low <= 50 <= high
    assert 0.92 <= hits[0] / trials <= 0.98
    assert 0.93 <= hits[1] / trials <= 0.995
