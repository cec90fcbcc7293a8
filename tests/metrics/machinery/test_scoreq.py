"""SCOREQ on networks that NumPy computes, too: input, padding, directions."""

import numpy as np
import pytest

from nscbench.metrics import scoreq_nr, scoreq_ref
from nscbench.metrics.machinery import scoreq

weight_stand_ins = pytest.importorskip("support.weight_stand_ins")


@pytest.fixture
def clean(speech_like):
    return speech_like(2.0, 16_000).astype(np.float64)[:31_007]


def _padded(signal):
    """With zeros to a multiple of 320 samples, as the package `scoreq` pads."""
    return np.pad(signal, (0, 31_040 - 31_007)).astype(np.float32)


def test_the_rating_is_the_networks(stand_ins, clean):
    unit = weight_stand_ins.embedding(_padded(clean))
    expected = unit @ np.linspace(1, 5, weight_stand_ins.CHANNELS)
    assert scoreq_nr.METRIC.score(clean, clean)["scoreq_nr"] == pytest.approx(expected, rel=1e-5)


def test_the_distance_is_that_of_the_embeddings(stand_ins, clean):
    degraded = np.clip(clean + 0.05 * np.random.default_rng(0).standard_normal(len(clean)), -1, 1)
    ours, theirs = (weight_stand_ins.embedding(_padded(s)) for s in (clean, degraded))
    distance = scoreq_ref.METRIC.score(clean, degraded)["scoreq_ref"]
    assert distance == pytest.approx(float(np.linalg.norm(ours - theirs)), rel=1e-4)
    assert distance > 1e-3


def test_the_distance_is_symmetric_and_zero_for_the_same(stand_ins, clean):
    degraded = 0.5 * clean
    there, back = (
        scoreq_ref.METRIC.score(*pair) for pair in ((clean, degraded), (degraded, clean))
    )
    assert there == back
    assert scoreq_ref.METRIC.score(clean, clean)["scoreq_ref"] == 0


def test_the_directions_are_opposite():
    assert scoreq_nr.METRIC.directions == {"scoreq_nr": "higher"}
    assert scoreq_ref.METRIC.directions == {"scoreq_ref": "lower"}


def test_the_domain_is_natural():
    """The package calls the files of its natural domain `telephone`."""
    assert scoreq_nr.WEIGHTS.files == ("adapt_nr_telephone.onnx",)
    assert scoreq_ref.WEIGHTS.files == ("fixed_nmr_telephone.onnx",)


def test_a_whole_number_of_strides_is_not_padded(stand_ins):
    signal = np.random.default_rng(1).uniform(-0.5, 0.5, 100 * scoreq.STRIDE)
    found = scoreq.outputs(scoreq_ref.WEIGHTS, signal)[0]
    expected = weight_stand_ins.embedding(signal.astype(np.float32))
    np.testing.assert_allclose(found, expected, rtol=1e-4)
