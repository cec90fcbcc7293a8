"""Speakers who do not count the same: closed forms of the error, and who carries a mean."""

import numpy as np
import pytest

from nscbench.benchmarks.statistics.unequal import (
    Linear,
    alike,
    balance,
    model_error,
    unequal_error,
)


def error(cluster, values, shares):
    shares = np.asarray(shares, float) / np.sum(shares)
    mean = shares @ values
    return float(model_error(np.asarray(cluster), Linear(values - mean, shares)))


def test_equal_speakers_have_the_error_of_the_formula():
    """s / sqrt(k) of the speakers' means, if those scatter more than their items alone."""
    random = np.random.default_rng(0)
    cluster = np.repeat(np.arange(8), 4)
    values = random.normal(0, 2, 8)[cluster] + random.normal(0, 0.5, 32)
    means = values.reshape(8, 4).mean(axis=1)
    found = error(cluster, values, np.ones(32))
    assert found == pytest.approx(means.std(ddof=1) / 8**0.5, rel=1e-6)


def test_single_items_of_unequal_weight():
    """One item a speaker: the spread of the items, times the root of the sum of squared shares."""
    random = np.random.default_rng(1)
    values, shares = random.normal(0, 1, 9), random.uniform(1, 3, 9)
    shares /= shares.sum()
    expected = values.std(ddof=1) * (shares**2).sum() ** 0.5
    assert error(np.arange(9), values, shares) == pytest.approx(expected, rel=1e-6)


def test_speakers_who_are_alike_leave_the_error_of_the_items():
    """No spread of speakers: s / sqrt(n), however unequal their numbers of items."""
    values = np.tile([1.0, -1.0], 20)
    cluster = np.repeat([0, 1, 2], [20, 10, 10])
    assert error(cluster, values, np.ones(40)) == pytest.approx((40 / 37) ** 0.5 / 40**0.5)


def test_a_speaker_without_weight_does_not_count():
    values = np.array([1.0, 3.0, 8.0, 99.0])
    with_it = error([0, 1, 2, 3], values, [2, 1, 1, 0])
    assert with_it == pytest.approx(error([0, 1, 2], values[:3], [2, 1, 1]), rel=1e-6)
    assert np.isnan(error([0, 1], values[:2], [1, 0]))


def test_those_who_have_much_and_deviate_more_set_the_error():
    """Two large speakers far apart, small ones alike: the scatter of what speakers add."""
    cluster = np.repeat(np.arange(8), [20, 20, 1, 1, 1, 1, 1, 1])
    values = np.where(cluster == 0, 5.0, np.where(cluster == 1, -5.0, 0.0))
    shares = np.full(46, 1 / 46)
    linear = Linear(values, shares)
    assert float(unequal_error(cluster, linear)) == pytest.approx(
        (8 / 7 * 2 * (20 / 46 * 5) ** 2) ** 0.5
    )
    assert model_error(cluster, linear) < unequal_error(cluster, linear)


def test_many_statistics_at_once_are_those_of_each():
    random = np.random.default_rng(2)
    cluster = np.repeat([0, 1, 2, 3], [5, 1, 2, 4])
    effects, shares = random.normal(0, 1, (12, 3)), random.uniform(0, 1, (12, 3))
    shares /= shares.sum(axis=0)
    together = model_error(cluster, Linear(effects, shares))
    alone = [
        float(model_error(cluster, Linear(effects[:, place], shares[:, place])))
        for place in range(3)
    ]
    assert together == pytest.approx(alone)


def test_shares_that_only_rounding_keeps_apart_are_equal():
    assert alike(np.array([0, 0, 1]), np.array([0.1, 0.2, 0.3])).all()
    assert not alike(np.array([0, 0, 1]), np.array([0.1, 0.2, 0.31])).any()


def test_who_carries_a_mean():
    half = balance(["a"] * 10 + list("bcdefghijk"))
    assert (half.speaker, half.share, half.speakers) == ("a", 0.5, 11)
    assert half.effective == pytest.approx(1 / (0.25 + 10 * 0.05**2))
    assert half.heavy
    assert "a has 50% of the weight: 11 speakers count like 3.6 equal ones" in str(half)
    assert not balance(list("abcdef") * 3).heavy
    assert not balance(list("ab") * 3).heavy
    assert balance(list("abcdef"), np.array([30.0, 1, 1, 1, 1, 1])).heavy
    for clusters, weights in (([], None), (["a"], np.zeros(1))):
        with pytest.raises(ValueError, match="no items that weigh anything"):
            balance(clusters, weights)
