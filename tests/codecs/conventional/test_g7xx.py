"""G.711, G.722, G.723.1 and G.726."""

import numpy as np
import pytest
import torch

from nscbench.codecs import get
from nscbench.codecs.coding.packing import unpack
from nscbench.codecs.noise import Noise


def encode(condition, signal):
    return get(condition).encode([torch.from_numpy(np.asarray(signal, np.float32))])[0]


def decode(condition, payload):
    return get(condition).decode([payload], Noise([1]))[0].numpy()


def test_g711_has_the_codes_of_the_recommendation():
    # G.711 table 2: zero is 0xFF, the largest values 0x80 and 0x00
    assert encode("g711-64", [0, 32767 / 32768, -1]) == b"\xff\x80\x00"


def test_g711_decodes_to_the_values_of_the_recommendation():
    # 8031 of 14 bits, four times as large in 16; the chord below ends at 3999
    values = decode("g711-64", bytes([0xFF, 0x80, 0x00, 0x8F, 0x90])) * 32768
    np.testing.assert_array_equal(values, [0, 32124, -32124, 16764, 15996])


def test_g711_is_a_byte_for_a_sample(speech_like):
    assert len(encode("g711-64", speech_like(1, 8_000))) == 8000


@pytest.mark.parametrize(("kbps", "bits"), [(64, 8), (56, 7), (48, 6)])
def test_lower_modes_of_g722_drop_last_bits(kbps, bits, speech_like):
    signal = speech_like(1, 16_000)
    whole = np.frombuffer(encode("g722-64", signal), np.uint8)
    count = 4 * ((16_000 + 22 + 7) // 8)  # codewords: four in a frame of eight samples
    assert len(whole) == count
    kept = unpack(encode(f"g722-{kbps}", signal), bits, count)
    np.testing.assert_array_equal(kept, whole >> (8 - bits))


def test_g722_loses_little_with_each_bit(speech_like):
    signal = speech_like(1, 16_000)
    errors = [
        np.mean((decode(f"g722-{kbps}", encode(f"g722-{kbps}", signal))[:16_000] - signal) ** 2)
        for kbps in (64, 56, 48)
    ]
    ratios = 10 * np.log10(np.mean(signal**2) / np.array(errors))
    assert ratios[0] > ratios[1] > ratios[2] > 10


def test_g723_1_frames_say_the_high_rate(speech_like):
    payload = encode("g723.1-6.3", speech_like(1, 8_000))
    assert len(payload) == 34 * 24  # 8000 samples and the delay of 60, in frames of 240
    # G.723.1 table 5: the two lowest bits of the first octet are 0 for 6.3 kbps
    assert {payload[start] & 3 for start in range(0, len(payload), 24)} == {0}


@pytest.mark.parametrize(("kbps", "bits"), [(16, 2), (24, 3), (32, 4), (40, 5)])
def test_g726_is_its_codewords(kbps, bits, speech_like):
    signal = speech_like(1, 8_000)
    payload = encode(f"g726-{kbps}", signal)
    assert len(payload) == 1000 * bits
    assert len(decode(f"g726-{kbps}", payload)) == 8000


def test_g726_loses_less_with_each_bit(speech_like):
    signal = speech_like(1, 8_000)
    errors = [
        np.mean((decode(f"g726-{kbps}", encode(f"g726-{kbps}", signal)) - signal) ** 2)
        for kbps in (16, 24, 32, 40)
    ]
    assert errors == sorted(errors, reverse=True)
