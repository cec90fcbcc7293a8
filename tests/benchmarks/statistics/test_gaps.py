"""Means and medians over what is known, against numpy's."""

import numpy as np

from nscbench.benchmarks.statistics.gaps import mean_of_known, median_of_known

VALUES = np.array([[1.0, np.nan, 4.0, 7.0], [np.nan] * 4, [5.0, 2.0, np.nan, np.nan]])


def test_means_over_what_is_known():
    assert np.array_equal(mean_of_known(VALUES, axis=1), [4.0, np.nan, 3.5], equal_nan=True)
    assert np.array_equal(mean_of_known(VALUES, axis=0), [3.0, 2.0, 4.0, 7.0])


def test_medians_over_what_is_known():
    assert np.array_equal(median_of_known(VALUES), [4.0, np.nan, 3.5], equal_nan=True)
    full = np.random.default_rng(0).normal(size=(5, 8))
    assert np.array_equal(median_of_known(full), np.median(full, axis=1))
