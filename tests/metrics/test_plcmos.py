"""PLCMOS against `speechmos.plcmos.run` with the same raters."""

import numpy as np
import pytest
from speechmos import plcmos as package

from nscbench.metrics.plcmos import METRIC, SEED

RATE = 16_000


def by_the_package(signal):
    state = np.random.get_state()  # noqa: NPY002, the package draws from it
    np.random.seed(SEED)  # noqa: NPY002
    value = package.run(signal, RATE)["plcmos"]
    np.random.set_state(state)  # noqa: NPY002
    return value


@pytest.mark.parametrize("samples", [8000, 8191, 30_001, 50_000])
def test_equals_the_package_with_the_same_raters(speech_like, samples):
    signal = speech_like(4.0, RATE)[:samples].astype(np.float64)
    assert METRIC.score(signal, signal)["plcmos"] == pytest.approx(by_the_package(signal), abs=1e-5)


def test_digital_silence_has_the_package_s_floors(speech_like):
    lossy = speech_like(2.0, RATE).astype(np.float64)
    lossy[9000:20_000] = 0
    for signal in (lossy, np.zeros(RATE)):
        value = METRIC.score(signal, signal)["plcmos"]
        assert value == pytest.approx(by_the_package(signal), abs=1e-5)


def test_the_package_s_own_raters_change_and_ours_do_not(speech_like):
    signal = speech_like(1.0, RATE).astype(np.float64)
    ours, theirs = set(), set()
    for seed in (1, 2, 3):
        np.random.seed(seed)  # noqa: NPY002
        ours.add(METRIC.score(signal, signal)["plcmos"])
        theirs.add(package.run(signal, RATE)["plcmos"])
    assert len(ours) == 1
    assert len(theirs) == 3
