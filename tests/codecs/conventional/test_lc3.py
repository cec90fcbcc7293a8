import pytest
import torch

from nscbench.codecs import available, get
from nscbench.codecs.bitstream import BitstreamError
from nscbench.codecs.noise import Noise

lc3 = pytest.importorskip("lc3")


def test_frames_have_the_sizes_that_liblc3_states():
    encoder = lc3.Encoder(10_000, 16_000)
    for kbps, bits in available()["lc3"].rates.items():
        assert 8 * encoder.get_frame_bytes(round(1000 * kbps)) == bits
    assert encoder.get_frame_bytes(0) == 20  # the smallest frame: 16 kbps


def test_delay_is_the_one_that_liblc3_states():
    assert get("lc3-32").delay == lc3.Encoder(10_000, 16_000).get_delay_samples() == 40


def test_payload_is_its_frames(speech_like):
    (payload,) = get("lc3-16").encode([torch.from_numpy(speech_like(1, 16_000))])
    assert len(payload) == 101 * 20  # 16000 samples and the delay of 40, in frames of 160


def test_part_of_a_frame_is_refused():
    with pytest.raises(BitstreamError, match="160 bits"):
        get("lc3-16").decode([bytes(39)], Noise([1]))
