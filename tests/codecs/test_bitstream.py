import struct
import zlib

import pytest

from nscbench.benchmarks.run.coding import decode_streams
from nscbench.codecs import CodecError, get
from nscbench.codecs.bitstream import (
    BitstreamError,
    Header,
    check_length,
    check_weights,
    header_for,
    pack,
    unpack,
)
from nscbench.codecs.noise import Noise

HEADER = Header("gan-1.5", "0123456789abcdef", 48_000)
PAYLOAD = bytes(range(40))


def with_checksum(body: bytes) -> bytes:
    return body + struct.pack("<I", zlib.crc32(body))


def crafted(
    name: bytes = b"gan-1.5",
    *,
    name_length: int | None = None,
    version: int = 1,
    fingerprint: bytes = bytes(8),
    size: int | None = None,
) -> bytes:
    """A file of any content whose checksum fits."""
    return with_checksum(
        b"NSCB"
        + bytes([version, len(name) if name_length is None else name_length])
        + name
        + struct.pack("<8sII", fingerprint, 48_000, len(PAYLOAD) if size is None else size)
        + PAYLOAD
    )


def test_layout_is_the_documented_one():
    body = (
        b"NSCB\x01\x07gan-1.5"
        + bytes.fromhex("0123456789abcdef")
        + (48_000).to_bytes(4, "little")
        + (40).to_bytes(4, "little")
        + PAYLOAD
    )
    assert pack(HEADER, PAYLOAD) == body + zlib.crc32(body).to_bytes(4, "little")


@pytest.mark.parametrize("payload", [b"", b"\0", PAYLOAD])
def test_what_is_packed_comes_back(payload):
    data = pack(HEADER, payload)
    assert unpack(data) == (HEADER, payload)
    assert 8 * len(data) == HEADER.container_bits + 8 * len(payload)


def test_every_truncation_is_refused():
    data = pack(HEADER, PAYLOAD)
    for size in range(len(data)):
        with pytest.raises(BitstreamError):
            unpack(data[:size])


def test_every_flipped_byte_is_refused():
    data = pack(HEADER, PAYLOAD)
    for index in range(len(data)):
        for mask in (0x01, 0x80, 0xFF):
            flipped = bytearray(data)
            flipped[index] ^= mask
            with pytest.raises(BitstreamError):
                unpack(bytes(flipped))


@pytest.mark.parametrize(
    "data", [b"RIFF" + bytes(40), b"fLaC" + bytes(40), b"OggS" + bytes(40), bytes(50)]
)
def test_foreign_files_are_named_so(data):
    with pytest.raises(BitstreamError, match="not an nscbench bitstream"):
        unpack(data)


def test_bytes_behind_the_end_are_refused():
    with pytest.raises(BitstreamError, match="promises"):
        unpack(pack(HEADER, PAYLOAD) + b"\0")


def test_crafted_helper_makes_what_is_accepted():
    assert unpack(crafted())[0] == Header("gan-1.5", "", 48_000)


@pytest.mark.parametrize(
    "data",
    [
        crafted(size=(1 << 32) - 1),  # 4 GB that are not there
        crafted(name_length=255),
        crafted(name_length=0),
        crafted(name=b""),
        crafted(name="mél-3".encode("latin-1")),
        crafted(name="mél-3".encode()),
        crafted(name=b"../../etc/passwd"),
        crafted(name=b"opus-6\n"),
        crafted(name=b"-6"),
        crafted(version=2),
        with_checksum(b"NSCB\x01\x07gan"),
    ],
)
def test_a_fitting_checksum_excuses_nothing(data):
    with pytest.raises(BitstreamError):
        unpack(data)


@pytest.mark.parametrize(
    ("field", "header"),
    [
        ("condition", ("mél-3", "", 1)),
        ("condition", ("", "", 1)),
        ("condition", ("x" * 256, "", 1)),
        ("fingerprint", ("opus-6", "0123", 1)),
        ("fingerprint", ("opus-6", "0123456789ABCDEF", 1)),
        ("fingerprint", ("opus-6", "0" * 16, 1)),
        ("samples", ("opus-6", "", -1)),
        ("samples", ("opus-6", "", 1 << 32)),
    ],
)
def test_a_header_that_the_file_cannot_hold_is_refused(field, header):
    with pytest.raises(CodecError, match=field):
        Header(*header)


def test_another_operating_point_is_refused():
    header = header_for(get("lowpass-3.5"), 10)
    with pytest.raises(BitstreamError, match=r"made by lowpass-3\.5, not by lowpass-7"):
        check_weights(header, get("lowpass-7"))


def test_other_weights_are_refused():
    header = Header("pcm", "0123456789abcdef", 10)
    with pytest.raises(BitstreamError, match="weights 0123456789abcdef"):
        check_weights(header, get("pcm"))


class Untouched:
    """A codec that must not be asked to decode."""

    def __init__(self, codec):
        self._codec = codec

    def __getattr__(self, name):
        return getattr(self._codec, name)

    def decode(self, payloads, noise):
        raise AssertionError("decoded a stream that promises too much")


@pytest.mark.parametrize(
    ("condition", "samples", "payload", "message"),
    [
        ("pcm", 3600 * 16_000 + 1, bytes(10), "promises 3600 s; at most 3600 s are allowed"),
        ("pcm", 100, bytes(200_000), "decodes to 100000 samples, its header promises 100"),
        ("pcm", 1601, bytes(3200), "decodes to 1600 samples, its header promises 1601"),
        ("g711-64", 100, bytes(60_000), "decodes to 60000 samples, its header promises 100"),
        ("noise", 100, struct.pack("<I", 50_000_000), "decodes to 50000000 samples"),
        # 2^20 frames of a few bytes: the count of a range-coded payload is a promise, too
        ("gan-3-codingrange", 320, b"\x80\x80\x40" + bytes(20_000), "decodes to 335544320 samples"),
        ("gan-3", 320, bytes(75_000), "decodes to 3200000 samples, its header promises 320"),
        ("gan-oracle", 320, bytes(4 * 64 * 100_000), "its header promises 320"),
    ],
)
def test_nothing_is_decoded_that_is_longer_than_its_header(condition, samples, payload, message):
    codec = get(condition)
    header = Header(codec.point, codec.fingerprint[:16], samples)
    with pytest.raises(BitstreamError, match=message):
        decode_streams(Untouched(codec), [pack(header, payload)], Noise([1]))


class Unknown:
    """A codec of 8 kbit/s that cannot tell the length of a payload."""

    point, sample_rate, nominal_kbps, bitrate = "unknown-8", 16_000, 8, "measured"
    keeps_rate = True

    @staticmethod
    def length(payload):
        return None


def test_a_payload_of_unknown_length_is_bounded_by_the_nominal_rate():
    header = Header("unknown-8", "", 16_000)
    usual = 1100  # bytes of 1.1 s
    check_length(header, bytes(4 * usual + 4096), Unknown())
    with pytest.raises(BitstreamError, match="8497 bytes of payload; 16000 samples of unknown-8"):
        check_length(header, bytes(4 * usual + 4097), Unknown())


def test_a_codec_that_does_not_keep_its_rate_is_bounded_by_nothing():
    class Free(Unknown):
        keeps_rate = False

    check_length(Header("unknown-8", "", 16_000), bytes(10**6), Free())


def test_a_recording_of_more_than_an_hour_is_not_encoded():
    assert header_for(get("pcm"), 3600 * 16_000).samples == 57_600_000
    with pytest.raises(CodecError, match="3601 s of audio; at most 3600 s fit"):
        header_for(get("pcm"), 3601 * 16_000)
