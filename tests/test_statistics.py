import numpy as np
import pytest

from nscbench.reports.statistics import cluster_bootstrap


def test_mean_and_interval_of_independent_items():
    """With one item a cluster this is the plain bootstrap: mean +- 1.96 sd / sqrt(n)."""
    values = np.random.default_rng(1).normal(3.0, 0.5, 400)
    mean, low, high = cluster_bootstrap(values, [str(i) for i in range(400)])
    half = 1.96 * values.std() / 20
    assert mean == pytest.approx(values.mean(), abs=1e-12)
    assert (mean - low, high - mean) == pytest.approx((half, half), rel=0.1)


def test_items_of_one_speaker_do_not_count_as_independent():
    """10 speakers with 40 equal items each: as uncertain as 10 values, not as 400."""
    speakers = np.random.default_rng(2).normal(3.0, 0.5, 10)
    clusters = [str(s) for s in range(10) for _ in range(40)]
    _, low, high = cluster_bootstrap(np.repeat(speakers, 40), clusters)
    assert high - low == pytest.approx(2 * 1.96 * speakers.std() / 10**0.5, rel=0.15)


def test_intervals_cover_the_truth():
    random = np.random.default_rng(3)
    hits = 0
    for trial in range(200):
        speakers = random.normal(0, 1, 30)
        values = np.repeat(speakers, 3) + random.normal(0, 0.5, 90)
        _, low, high = cluster_bootstrap(values, [str(i // 3) for i in range(90)], seed=trial)
        hits += low <= 0 <= high
    assert 180 <= hits <= 198


def test_one_speaker_has_no_interval():
    mean, low, high = cluster_bootstrap(np.array([1.0, 2.0]), ["a", "a"])
    assert mean == 1.5
    assert np.isnan([low, high]).all()


@pytest.mark.parametrize(("values", "clusters"), [([], []), ([1.0], ["a", "b"])])
def test_wrong_sizes_are_refused(values, clusters):
    with pytest.raises(ValueError, match=r"values in \d clusters"):
        cluster_bootstrap(np.array(values), clusters)
