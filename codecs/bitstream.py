"""The bitstream file of the suite, `.nsc`: a small container around a codec's payload.

    offset  bytes  field
    0       4      magic "NSCB"
    4       1      version of this layout, 1
    5       1      n: length of the condition's name
    6       n      condition's name, ASCII, such as "opus-6"
    6+n     8      fingerprint of the weights, first 8 bytes; zero for a codec without
    14+n    4      samples of the signal at the codec's rate, little endian
    18+n    4      p: length of the payload, little endian
    22+n    p      payload
    22+n+p  4      CRC-32 of everything before it, little endian

Payload and container bits are counted apart (`Header.container_bits`).
"""

import struct
import zlib
from dataclasses import dataclass

from .base import Codec, CodecError

MAGIC = b"NSCB"
VERSION = 1
FINGERPRINT_BYTES = 8
_FIXED = struct.Struct(f"<{FINGERPRINT_BYTES}sII")  # fingerprint, samples, payload bytes
_CHECKSUM = struct.Struct("<I")
_SMALLEST = len(MAGIC) + 2 + _FIXED.size + _CHECKSUM.size


class BitstreamError(CodecError):
    """A bitstream is truncated, damaged, foreign, or needs other weights."""


@dataclass(frozen=True)
class Header:
    """What the container says of its payload."""

    condition: str
    fingerprint: str
    samples: int

    @property
    def container_bits(self) -> int:
        """Bits of the file that are not payload."""
        return 8 * (_SMALLEST + len(self.condition))


def header_for(codec: Codec, samples: int) -> Header:
    """Header of a signal of `samples` samples that `codec` encoded."""
    return Header(codec.condition, codec.fingerprint[: 2 * FINGERPRINT_BYTES], samples)


def pack(header: Header, payload: bytes) -> bytes:
    """The file's bytes."""
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
    if data[: len(MAGIC)] != MAGIC[: len(data)] or not data:
        raise BitstreamError(f"not an nscbench bitstream: it does not start with {MAGIC!r}")
    if len(data) < _SMALLEST:
        raise BitstreamError(f"truncated: {len(data)} bytes, the smallest bitstream has {_SMALLEST}")
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
    name = data[len(MAGIC) + 2 : start - _FIXED.size].decode("ascii")
    digest = "" if fingerprint == bytes(FINGERPRINT_BYTES) else fingerprint.hex()
    return Header(name, digest, samples), data[start : start + size]


def check_weights(header: Header, codec: Codec) -> None:
    """Refuse a bitstream of another operating point or of other weights.

    Raises:
        BitstreamError: naming both conditions or both fingerprints.
    """
    if header.condition != codec.condition:
        raise BitstreamError(f"made by {header.condition}, not by {codec.condition}")
    own = codec.fingerprint[: 2 * FINGERPRINT_BYTES]
    if header.fingerprint != own:
        raise BitstreamError(
            f"made by {header.condition} with weights {header.fingerprint or 'none'}; "
            f"the weights here are {own or 'none'}"
        )
