import numpy as np
import pytest
from scipy import stats

from nscbench.benchmarks.statistics.clustered import Estimate, clustered_error


def test_one_way_is_students_error_of_cluster_means():
    random = np.random.default_rng(0)
    means = random.normal(3, 1, 12)
    values, cluster = np.repeat(means, 5), np.repeat(np.arange(12), 5)
    error, degrees = clustered_error(((values - values.mean()) / 60)[:, None], [cluster])
    assert error[0] == pytest.approx(means.std(ddof=1) / np.sqrt(12))
    assert degrees[0] == 11
    assert Estimate(means.mean(), error[0], 11).p(3) == pytest.approx(
        stats.ttest_1samp(means, 3)[1]
    )


def test_each_vote_is_its_own_without_clusters():
    values = np.array([1.0, 2, 4, 8])
    error, degrees = clustered_error(((values - values.mean()) / 4)[:, None], [])
    assert (error[0], degrees[0]) == (pytest.approx(values.std(ddof=1) / 2), 3)


@pytest.mark.parametrize("listeners", [6, 30])
def test_two_ways_are_the_analysis_of_variance_of_a_complete_design(listeners):
    random, items = np.random.default_rng(1), 8
    listener, item = (x.ravel() for x in np.indices((listeners, items)))
    table = random.normal(0, 2, (listeners, 1)) + random.normal(0, 2, items)
    table = table + random.normal(0, 1, table.shape)
    effects = ((table - table.mean()) / table.size).ravel()[:, None]
    rest = table - table.mean(axis=1, keepdims=True) - table.mean(axis=0) + table.mean()
    noise = (rest**2).sum() / ((listeners - 1) * (items - 1))
    known = table.mean(axis=1).var(ddof=1) / listeners + table.mean(axis=0).var(ddof=1) / items
    found = clustered_error(effects, [listener, item])[0][0]
    assert found**2 == pytest.approx(known - noise / table.size)


def test_fewer_than_three_clusters_are_taken_as_they_are():
    effects = np.array([[1.0], [-1], [2], [-2]])
    only = clustered_error(effects, [np.arange(4)])
    assert clustered_error(effects, [np.arange(4), np.array([0, 0, 1, 1])]) == only
    assert np.isnan(clustered_error(effects, [np.array([0, 0, 1, 1])])[0]).all()


def test_nothing_is_said_without_a_spread():
    flat = Estimate(4.0, 0.0, 9.0)
    assert (flat.interval, flat.p(3), flat.equivalence(1)) == (None, None, None)


def test_equal_votes_leave_no_rounding_that_would_be_certain_of_all():
    """48 votes of 5, weighed as 1/48: their weighted mean is 5 to 15 digits only."""
    weights = np.full(48, 1 / 48)
    votes = np.full(48, 5.0)
    effects = (weights * (votes - (weights * votes * (1 + 1e-15)).sum()))[:, None]
    assert np.abs(effects).max() > 0
    for ways in ([], [np.arange(48) // 8], [np.arange(48) // 8, np.arange(48) % 8]):
        assert clustered_error(effects, ways)[0] == 0
