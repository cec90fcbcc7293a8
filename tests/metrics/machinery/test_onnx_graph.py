"""Parts of ONNX models: together they are the whole."""

import numpy as np
import pytest

from nscbench.metrics.machinery.onnx_graph import bundled, part, session

MODEL = "dnsmos_models/model_v8.onnx"
MIDDLE = "mos_estimator_small_1/conv2d_7/Relu:0"


@pytest.fixture(scope="module")
def model():
    return bundled("speechmos", MODEL)


def test_two_parts_in_a_row_are_the_model(model):
    mels = np.random.default_rng(0).standard_normal((2, 900, 120)).astype(np.float32)
    (whole,) = session(model).run(None, {"input_1": mels})
    (middle,) = session(part(model, ["input_1"], [MIDDLE])).run(None, {"input_1": mels})
    (end,) = session(part(model, [MIDDLE], ["Identity:0"])).run(None, {MIDDLE: middle})
    np.testing.assert_allclose(end, whole, rtol=1e-5)


def test_a_part_has_no_more_weights_than_it_needs(model):
    parts = [part(model, ["input_1"], [MIDDLE]), part(model, [MIDDLE], ["Identity:0"])]
    assert all(len(one) < 0.8 * len(model) for one in parts)
    assert sum(map(len, parts)) < len(model) + 1000


def test_a_part_whose_input_is_missing_is_refused(model):
    with pytest.raises(ValueError, match="input_1"):
        part(model, [], [MIDDLE])
    with pytest.raises(ValueError, match="nowhere"):
        part(model, ["input_1"], ["nowhere"])


def test_what_is_no_model_is_refused():
    with pytest.raises(ValueError, match="protobuf"):
        part(b"\x07nonsense", ["a"], ["b"])


def test_a_missing_package_is_named():
    with pytest.raises(FileNotFoundError, match="pip install no_such_package"):
        bundled("no_such_package", MODEL)
