"""F0 correlation on synthesized voices of known intonation."""

import numpy as np
import pytest

from nscbench.metrics.base import Undefined
from nscbench.metrics.f0_correlation import METRIC

RATE = 16_000
TIME = np.arange(2 * RATE) / RATE


def _voice(f0):
    """Ten harmonics of an F0 in Hz [T]."""
    phase = 2 * np.pi * np.cumsum(np.broadcast_to(f0, len(TIME))) / RATE
    return 0.05 * sum(np.cos(k * phase) for k in range(1, 11))


def _value(one, other):
    return METRIC.score(_voice(one), _voice(other))["f0_correlation"]


def test_known_intonations():
    glide = np.sin(2 * np.pi * 0.5 * TIME)  # one period
    assert _value(150 + 30 * glide, 150 + 30 * glide) == pytest.approx(1, abs=1e-9)
    assert _value(150 + 30 * glide, 120 + 15 * glide) == pytest.approx(1, abs=1e-3)
    assert _value(150 + 30 * glide, 150 - 30 * glide) == pytest.approx(-1, abs=1e-3)
    quarter = np.cos(2 * np.pi * 0.5 * TIME)
    assert _value(150 + 30 * glide, 150 + 30 * quarter) == pytest.approx(0, abs=0.05)


def test_without_a_common_intonation_there_is_none():
    noise = 0.1 * np.random.default_rng(0).standard_normal(len(TIME))
    with pytest.raises(Undefined, match="0 frames are voiced in both"):
        METRIC.score(_voice(150.0), noise)


def test_it_is_measured_on_aligned_signals_and_higher_is_better():
    assert METRIC.aligned
    assert METRIC.directions == {"f0_correlation": "higher"}
