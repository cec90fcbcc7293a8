"""What all codecs must do is in `codecs/test_contract.py`."""

import numpy as np
import pytest
import torch

from nscbench.codecs import CodecError, get
from nscbench.codecs.bitstream import BitstreamError
from nscbench.codecs.conventional import libopus
from nscbench.codecs.noise import Noise

pytestmark = pytest.mark.skipif(bool(libopus.missing()), reason=libopus.missing())

SIZES = {8: 20, 9: 23, 12: 30, 16: 40}  # bytes of 20 ms, by kbit/s: libopus rounds 22.5 up
WIDEBAND = 9  # RFC 6716 table 2: SILK, wide band, 20 ms


@pytest.fixture(scope="module")
def signal(speech_like):
    return torch.from_numpy(speech_like(1, 16_000))


def frames_of(signal):
    samples = np.zeros(51 * 320, np.int16)
    samples[: len(signal)] = np.rint(32768 * signal.numpy())
    return samples.reshape(51, 320)


@pytest.mark.parametrize(("kbps", "size"), SIZES.items())
def test_packets_of_cbr_are_stored_as_they_are(kbps, size, signal):
    (payload,) = get(f"opus-wb-{kbps}").encode([signal])
    packets = libopus.encode_wideband(frames_of(signal), 1000 * kbps, variable=False)
    assert payload == b"".join(packets)
    assert [len(packet) for packet in packets] == [size] * 51
    assert {packet[0] >> 3 for packet in packets} == {WIDEBAND}


def test_a_payload_of_vbr_has_the_bits_of_its_packets(signal):
    codec = get("opus-wb-6")
    (payload,) = codec.encode([signal])
    packets = libopus.encode_wideband(frames_of(signal), 6000, variable=True)
    assert payload == b"".join(bytes([len(packet)]) + packet[1:] for packet in packets)
    assert len({len(packet) for packet in packets}) > 5
    assert {packet[0] for packet in packets} == {WIDEBAND << 3}
    assert codec.packets(payload) == 51
    assert codec.length(payload) == 51 * 320 - 104


@pytest.mark.parametrize("kbps", [12, 16])
def test_from_12_on_it_is_what_opus_codes_by_itself(kbps, signal):
    assert get(f"opus-wb-{kbps}").encode([signal]) == get(f"opus-{kbps}").encode([signal])


def test_6_kbps_reach_beyond_4_khz(speech_like):
    signal = torch.from_numpy(speech_like(2, 16_000))
    above = {}
    for name in ("opus-6", "opus-wb-6"):
        codec = get(name)
        (decoded,) = codec.decode(codec.encode([signal]), Noise([1]))
        power = np.abs(np.fft.rfft(decoded[:32_000].numpy())) ** 2
        above[name] = power[9000:].sum()  # above 4.5 kHz
    assert above["opus-wb-6"] > 100 * above["opus-6"]


@pytest.mark.parametrize(
    ("condition", "payload"),
    [
        ("opus-wb-6", b"\x01"),
        ("opus-wb-6", b"\x05abc"),
        ("opus-wb-6", b"\x00" * 4),
        ("opus-wb-8", b"\xff" * 20),
        ("opus-wb-8", bytes([WIDEBAND << 3 | 4]) + bytes(19)),
        ("opus-wb-8", bytes([WIDEBAND << 3]) + bytes(18)),
        ("opus-wb-8", bytes([WIDEBAND << 3 | 3, 2]) + bytes(18)),
    ],
    ids=["too small", "cut", "zeros", "ones", "stereo", "part", "two frames"],
)
def test_what_is_no_packet_is_refused(condition, payload):
    with pytest.raises(BitstreamError):
        get(condition).decode([payload], Noise([1]))


@pytest.mark.parametrize("condition", ["opus-wb-6", "opus-wb-8"])
def test_lost_packets_are_concealed_and_not_looked_at(condition, signal):
    codec = get(condition)
    (payload,) = codec.encode([signal])
    (whole,) = codec.decode([payload], Noise([1]))
    lost = np.zeros(51, np.bool_)
    lost[20:30] = True
    concealed = codec.decode_with_loss(payload, lost)
    assert len(concealed) == len(whole)
    assert torch.equal(concealed[: 20 * 320 - 104], whole[: 20 * 320 - 104])
    level = concealed[: 31 * 320 - 104].square()
    assert level[20 * 320 - 104 : 21 * 320].mean() > 0
    assert level[28 * 320 : 30 * 320 - 104].mean() < 0.01 * level[: 20 * 320].mean()
    rows = codec.unpack(payload)
    rows[lost, 1:] = 0
    assert torch.equal(codec.decode_with_loss(codec.pack(rows), lost), concealed)


def test_rates_beside_the_table_are_refused():
    with pytest.raises(CodecError, match="there are: 6, 8, 9, 12, 16"):
        get("opus-nolace-7")
