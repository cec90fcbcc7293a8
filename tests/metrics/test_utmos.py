"""UTMOS on a network that NumPy computes, too."""

import numpy as np
import pytest

from nscbench.metrics.utmos import METRIC

weight_stand_ins = pytest.importorskip("support.weight_stand_ins")


def test_the_rating_is_the_networks_of_the_signal_as_it_is(stand_ins, speech_like):
    signal = speech_like(2.0, 16_000)[:31_007]
    unit = weight_stand_ins.embedding(signal)
    expected = unit @ np.linspace(1, 5, weight_stand_ins.CHANNELS)
    value = METRIC.score(np.zeros(31_007), signal.astype(np.float64))["utmos"]
    assert value == pytest.approx(expected, rel=1e-5)
    assert METRIC.directions == {"utmos": "higher"}
