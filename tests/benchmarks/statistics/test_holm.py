"""Holm's adjustment: stored values, a textbook's family, and gaps."""

import numpy as np
import pytest

from nscbench.benchmarks.statistics.holm import holm


def test_holm_on_stored_values():
    """Adjusted by statsmodels 0.15.0, multipletests(p, method="holm")."""
    p_values = np.array([0.0001, 0.9, 0.6, 0.012, 0.012, 0.049, 0.02])
    assert holm(p_values) == pytest.approx([0.0007, 1, 1, 0.072, 0.072, 0.147, 0.08])
    with_gap = holm(np.array([0.01, np.nan, 0.04]))
    assert with_gap[[0, 2]] == pytest.approx([0.02, 0.04])
    assert np.isnan(with_gap[1])


def test_holm_never_exceeds_one():
    assert holm(np.array([0.6, 0.9])).tolist() == [1.0, 1.0]


def test_holm_of_a_textbook_family():
    # p = 0.005, 0.01, 0.03, 0.04 times 4, 3, 2, 1, made monotone
    found = holm(np.array([0.01, 0.04, 0.03, 0.005]))
    assert np.allclose(found, [0.03, 0.06, 0.06, 0.02])
    assert np.allclose(holm(np.array([0.6, 0.9])), [1, 1])
    assert holm(np.array([])).size == 0
