"""DNSMOS against `speechmos.dnsmos.run`, whose values were computed once and are stored here.

speechmos 0.0.1.1 imports librosa, which the suite does not need. The recipe of the numbers:
`pip install speechmos librosa==0.11.0 onnxruntime==1.31.1 requests`, then
`speechmos.dnsmos.run(glide(seconds), 16000)`.
"""

import numpy as np
import pytest

from nscbench.metrics import dnsmos
from nscbench.metrics.base import MetricError
from nscbench.metrics.machinery.signals import check_pair

SPEECHMOS = {  # seconds: P.808, SIG, BAK, OVRL
    1.0: (2.460840, 2.842202, 3.904027, 2.512333),  # 7 windows, all the same
    3.2: (2.443422, 2.749315, 3.810079, 2.385835),  # repeated to 12.8 s, 3 windows
    10.5: (2.585555, 2.767658, 3.925650, 2.475043),  # 1 window
    12.3: (2.522870, 2.672883, 3.904270, 2.391155),  # 3 windows
    18.2: (2.510987, 2.673860, 3.900191, 2.391552),  # 9 windows, of which speechmos drops 2
}
COLUMNS = ("dnsmos_p808", "dnsmos_sig", "dnsmos_bak", "dnsmos_ovrl")


def glide(seconds):
    """A gliding harmonic tone with syllables, by arithmetic alone: no generator can change it."""
    time = np.arange(round(seconds * 16_000)) / 16_000
    phase = 2 * np.pi * np.cumsum(120 + 40 * np.sin(2 * np.pi * 0.7 * time)) / 16_000
    voiced = sum(
        (0.6 + 0.4 * np.sin(2 * np.pi * 0.9 * h * time)) * np.sin(h * phase) / h
        for h in range(1, 21)
    )
    return 0.2 * np.clip(np.sin(2 * np.pi * 2.3 * time), 0, 1) * voiced


@pytest.mark.parametrize("seconds", SPEECHMOS)
def test_equals_speechmos(seconds):
    signal = glide(seconds)
    values = dnsmos.METRIC.score(signal, signal)
    expected = dict(zip(COLUMNS, SPEECHMOS[seconds], strict=True))
    assert values == pytest.approx(expected, abs=1e-4)


def test_windows_are_those_of_speechmos():
    """Its loop: as many as the whole seconds allow; an end that rounds down drops its window."""
    for samples in (144_160, 159_999, 160_000, 400_000, 1_000_000):
        hops = int(np.floor(samples / 16_000) - 9.01) + 1
        ends = [int((hop + 9.01) * 16_000) for hop in range(hops)]
        starts = [hop for hop in range(hops) if ends[hop] - 16_000 * hop == 144_160]
        assert list(dnsmos._windows(samples, samples)) == starts
    assert dnsmos._windows(256_000, 16_000) == {0: 7}
    assert dnsmos._windows(256_000, 64_000) == {0: 2, 1: 2, 2: 2, 3: 1}


@pytest.mark.slow
def test_shared_features_are_those_of_each_window_alone():
    signal = glide(12.1).astype(np.float32)
    shared = dnsmos.WindowFeatures(signal)
    for second in (0, 3):
        alone = dnsmos.WindowFeatures(signal[16_000 * second :]).at(0)
        np.testing.assert_allclose(shared.at(second), alone, rtol=1e-4, atol=1e-5)


def test_noise_is_heard():
    clean = glide(10.0)
    noise = 0.05 * np.random.default_rng(0).standard_normal(len(clean))
    before, after = (dnsmos.METRIC.score(x, x) for x in (clean, clean + noise))
    for column in ("dnsmos_p808", "dnsmos_bak", "dnsmos_ovrl"):
        assert after[column] < before[column] - 0.2


def test_overshoot_and_nothing_are_refused_where_speechmos_raises_or_hangs():
    signal = glide(1.0)
    with pytest.raises(MetricError, match=r"within \[-1, 1\]"):
        check_pair(dnsmos.METRIC, signal, signal / np.abs(signal).max() * 1.001)
    with pytest.raises(MetricError, match="needs 0.5 s"):
        check_pair(dnsmos.METRIC, signal[:0], signal[:0])
