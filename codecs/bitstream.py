"""The bitstream file of the suite, `.nsc`: a small container around a codec's payload.

    offset  bytes  field
    0       4      magic "NSCB"
    4       1      version of this layout, 1
    5       1      n: length of the condition's name
    6       n      condition's name, such as "opus-6": ASCII letters, digits and . _ + = , -
    6+n     8      fingerprint of the weights, first 8 bytes; zero for a codec without
    14+n    4      samples of the signal at the codec's rate, little endian
    18+n    4      p: length of the payload, little endian
    22+n    p      payload
    22+n+p  4      CRC-32 of everything before it, little endian

Payload and container bits are counted apart (`Header.container_bits`). A header and a payload have
exactly one file; a checksum that fits does not excuse a header that `pack` would not write.
"""

import re
import struct
import zlib
from dataclasses import dataclass

from .base import Codec, CodecError

MAGIC = b"NSCB"
VERSION = 1
FINGERPRINT_BYTES = 8
LONGEST = 3600  # seconds of a signal
SLACK = 4  # times the nominal rate that a variable one may take
CONTAINER = 4096  # bytes, of a program that writes files of its own
MOST_EXTRA = 0.1  # seconds by which a decoded signal may be longer than what was encoded
_FIXED = struct.Struct(f"<{FINGERPRINT_BYTES}sII")  # fingerprint, samples, payload bytes
_CHECKSUM = struct.Struct("<I")
_SMALLEST = len(MAGIC) + 2 + _FIXED.size + _CHECKSUM.size  # of a file, but for its condition
_CONDITION = re.compile(r"[A-Za-z0-9][A-Za-z0-9._+=,-]{0,254}")
_FINGERPRINT = re.compile(rf"(?!0*\Z)[0-9a-f]{{{2 * FINGERPRINT_BYTES}}}")
_LARGEST = (1 << 32) - 1  # samples, and bytes of a payload


class BitstreamError(CodecError):
    """A bitstream is truncated, damaged, foreign, or needs other weights."""


@dataclass(frozen=True)
class Header:
    """What the container says of its payload.

    Raises:
        CodecError: a field that the container cannot hold.
    """

    condition: str
    fingerprint: str
    samples: int

    def __post_init__(self) -> None:
        if not _CONDITION.fullmatch(self.condition):
            raise CodecError(
                f"a bitstream cannot name the condition {self.condition[:300]!r}: allowed are 1 to "
                "255 of ASCII letters, digits and . _ + = , - beginning with a letter or digit"
            )
        if self.fingerprint and not _FINGERPRINT.fullmatch(self.fingerprint):
            raise CodecError(
                f"a bitstream cannot hold the fingerprint {self.fingerprint!r}: "
                f"allowed are {2 * FINGERPRINT_BYTES} hexadecimal digits, not all zero"
            )
        if not 0 <= self.samples <= _LARGEST:
            raise CodecError(f"a bitstream holds 0 to {_LARGEST} samples, not {self.samples}")

    @property
    def container_bits(self) -> int:
        """Bits of the file that are not payload."""
        return 8 * (_SMALLEST + len(self.condition))


def header_for(codec: Codec, samples: int) -> Header:
    """Header of a signal of `samples` samples that `codec` encoded.

    Raises:
        CodecError: the signal is longer than `LONGEST`.
    """
    if samples > LONGEST * codec.sample_rate:
        raise CodecError(f"{samples / codec.sample_rate:.0f} s of audio; at most {LONGEST} s fit")
    return Header(codec.point, codec.fingerprint[: 2 * FINGERPRINT_BYTES], samples)


def pack(header: Header, payload: bytes) -> bytes:
    """The file's bytes.

    Raises:
        CodecError: the payload is too large for the container.
    """
    if len(payload) > _LARGEST:
        raise CodecError(f"a bitstream holds {_LARGEST} bytes, not {len(payload)}")
    name = header.condition.encode("ascii")
    fingerprint = bytes.fromhex(header.fingerprint)
    body = b"".join(
        [
            MAGIC,
            bytes([VERSION, len(name)]),
            name,
            _FIXED.pack(fingerprint, header.samples, len(payload)),
            payload,
        ]
    )
    return body + _CHECKSUM.pack(zlib.crc32(body))


def unpack(data: bytes) -> tuple[Header, bytes]:
    """Header and payload of a file's bytes.

    Raises:
        BitstreamError: the bytes are not exactly what `pack` made.
    """
    if not data:
        raise BitstreamError("empty: not an nscbench bitstream")
    if data[: len(MAGIC)] != MAGIC[: len(data)]:
        raise BitstreamError(f"not an nscbench bitstream: it does not start with {MAGIC!r}")
    if len(data) < _SMALLEST:
        raise BitstreamError(
            f"truncated: {len(data)} bytes, the smallest bitstream has {_SMALLEST}"
        )
    version, length = data[len(MAGIC)], data[len(MAGIC) + 1]
    if version != VERSION:
        raise BitstreamError(f"layout version {version}; this nscbench reads version {VERSION}")
    start = len(MAGIC) + 2 + length
    if len(data) < start + _FIXED.size + _CHECKSUM.size:
        raise BitstreamError("truncated within its header")
    fingerprint, samples, size = _FIXED.unpack_from(data, start)
    start += _FIXED.size
    if len(data) != start + size + _CHECKSUM.size:
        raise BitstreamError(
            f"truncated or damaged: {len(data)} bytes, its header promises "
            f"{start + size + _CHECKSUM.size}"
        )
    if zlib.crc32(data[:-4]) != _CHECKSUM.unpack_from(data, start + size)[0]:
        raise BitstreamError("damaged: its checksum does not fit its content")
    # Latin 1 decodes whatever is there; the header refuses what is not a condition's name.
    name = data[len(MAGIC) + 2 : start - _FIXED.size].decode("latin-1")
    digest = "" if fingerprint == bytes(FINGERPRINT_BYTES) else fingerprint.hex()
    try:
        header = Header(name, digest, samples)
    except CodecError as error:
        raise BitstreamError(f"crafted or damaged: {error}") from error
    return header, data[start : start + size]


def check_length(header: Header, payload: bytes, codec: Codec) -> None:
    """Refuse, before anything is decoded, a payload of another length than its header's.

    What a decoder takes of the memory follows from the samples that it makes. A codec that cannot
    tell them may get `SLACK` times the bytes that its nominal rate takes, and `CONTAINER` more;
    one that does not keep the rate that it states, as many as it likes.

    Raises:
        BitstreamError: too long a signal, or too much or too little payload for it.
    """
    rate = codec.sample_rate
    if header.samples > LONGEST * rate:
        raise BitstreamError(
            f"its header promises {header.samples / rate:.0f} s; at most {LONGEST} s are allowed"
        )
    made = codec.length(payload)
    if made is not None:
        if not header.samples <= made < header.samples + MOST_EXTRA * rate:
            raise BitstreamError(f"decodes to {made} samples, its header promises {header.samples}")
    elif codec.bitrate == "measured" and codec.keeps_rate and codec.nominal_kbps:
        usual = 125 * codec.nominal_kbps * (header.samples / rate + MOST_EXTRA)
        if len(payload) > SLACK * usual + CONTAINER:
            raise BitstreamError(
                f"{len(payload)} bytes of payload; {header.samples} samples of {codec.point} take "
                f"about {usual:.0f}, by the bitrate that it states"
            )


def check_weights(header: Header, codec: Codec) -> None:
    """Refuse a bitstream of another operating point or of other weights.

    Raises:
        BitstreamError: naming both conditions or both fingerprints.
    """
    if header.condition != codec.point:
        raise BitstreamError(f"made by {header.condition}, not by {codec.point}")
    own = codec.fingerprint[: 2 * FINGERPRINT_BYTES]
    if header.fingerprint != own:
        raise BitstreamError(
            f"made by {header.condition} with weights {header.fingerprint or 'none'}; "
            f"the weights here are {own or 'none'}"
        )
