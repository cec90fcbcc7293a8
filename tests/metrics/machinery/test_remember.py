"""What is remembered, for how long, and by what."""

import numpy as np
import pytest

from nscbench.metrics.machinery import alignment, pitch
from nscbench.metrics.machinery.remember import forget, remember


@pytest.fixture
def counted():
    calls = []

    @remember(2)
    def total(signal, factor):
        calls.append(factor)
        if factor == 0:
            raise ValueError("nothing")
        return float(signal.sum()) * factor

    return total, calls


def test_equal_content_is_computed_once(counted):
    total, calls = counted
    assert total(np.arange(4.0), 2) == total(np.arange(4.0), 2) == 12
    assert calls == [2]


def test_other_content_shape_type_or_number_is_computed(counted):
    total, calls = counted
    signal = np.arange(4.0)
    total(signal, 1)
    total(signal.reshape(2, 2), 1)
    total(signal.view(np.int64), 1)
    total(signal, 3)
    signal[0] = 5
    assert total(signal, 3) == 33
    assert len(calls) == 5


def test_the_oldest_is_forgotten(counted):
    total, calls = counted
    signal = np.ones(1)
    for factor in (1, 2, 1, 3, 1, 2):
        assert total(signal, factor) == factor
    assert calls == [1, 2, 3, 2]


def test_a_failure_is_not_kept(counted):
    total, calls = counted
    for _ in range(2):
        with pytest.raises(ValueError, match="nothing"):
            total(np.ones(1), 0)
    assert calls == [0, 0]


def test_sizes_count_where_they_are_told():
    calls = []

    @remember(10, size=len)
    def zeros(samples):
        calls.append(samples)
        return np.zeros(samples)

    for samples in (4, 6, 4, 6):
        assert len(zeros(samples)) == samples
    assert calls == [4, 6]
    zeros(1)  # 4, the oldest, goes
    zeros(6)
    assert calls == [4, 6, 1]
    zeros(4)
    assert calls == [4, 6, 1, 4]
    zeros(11)  # goes at once, and all others before it
    zeros(11)
    zeros(4)
    assert calls == [4, 6, 1, 4, 11, 11, 4]


def test_cleared_caches_compute_again(counted):
    total, calls = counted
    signal = np.ones(1)
    for clear in (total.cache_clear, forget):
        for factor in (1, 2):
            total(signal, factor)
        clear()
    total(signal, 1)
    assert calls == [1, 2, 1, 2, 1]


def test_what_the_metrics_remember_is_forgotten(speech_like):
    """Otherwise a timing would hand out what an earlier repeat computed."""
    measure = pytest.importorskip("nscbench.metrics.machinery.visqol.measure")
    signal = speech_like(1.2, 16_000).astype(np.float64)
    for cached, arguments in (
        (pitch.track, (signal,)),
        (alignment.estimate, (signal, signal, 16_000)),
        (measure.prepared_reference, (signal,)),
    ):
        first = cached(*arguments)
        assert cached(*arguments) is first
        forget()
        assert cached(*arguments) is not first
