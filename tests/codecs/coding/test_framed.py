"""Frames that never come: what the libraries make of them.

At the lowest bitrate of each codec, and among the slow tests at the highest.
"""

import numpy as np
import pytest
import torch

from nscbench.codecs import available, get
from nscbench.codecs.coding.framed import ConcealingCodec
from nscbench.codecs.noise import Noise

CONDITIONS = [
    pytest.param(codec(**settings).condition, marks=marks)
    for codec in available().values()
    if issubclass(codec, ConcealingCodec) and not codec.unavailable()
    for settings, marks in (
        (codec.operating_points[0], ()),
        (codec.operating_points[-1], pytest.mark.slow),
    )
]
# s, before it is silent if no frame ever comes: Lyra plays its network for 80 ms, and fades for 40
PLAYED_OF_NOTHING = {"lyra": 0.12}


@pytest.mark.parametrize("condition", CONDITIONS)
def test_a_lost_frame_is_heard_after_it_and_no_longer_than_a_while(condition, speech_like):
    codec = get(condition)
    audio = torch.from_numpy(speech_like(2.0, codec.sample_rate))
    (payload,) = codec.encode([audio])
    (clean,) = codec.decode([payload], Noise([0]))
    lost = np.zeros(codec.packets(payload), np.bool_)
    assert torch.equal(codec.decode_with_loss(payload, lost), clean)
    middle = len(lost) // 2
    lost[middle] = True
    concealed = codec.decode_with_loss(payload, lost)
    assert concealed.shape == clean.shape
    assert torch.isfinite(concealed).all()
    first = middle * codec.frame - codec.delay
    reach = codec.sample_rate // 100  # of a resampler's filter
    assert torch.equal(concealed[: first - reach], clean[: first - reach])
    inside = slice(first + codec.frame // 2, first + codec.frame)
    assert not torch.equal(concealed[inside], clean[inside])
    end = slice(first + codec.sample_rate // 2, None)
    assert 0.4 < float(concealed[end].norm() / clean[end].norm()) < 2.5


@pytest.mark.parametrize("condition", CONDITIONS)
def test_what_was_lost_is_not_looked_at(condition, speech_like):
    codec = get(condition)
    signals = [torch.from_numpy(speech_like(1.0, codec.sample_rate, seed)) for seed in (0, 1)]
    one, other = codec.encode(signals)
    everything = np.ones(codec.packets(one), np.bool_)
    nothing = [codec.decode_with_loss(payload, everything) for payload in (one, other)]
    assert torch.equal(*nothing)
    start = round(PLAYED_OF_NOTHING.get(codec.name, 0) * codec.sample_rate)
    assert nothing[0][start:].abs().max() < 0.01


def test_lc3_conceals_a_frame_of_ones_as_if_there_were_none(speech_like):
    """liblc3 conceals where it is given no frame: a null pointer, which lc3py does not pass."""
    lc3 = pytest.importorskip("lc3")
    import ctypes

    codec = get("lc3-32")
    (payload,) = codec.encode([torch.from_numpy(speech_like(1.0, 16_000))])
    lost = np.zeros(codec.packets(payload), np.bool_)
    lost[[30, 31, 60]] = True
    concealed = codec.decode_with_loss(payload, lost)
    decoder = lc3.Decoder(10_000, 16_000)
    (state,) = decoder._Decoder__decoders
    made = np.zeros((len(lost), 160), np.int16)
    for index, missing in enumerate(lost):
        frame = payload[40 * index : 40 * index + 40]
        data = None if missing else (ctypes.c_byte * 40).from_buffer_copy(frame)
        target = ctypes.c_void_p(made[index].ctypes.data)
        decoder.lib.lc3_decode(state, data, 40, 0, target, 1)
    expected = made.reshape(-1)[codec.delay :].astype(np.float32) / 32768
    np.testing.assert_array_equal(concealed.numpy(), expected)
