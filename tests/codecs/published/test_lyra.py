"""Packets and refusals without the weights; known numbers where $NSCBENCH_WEIGHTS/lyra has them.

What every codec must do is in `codecs/test_contract.py`, on the same weights.
"""

import os

import numpy as np
import pytest
import soundfile
import soxr
import torch

from nscbench.codecs import CodecError, Unavailable, get
from nscbench.codecs.bitstream import BitstreamError
from nscbench.codecs.coding.packing import pack
from nscbench.codecs.noise import Noise
from nscbench.codecs.published.lyra import FILES, LICENCE, URL, WEIGHTS, Lyra, packed, unpacked
from nscbench.codecs.published.lyra_networks import ENCODER, Decoder, Encoder, Quantizer
from nscbench.codecs.published.lyra_noise import LogMel

SIZES = {3.2: 8, 6: 15, 9.2: 23}  # bytes of 20 ms, by kbit/s: lyra_config.cc
# What residual_vector_quantizer_test.cc of google/lyra 1.3.2 quantizes
FEATURES = """
5.18127 0.156109 -0.875549 1.90394 4.27785 0.184078 2.03794 0.895547 6.61436 3.61373 1.84045 2.34979
1.91443 2.46864 2.49996 -0.78883 2.04522 -0.0539977 -0.206427 -0.856873 1.56033 1.48176 1.82138
0.900604 -0.10602 -0.548707 0.33733 7.63183 -0.199688 6.35543 2.47549 -0.854709 0.0588712 -0.144105
7.68603 2.78211 1.89553 1.46111 1.60068 -0.310399 1.4651 2.05484 0.460265 1.88702 -0.186116 0.134471
-0.304016 0.924312 9.56944 0.877297 0.825455 2.45036 2.36505 1.02132 2.03803 0.308894 -0.930119
3.16624 -0.743392 0.137643 2.01814 3.39578 4.30634 0.880378
"""

RECORDINGS = os.environ.get("NSCBENCH_LYRA_TESTDATA")
needs_weights = pytest.mark.skipif(bool(Lyra.unavailable()), reason=Lyra.unavailable())


@pytest.fixture
def elsewhere(tmp_path, monkeypatch):
    """An empty folder of weights."""
    monkeypatch.setenv("NSCBENCH_WEIGHTS", str(tmp_path))
    return tmp_path / "lyra"


@pytest.mark.parametrize(("kbps", "size"), SIZES.items())
def test_packets_hold_4_bits_a_stage_the_first_uppermost(kbps, size):
    stages = Lyra(kbps).stages
    assert stages * 4 == size * 8 == kbps * 20
    indices = np.random.default_rng(0).integers(0, 16, (5, stages)).astype(np.int32)
    packets = packed(indices)
    assert packets.tobytes() == pack(indices.reshape(-1), 4)
    assert packets.shape == (5, size)
    assert packets[0, 0] == 16 * indices[0, 0] + indices[0, 1]
    assert np.array_equal(unpacked(packets), indices)


@pytest.mark.parametrize("index", [-1, 16])
def test_indices_that_are_not_4_bits_are_refused(index):
    with pytest.raises(CodecError, match="4 bits hold 0..15"):
        packed(np.array([[0, index]], np.int32))


def test_parts_of_packets_are_refused():
    with pytest.raises(BitstreamError, match="not a whole number of frames"):
        Lyra(6).length(bytes(16))
    assert Lyra(6).length(bytes(30)) == 640


def test_its_files_are_those_of_the_publisher():
    assert LICENCE == "Apache-2.0"
    assert URL.startswith("https://raw.githubusercontent.com/google/lyra/v")
    assert set(WEIGHTS.sha256) == set(WEIGHTS.files) == {file.name for file in FILES}
    assert sum(file.size for file in FILES) == 3_583_372


def test_what_is_missing_is_said_with_the_command(elsewhere):
    with pytest.raises(Unavailable, match=f"no {ENCODER}, .* in {elsewhere}: .+"):
        get("lyra-6")


def test_other_files_are_refused(elsewhere):
    elsewhere.mkdir()
    for file in FILES:
        (elsewhere / file.name).write_bytes(b"TFL3")
    with pytest.raises(Unavailable, match=f"{ENCODER}, .*{elsewhere}.* publish"):
        get("lyra-6")


@pytest.mark.parametrize("network", [Encoder, Quantizer, Decoder])
def test_files_that_cannot_be_loaded_are_one_error(network, elsewhere):
    elsewhere.mkdir()
    for file in FILES:
        (elsewhere / file.name).write_bytes(b"no network")
    with pytest.raises(CodecError, match=f"{elsewhere}.* cannot be loaded"):
        network(elsewhere)


@needs_weights
@pytest.mark.parametrize("network", [Encoder, Quantizer, Decoder])
def test_loading_says_nothing(network, capfd):
    network(WEIGHTS.folder)
    assert capfd.readouterr().err == ""


@needs_weights
@pytest.mark.parametrize(("stages", "expected"), [(16, 1.107), (30, 0.739), (46, 0.511)])
def test_quantizer_keeps_the_published_distance(stages, expected):
    """The published test asks for less than 1.11 at every rate."""
    features = np.array(FEATURES.split(), np.float32)
    quantizer = Quantizer(WEIGHTS.folder)
    error = features - quantizer.features(quantizer.indices(features, stages))
    distance = np.sqrt((error**2).sum() / (features**2).sum())
    assert distance < 1.11
    assert distance == pytest.approx(expected, abs=0.001)


@needs_weights
@pytest.mark.skipif(not RECORDINGS, reason="set NSCBENCH_LYRA_TESTDATA to lyra/testdata")
@pytest.mark.parametrize("rate", [8, 16, 32, 48])
@pytest.mark.parametrize("kbps", SIZES)
def test_decoded_speech_keeps_the_published_distance(rate, kbps):
    """Less than 2 in every hop of the first 3 s, in 64 bands: lyra_integration_test.cc.

    The published test measures at the recording's own rate, this one at 16 kHz.
    """
    samples, own = soundfile.read(f"{RECORDINGS}/sample1_{rate}kHz.wav", dtype="float64")
    signal = torch.from_numpy(soxr.resample(samples, own, 16_000)[:48_000].astype(np.float32))
    codec = get(f"lyra-{kbps}")
    (decoded,) = codec.decode(codec.encode([signal]), Noise([1]))
    before, after = LogMel(64), LogMel(64)
    for one, other in zip(signal.reshape(-1, 320), decoded.reshape(-1, 320), strict=True):
        difference = before(32768.0 * one.numpy()) - after(32768.0 * other.numpy())
        assert 10 * np.sqrt(np.mean(difference**2)) < 2


@needs_weights
def test_stages_of_a_lower_rate_are_the_first_of_a_higher(speech_like):
    signal = torch.from_numpy(speech_like(0.5, 16_000))
    low, high = (
        np.frombuffer(get(f"lyra-{kbps}").encode([signal])[0], np.uint8).reshape(-1, SIZES[kbps])
        for kbps in (3.2, 9.2)
    )
    assert np.array_equal(low, high[:, :8])


@needs_weights
def test_a_loss_is_concealed_and_then_silent(speech_like):
    codec = get("lyra-6")
    (payload,) = codec.encode([torch.from_numpy(speech_like(1, 16_000))])
    (whole,) = codec.decode([payload], Noise([1]))
    lost = np.arange(codec.packets(payload)) >= 25
    concealed = codec.decode_with_loss(payload, lost)
    assert torch.equal(concealed[: 25 * 320], whole[: 25 * 320])
    level = concealed.reshape(-1, 320).square().mean(1).sqrt()
    assert level[25:29].min() > 0
    assert level[32:].max() < 0.1 * level[:25].max()
