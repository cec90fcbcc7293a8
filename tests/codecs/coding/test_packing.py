import numpy as np
import pytest

from nscbench.codecs.bitstream import BitstreamError
from nscbench.codecs.coding.packing import pack, pack_frames, unpack, unpack_frames, whole


def test_bits_are_written_most_significant_first():
    # 10 bits each:  0000000001 1111111111 -> 00000000 01111111 1111(0000)
    assert pack([1, 1023], 10) == bytes([0b00000000, 0b01111111, 0b11110000])


def test_bytes_pack_to_themselves():
    assert pack(list(b"speech"), 8) == b"speech"


@pytest.mark.parametrize("bits", [1, 3, 7, 8, 10, 11, 16, 31, 32])
def test_values_return(bits):
    values = np.random.default_rng(bits).integers(0, 1 << bits, 1001)
    values[:2] = 0, (1 << bits) - 1
    data = pack(values, bits)
    assert len(data) == -(-1001 * bits // 8)
    np.testing.assert_array_equal(unpack(data, bits, 1001), values)


def test_nothing_is_no_bytes():
    assert pack([], 10) == b""
    assert unpack(b"", 10, 0).shape == (0,)
    assert unpack_frames(b"", 95).shape == (0, 12)


@pytest.mark.parametrize("values", [[1024], [-1], [0.5], [[1, 2]]])
def test_values_that_do_not_fit_are_refused(values):
    with pytest.raises(ValueError, match=r"fit|integers"):
        pack(values, 10)


@pytest.mark.parametrize("count", [-1, 0, 7, 9, 10**9])
def test_another_count_is_refused(count):
    with pytest.raises(BitstreamError, match="10 bits"):
        unpack(pack(range(8), 10), 10, count)


def test_fill_that_is_not_zero_is_refused():
    with pytest.raises(BitstreamError, match="not zero"):
        unpack(bytes([0b00000000, 0b01000001]), 10, 1)


@pytest.mark.parametrize("bits", [28, 52, 79, 95, 132, 160])
def test_frames_return_and_count_themselves(bits):
    size = -(-bits // 8)
    rows = np.random.default_rng(bits).integers(0, 256, (9, size), dtype=np.uint8)
    plain = np.unpackbits(rows, axis=1)
    plain[:, bits:] = 0
    rows = np.packbits(plain, axis=1)
    for count in range(10):
        data = pack_frames(rows[:count], bits)
        assert len(data) == -(-count * bits // 8)
        assert whole(data, bits) == count
        np.testing.assert_array_equal(unpack_frames(data, bits), rows[:count])


def test_every_truncation_of_frames_is_refused_or_whole_frames():
    rows = np.full((5, 12), 0xFF, np.uint8)  # 95 bits: 12, 24, 36, 48, 60 bytes
    data = pack_frames(rows, 95)
    for size in range(len(data)):
        if size % 12:
            with pytest.raises(BitstreamError, match="whole number of frames of 95 bits"):
                unpack_frames(data[:size], 95)
        elif size:  # the cut frame's neighbour leaves its first bits in the fill
            with pytest.raises(BitstreamError, match="not zero"):
                unpack_frames(data[:size], 95)


def test_fields_that_cannot_be_counted_are_refused():
    with pytest.raises(ValueError, match="7 bits cannot be counted"):
        whole(b"\0", 7)


def test_rows_of_the_wrong_size_are_refused():
    with pytest.raises(ValueError, match="rows of 12 bytes"):
        pack_frames(np.zeros((2, 13), np.uint8), 95)
