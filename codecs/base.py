"""What a codec is: waveforms to bytes, and bytes to waveforms.

A codec class is a frozen dataclass; one instance is one operating point, and every setting is
a field, so that `repr` is its identity. Its file defines `CODEC = TheClass` (or `CODECS`, several
that are one idea) in one of the folders `conventional/`, `controls/`, `neural/`, `published/`: the
folder is the registry.

Conventions
    audio     mono float32 tensors [T_i] at `sample_rate`, nominally within [-1, 1]
    payload   the bytes that `encode` returns: all that `decode` sees, beside the noise. The
              bitrate is measured from them, so they hold no container, no padding between
              frames and no length that the container already has (`bitstream.Header.samples`)
    batch     a list of unpadded items; one item is a list of one. Encoding three items together
              equals encoding each alone, bit for bit, on the CPU
    length    `decode` returns at least the samples that were encoded, aligned with them (the
              codec's delay is removed), and less than 100 ms more; the caller cuts the rest
"""

from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, field, fields, replace
from typing import TYPE_CHECKING, Any, ClassVar, Literal, NamedTuple, Self

from ..metrics.machinery.weights import Weights

if TYPE_CHECKING:  # who only scores files need not wait for torch
    from torch import Tensor, nn

    from .noise import Noise
    from .streams import Stream
    from .tokens import Tokens

Kind = Literal["codec", "control", "oracle"]
Bitrate = Literal["measured", "stated"]

WHOLE_ONLY = "whole signals only"
TOLERANCE = 0.1  # s, between the lengths of a recording and of audio decoded elsewhere


class CodecError(ValueError):
    """A codec cannot do what was asked: the message says why, and what is allowed."""


class Unavailable(CodecError):
    """What this codec runs on is missing here: the message says how to get it."""


class EncodedItem(NamedTuple):
    """The payload of an item, and what was done to what stands for it."""

    payload: bytes
    notices: tuple[str, ...] = ()


class DecodedItem(NamedTuple):
    """The signal of a payload [T], and what was done to it when it was read."""

    signal: "Tensor"
    notices: tuple[str, ...] = ()


@dataclass(frozen=True)
class Codec(ABC):
    """One operating point of one codec.

    Attributes:
        label: the word at the end of the condition's name by which a suite tells two checkpoints
            of one operating point apart. It changes no result, so `repr` and bitstreams lack it.

    Class attributes
        name              of the codec, lower case with hyphens: the file's name
        kind              "codec"; "control" (null condition or anchor) and "oracle" (sends no
                          bitstream) are never ranked with codecs
        stochastic        does `decode` draw noise?
        main_field        the field that a condition's name states as a plain number
        operating_points  the settings that `nscbench list` shows and the contract test runs
        pairing           the item that a decoded item is scored against: its "own", or the "next"
                          of the set, cyclic (the swapped-items control)
        bitrate           "measured" from the payloads; "stated" where there are none to measure
        paper             that describes it, as a reference, or the standard; "" for none
        licence           of the code that runs it, an SPDX identifier where there is one; "" where
                          nobody says. That of published weights is the checkpoint's
        checkpoint        what others published and the codec runs on: `nscbench weights` fetches it
        keeps_rate        does no payload take much more than `nominal_kbps`? Then one that does is
                          refused as damaged, if `length` cannot tell
        streams           can it code while the signal comes (`stream`), or whole signals only?
    """

    name: ClassVar[str]
    kind: ClassVar[Kind] = "codec"
    stochastic: ClassVar[bool] = False
    main_field: ClassVar[str | None] = "kbps"
    operating_points: ClassVar[tuple[Mapping[str, Any], ...]] = ({},)
    pairing: ClassVar[Literal["own", "next"]] = "own"
    bitrate: ClassVar[Bitrate] = "measured"
    paper: ClassVar[str] = ""
    licence: ClassVar[str] = ""
    checkpoint: ClassVar[Weights | None] = None
    keeps_rate: ClassVar[bool] = True
    streams: ClassVar[bool] = False

    label: str = field(default="", kw_only=True, repr=False, metadata={"in_name": False})

    @property
    @abstractmethod
    def sample_rate(self) -> int:
        """Hz, of what `encode` takes and `decode` returns."""

    @property
    @abstractmethod
    def nominal_kbps(self) -> float:
        """The rate that the operating point claims, in kbit/s; 0 for an oracle."""

    @abstractmethod
    def encode(self, audio: "Sequence[Tensor]") -> list[bytes]:
        """Payloads of mono float32 signals [T_i] at `sample_rate`."""

    def encode_items(
        self, ids: Sequence[str], audio: "Sequence[Tensor]", gains: Sequence[float]
    ) -> list[EncodedItem]:
        """Payloads of the items with these ids: what a run calls.

        Only decoded audio that lies in files, by item, asks for the ids, and for the gains that
        brought their recordings to full scale: a codec sees the signal.
        """
        return [EncodedItem(payload) for payload in self.encode(audio)]

    def lacking_items(self, ids: Sequence[str]) -> str:
        """Why items cannot be encoded whatever their signals are; "" if they can, as nearly always.

        Asked before recordings are read.
        """
        return ""

    def remarks(self, ids: Sequence[str]) -> list[str]:
        """What should be known before the items with these ids are run; none for most codecs."""
        return []

    @abstractmethod
    def decode(self, payloads: Sequence[bytes], noise: "Noise") -> "list[Tensor]":
        """Mono float32 signals [T_i'] on the CPU, T_i' >= T_i.

        Args:
            payloads: what `encode` returned, in this or another process.
            noise: one generator per payload; a deterministic codec ignores it.

        Raises:
            BitstreamError: a payload is not one of this operating point.
        """

    def decode_items(self, payloads: Sequence[bytes], noise: "Noise") -> list[DecodedItem]:
        """What `decode` gives, and what was done to it: what a run calls.

        Only programs, whose files are read, have something to tell.
        """
        return [DecodedItem(signal) for signal in self.decode(payloads, noise)]

    def fit(self, signal: "Tensor", samples: int) -> "tuple[Tensor, tuple[str, ...]]":
        """What was decoded, as long as what was encoded [T], and what was done for it.

        A codec's own signal is at least so long, and is cut without a word: its last frame is.

        Raises:
            CodecError: the signal is of another length than is allowed.
        """
        return signal[:samples], ()

    def stream(self) -> "AbstractContextManager[Stream]":
        """Both ends of a new signal that is coded while it comes.

        Raises:
            CodecError: it codes whole signals only: `streams` says so.
        """
        raise CodecError(f"{self.condition} codes {WHOLE_ONLY}")

    def join(self, packets: Sequence[bytes]) -> bytes:
        """The payload that the packets of a stream are: what `encode` gives of the whole signal.

        Raises:
            CodecError: it codes whole signals only.
        """
        raise CodecError(f"{self.condition} codes {WHOLE_ONLY}")

    def length(self, payload: bytes) -> int | None:
        """Samples that a payload decodes to, told without decoding; None where that is unknown.

        Raises:
            BitstreamError: a payload is not one of this operating point.
        """
        return None

    def tokens(self, payload: bytes) -> "Tokens | None":
        """The indices that a payload holds; None of a codec that sends none.

        Raises:
            BitstreamError: a payload is not one of this operating point.
        """
        return None

    def entropy_bits(self, payload: bytes) -> float | None:
        """Information of a payload under a model of its indices, in bit; None without a model.

        Raises:
            BitstreamError: a payload is not one of this operating point.
        """
        return None

    @property
    def fingerprint(self) -> str:
        """Hexadecimal digest of the weights, which bitstreams carry; "" for a codec without."""
        return ""

    @property
    def networks(self) -> "Sequence[nn.Module]":
        """The networks that encode and decode: their parameters are counted."""
        return ()

    @property
    def parts(self) -> Mapping[str, str]:
        """Names or paths of the weights, by what each of them holds; none for most codecs."""
        return {}

    @property
    def wrapped(self) -> "Codec | None":
        """The codec whose bitstreams this one sends through a channel; None for all others."""
        return None

    @property
    def partners(self) -> "tuple[Codec, ...]":
        """Other codecs that its signals pass through; none but in a tandem."""
        return ()

    @property
    def movable(self) -> bool:
        """Does it compute on a device of the caller's choice: has it a field `device`?"""
        return any(setting.name == "device" for setting in fields(self))

    def on(self, device: str) -> Self:
        """The same operating point on a device, "cpu" or "cuda"; itself if it is not movable."""
        return replace(self, device=device) if self.movable else self  # type: ignore[call-arg]

    def arguments(self) -> dict[str, Any]:
        """The settings that make this operating point again, by field."""
        return {setting.name: getattr(self, setting.name) for setting in fields(self)}

    @property
    def backend(self) -> str:
        """Library and version that do the work, such as "libopus 1.6.1 (PyAV 18.1.0)"."""
        return ""

    @classmethod
    def unavailable(cls) -> str:
        """Why this codec cannot run here and how to get what is missing; "" if it can run."""
        return ""

    @property
    def lacking(self) -> str:
        """Why this operating point, with its own weights, cannot run here; "" if it can run."""
        return self.unavailable()

    @property
    def condition(self) -> str:
        """Name of this operating point within a suite: `point`, and its label if it has one."""
        return f"{self.point}-{self.label}" if self.label else self.point

    @property
    def point(self) -> str:
        """Name of this operating point: the codec, its main field, and what is not default.

        `opus-6`, `mel2mel-3`, `mel2mel-3-nfe10`.
        """
        words = [self.name]
        for setting in fields(self):
            value = getattr(self, setting.name)
            if setting.name == self.main_field:
                words.insert(1, _plain(value))
            elif value != setting.default and setting.metadata.get("in_name", True):
                words.append(f"{setting.name}{_plain(value)}")
        return "-".join(words)


def _plain(value: object) -> str:
    return f"{value:.10g}" if isinstance(value, int | float) else str(value)
