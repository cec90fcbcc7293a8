"""Opus forced to wide band (RFC 6716), decoded plainly, with LACE, or with NoLACE.

Left to itself, libopus codes speech below 12 kbit/s in narrow band (`opus`). These encode 16 kHz
speech with SILK in wide band at all rates, in the voice mode, at complexity 10, 20 ms a packet: at
6 kbit/s with the constrained VBR of libopus, whose hard CBR would stay in narrow band, and from 8
on with CBR. All three make the same bitstreams and differ in the decoder alone: libopus; or libopus
with a network behind it (`opus_neural`), which enhances wide-band SILK only and conceals losses
with another network.

A packet's first byte says mode and number of frames. Packets of VBR have all the same first byte
and differ in length, which the transport of a packet knows: so the length stands in the byte's
place, and a payload has exactly the bits of its packets. Packets of CBR are stored as they are.
The delay is the 104 samples that libopus states as its pre-skip.
"""

from abc import abstractmethod
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, ClassVar

import numpy as np
from numpy.typing import NDArray

from ..base import CodecError
from ..bitstream import BitstreamError
from ..coding.framed import ConcealingCodec, Frames, Lost, Samples, points
from ..coding.streaming import FrameDecoder, FrameEncoder, StreamingConcealingCodec
from . import libopus, opus_neural
from .opus_neural import Enhancement

_CONTENTS = 0x48  # RFC 6716, section 3.1: SILK, wide band, 20 ms, mono; one frame
_CODE = 3  # of the first byte: the bits that say how many frames follow


@dataclass(frozen=True)
class OpusWideband(ConcealingCodec):
    """One rate, whatever decodes it."""

    paper: ClassVar[str] = "IETF RFC 6716: Definition of the Opus Audio Codec"
    licence: ClassVar[str] = "BSD-3-Clause"
    rates: ClassVar[Mapping[float, int]] = {6: 120, 8: 160, 9: 184, 12: 240, 16: 320}
    frame: ClassVar[int] = libopus.FRAME
    delay: ClassVar[int] = 104
    operating_points: ClassVar[tuple[Mapping[str, Any], ...]] = points(rates)

    kbps: float = 6

    @property
    def sample_rate(self) -> int:
        return libopus.RATE

    @property
    def variable(self) -> bool:
        """Do packets differ in size?"""
        return self.kbps < 8

    @abstractmethod
    def decode_packets(self, packets: Sequence[bytes], lost: Lost) -> NDArray[np.float32]:
        """The signal [N * 320] of N packets, those `lost` [N] concealed."""

    @property
    def bit_rate(self) -> int:
        """As libopus takes it, in bit/s."""
        return round(1000 * self.kbps)

    def encode_frames(self, samples: Samples) -> Frames:
        return self.as_frames(libopus.encode_wideband(samples, self.bit_rate, self.variable))

    def conceal_frames(self, frames: Frames, lost: Lost) -> NDArray[np.int16] | NDArray[np.float32]:
        return self.decode_packets(self.as_packets(frames, lost), lost)

    def as_frames(self, packets: Sequence[bytes]) -> Frames:
        """Packets of libopus as a payload has them [N, bytes].

        Raises:
            CodecError: one is of another mode.
        """
        for packet in packets:
            self._check(packet, CodecError)
        if self.variable:
            packets = [bytes([len(packet)]) + packet[1:] for packet in packets]
        return _rows(packets)

    def as_packets(self, frames: Frames, lost: Lost) -> list[bytes]:
        """Packets as libopus takes them; what is in those that are lost is not looked at.

        Raises:
            BitstreamError: one is of another mode.
        """
        packets = [frame.tobytes() for frame in frames]
        if self.variable:
            packets = [bytes([_CONTENTS]) + packet[1 : packet[0]] for packet in packets]
        for packet, gone in zip(packets, lost, strict=True):
            if not gone:
                self._check(packet, BitstreamError)
        return packets

    def packets(self, payload: bytes) -> int:
        return len(_split(payload)) if self.variable else super().packets(payload)

    def pack(self, frames: Frames) -> bytes:
        if self.variable:
            return b"".join(frame[: frame[0]].tobytes() for frame in frames)
        return super().pack(frames)

    def unpack(self, payload: bytes) -> Frames:
        return _rows(_split(payload)) if self.variable else super().unpack(payload)

    def _check(self, packet: bytes, error: type[CodecError]) -> None:
        if packet[0] & ~_CODE != _CONTENTS or (self.variable and packet[0] & _CODE):
            raise error(
                f"{self.condition}: a packet begins with {packet[0]:#04x}, which is not one frame "
                "of 20 ms of SILK in wide band"
            )


@dataclass(frozen=True)
class OpusWb(StreamingConcealingCodec, OpusWideband):
    """Decoded plainly, by libopus."""

    name: ClassVar[str] = "opus-wb"

    @property
    def backend(self) -> str:
        return libopus.version()

    @classmethod
    def unavailable(cls) -> str:
        return libopus.missing()

    def decode_packets(self, packets: Sequence[bytes], lost: Lost) -> NDArray[np.float32]:
        return libopus.decode(packets, lost)

    @contextmanager
    def frame_encoder(self) -> Iterator[FrameEncoder]:
        with libopus.wideband_encoder(self.bit_rate, self.variable) as encode:
            yield lambda samples, last: self.as_frames([encode(frame) for frame in samples])

    @contextmanager
    def frame_decoder(self) -> Iterator[FrameDecoder]:
        with libopus.decoder() as decode:
            yield lambda frames, lost, last: decode(self.as_packets(frames, lost), lost)

    def join(self, packets: Sequence[bytes]) -> bytes:
        return b"".join(packets)  # whole bytes, at constant rates too


@dataclass(frozen=True)
class OpusNeural(OpusWideband):
    """Decoded with a network behind libopus."""

    enhancement: ClassVar[Enhancement]

    @property
    def backend(self) -> str:
        return f"{libopus.version()}, {opus_neural.backend()}"

    @classmethod
    def unavailable(cls) -> str:
        return libopus.missing() or opus_neural.missing()

    def decode_packets(self, packets: Sequence[bytes], lost: Lost) -> NDArray[np.float32]:
        nothing = bytes([_CONTENTS])
        came = [nothing if gone else p for p, gone in zip(packets, lost, strict=True)]
        return opus_neural.decode(self.enhancement, came)


@dataclass(frozen=True)
class OpusLace(OpusNeural):
    """Decoded with LACE, a linear adaptive enhancer of about 100 MFLOPS."""

    name: ClassVar[str] = "opus-lace"
    paper: ClassVar[str] = (
        'J. Büthe et al., "LACE: A Light-Weight, Causal Model for Enhancing Coded Speech through '
        'Adaptive Convolutions", WASPAA 2023'
    )
    enhancement: ClassVar[Enhancement] = "lace"


@dataclass(frozen=True)
class OpusNolace(OpusNeural):
    """Decoded with NoLACE, its successor of about 400 MFLOPS."""

    name: ClassVar[str] = "opus-nolace"
    paper: ClassVar[str] = (
        'J. Büthe et al., "NoLACE: Improving Low-Complexity Speech Codec Enhancement Through '
        'Adaptive Temporal Shaping", ICASSP 2024'
    )
    enhancement: ClassVar[Enhancement] = "nolace"


def _rows(packets: Sequence[bytes]) -> Frames:
    """Packets as rows [N, bytes of the longest], zero behind each."""
    rows = np.zeros((len(packets), max(map(len, packets), default=0)), np.uint8)
    for row, packet in zip(rows, packets, strict=True):
        row[: len(packet)] = np.frombuffer(packet, np.uint8)
    return rows


def _split(payload: bytes) -> list[bytes]:
    """The packets of a payload whose first bytes are their lengths.

    Raises:
        BitstreamError: they do not fill the payload, or one is too short to hold speech.
    """
    packets: list[bytes] = []
    place = 0
    while place < len(payload):
        size = payload[place]
        if size < 2 or place + size > len(payload):
            raise BitstreamError(
                f"packet {len(packets)} claims {size} bytes; {len(payload) - place} are left"
            )
        packets.append(payload[place : place + size])
        place += size
    return packets


CODECS = (OpusWb, OpusLace, OpusNolace)
