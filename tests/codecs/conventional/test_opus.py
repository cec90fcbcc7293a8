import struct

import numpy as np
import pytest
import torch

from nscbench.codecs import CodecError, get
from nscbench.codecs.bitstream import BitstreamError
from nscbench.codecs.noise import Noise

SIZES = {6: 15, 8: 20, 12: 30, 16: 40, 24: 60}  # bytes of 20 ms, by kbit/s


@pytest.mark.parametrize(("kbps", "size"), SIZES.items())
def test_payload_is_its_packets_and_nothing_else(kbps, size, speech_like):
    (payload,) = get(f"opus-{kbps}").encode([torch.from_numpy(speech_like(1, 16_000))])
    # 16000 samples and the delay of 104 need 51 packets of 320
    assert len(payload) == 51 * size
    contents = {payload[start] for start in range(0, len(payload), size)}
    # RFC 6716 section 3.1: configurations 1 and 9 are SILK of 20 ms, narrow and wide band;
    # bit 2 is stereo
    assert {byte >> 3 for byte in contents} == {1 if kbps < 12 else 9}
    assert not any(byte & 4 for byte in contents)


def test_delay_is_the_preskip_that_libopus_states():
    av = pytest.importorskip("av")
    context = av.CodecContext.create("libopus", "w")
    context.sample_rate, context.format, context.layout = 16_000, "s16", "mono"
    context.options = {"application": "voip"}
    context.open()
    (preskip,) = struct.unpack_from("<H", context.extradata, 10)  # RFC 7845 section 5.1
    assert preskip == 312
    assert 3 * get("opus-12").delay == preskip


def test_more_bits_leave_less_error(speech_like):
    signal = torch.from_numpy(speech_like(2, 16_000))
    errors = []
    for kbps in (12, 16, 24):
        codec = get(f"opus-{kbps}")
        (decoded,) = codec.decode(codec.encode([signal]), Noise([1]))
        errors.append(float(np.mean((decoded[: len(signal)] - signal).numpy() ** 2)))
    assert errors == sorted(errors, reverse=True)


@pytest.mark.parametrize("payload", [b"\xff" * 30, b"\x03" + bytes(29), bytes(29), bytes(31)])
def test_what_is_no_packet_is_refused(payload):
    with pytest.raises(BitstreamError):
        get("opus-12").decode([payload], Noise([1]))


def test_rates_beside_the_table_are_refused():
    with pytest.raises(CodecError, match="there are: 6, 8, 12, 16, 24"):
        get("opus-9")


def test_one_point_has_one_identity():
    assert repr(get("opus-6.0")) == repr(get("opus-6")) == "Opus(kbps=6)"
