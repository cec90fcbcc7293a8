"""Costs of warping paths, against the enumeration of every path."""

from functools import cache

import numpy as np

from nscbench.metrics.machinery.warping import path_cost


def enumerated(patch, reference):
    """Cost of the cheapest of all paths, followed backwards from each end by recursion."""
    distance = np.linalg.norm(patch[:, None] - reference[None], axis=2)

    @cache
    def upto(n, m):
        if m < 0:
            return np.inf
        if n == 0:
            return distance[0, m]
        return distance[n, m] + min(upto(n - 1, m), upto(n, m - 3), upto(n - 1, m - 3))

    return min(upto(len(patch) - 1, m) for m in range(len(reference)))


def test_the_cost_is_that_of_the_cheapest_path():
    random = np.random.default_rng(0)
    for frames, others in ((1, 1), (5, 2), (6, 20), (12, 9)):
        patch, reference = (
            random.standard_normal((frames, 13)),
            random.standard_normal((others, 13)),
        )
        assert np.isclose(path_cost(patch, reference), enumerated(patch, reference), rtol=1e-12)


def test_a_reference_that_stands_still_costs_its_distance_in_every_frame():
    patch, reference = np.full((8, 13), 2.0), np.full((30, 13), 1.0)
    assert np.isclose(path_cost(patch, reference), 8 * np.sqrt(13))
    assert path_cost(patch, patch) == 0


def test_three_times_slower_speech_costs_nothing():
    """The step (1, 3): each frame of the patch meets every third one of the reference."""
    patch = np.random.default_rng(1).standard_normal((10, 13))
    assert path_cost(patch, np.repeat(patch, 3, axis=0)) == 0
