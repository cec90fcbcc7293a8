import numpy as np
import pytest
from scipy import stats

from nscbench.benchmarks.statistics.clusters import (
    Resampling,
    cluster_bootstrap,
    compare,
    holm,
    signed_rank,
    student,
)


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


def test_intervals_of_differences_cover_the_truth():
    """Paired conditions on 15 speakers, true difference 0.3, speakers that prefer differently."""
    random = np.random.default_rng(7)
    clusters = np.repeat(singles(15), 4)
    hits, trials = 0, 400
    for _ in range(trials):
        shared, liking = random.normal(0, 1, 60), np.repeat(random.normal(0, 0.3, 15), 4)
        values = np.stack([shared + 0.3 + liking, shared + random.normal(0, 0.2, 60)], axis=1)
        (found,) = compare(values, [(0, 1)], clusters)
        hits += found.low <= 0.3 <= found.high
    assert 0.92 <= hits / trials <= 0.98


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


@pytest.mark.parametrize("n", [6, 12, 25])
def test_signed_rank_is_scipys_exact_test_on_independent_items(n):
    differences = np.random.default_rng(n).normal(0.4, 1, n)
    expected = stats.wilcoxon(differences, method="exact").pvalue
    assert signed_rank(differences, singles(n)) == pytest.approx(expected, rel=1e-12)


def test_signed_rank_is_scipys_approximation_for_many_items_with_ties_and_zeros():
    differences = np.round(np.random.default_rng(5).normal(0.1, 1, 200), 1)
    assert (differences == 0).any()
    expected = stats.wilcoxon(differences, method="approx").pvalue
    assert signed_rank(differences, singles(200)) == pytest.approx(expected, rel=1e-12)


def test_signed_rank_of_two_hand_computed_clusters():
    """Ranks 1 2 3 4, clusters {1, 2} and {-3, 4}: sums 3 and 1; |+-3 +-1| >= 4 in 2 of 4 signs."""
    assert signed_rank(np.array([1.0, 2.0, -3.0, 4.0]), ["a", "a", "b", "b"]) == 0.5


def test_signed_rank_keeps_its_level_on_speakers_who_agree():
    """10 speakers with 10 items each and no effect: the plain test rejects far too often."""
    random = np.random.default_rng(9)
    clusters = np.repeat(singles(10), 10)
    samples = np.repeat(random.normal(size=(400, 10)), 10, axis=1)
    samples = samples + random.normal(0, 0.3, samples.shape)
    clustered = np.mean([signed_rank(sample, clusters) < 0.05 for sample in samples])
    plain = np.mean([signed_rank(sample, singles(100)) < 0.05 for sample in samples])
    assert 0.02 <= clustered <= 0.07
    assert plain > 0.3


def test_large_rank_sums_are_scaled_without_harm():
    """10 clusters of 300 items: all signs can be enumerated."""
    differences = np.random.default_rng(3).normal(0.05, 1, 300)
    clusters = np.arange(300) % 10
    sums = np.bincount(clusters, np.sign(differences) * stats.rankdata(np.abs(differences)))
    signs = 1 - 2 * ((np.arange(1024)[:, None] >> np.arange(10)) & 1)
    expected = np.mean(np.abs(signs @ sums) >= abs(sums.sum()) - 1e-9)
    assert signed_rank(differences, clusters) == pytest.approx(expected, rel=0.02)


def test_equal_conditions_are_not_told_apart():
    assert signed_rank(np.zeros(5), singles(5)) == 1.0


def test_holm_on_stored_values():
    """Adjusted by statsmodels 0.15.0, multipletests(p, method="holm")."""
    p_values = np.array([0.0001, 0.9, 0.6, 0.012, 0.012, 0.049, 0.02])
    assert holm(p_values) == pytest.approx([0.0007, 1, 1, 0.072, 0.072, 0.147, 0.08])
    with_gap = holm(np.array([0.01, np.nan, 0.04]))
    assert with_gap[[0, 2]] == pytest.approx([0.02, 0.04])
    assert np.isnan(with_gap[1])


def test_holm_never_exceeds_one():
    assert holm(np.array([0.6, 0.9])).tolist() == [1.0, 1.0]


def test_wins_ties_losses_and_the_mean_difference():
    values = np.array([[2.0, 1.0], [1.0, 1.0], [0.0, 3.0], [5.0, 1.0]])
    (found,) = compare(values, [(0, 1)], singles(4))
    assert (found.n, found.wins, found.ties, found.losses) == (4, 2, 1, 1)
    assert found.difference == 0.5
    assert np.isnan([found.low, found.high, found.detectable]).all()


def test_the_detectable_difference_is_found_in_four_of_five_tries():
    random = np.random.default_rng(11)
    first = random.normal(0, 1, (24, 2))
    (found,) = compare(first, [(0, 1)], singles(24))
    reach = student(0.975, 24) + student(0.8, 24)
    spread = np.std(first[:, 0] - first[:, 1], ddof=1) / 24**0.5
    assert found.detectable == pytest.approx(reach * spread, rel=0.1)
    effect = reach * (2 / 24) ** 0.5  # of the true spread
    tries = random.normal(0, 1, (300, 24, 2)) + np.array([effect, 0])
    detected = [compare(sample, [(0, 1)], singles(24))[0].low > 0 for sample in tries]
    assert 0.72 <= np.mean(detected) <= 0.88


def test_gaps_are_refused():
    with pytest.raises(ValueError, match="needs a value of every condition"):
        compare(np.array([[1.0, np.nan]]), [(0, 1)], ["a"])
