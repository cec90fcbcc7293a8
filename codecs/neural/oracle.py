"""Oracles: the continuous representation of a codec, unquantized, through the same decoder.

A ceiling of the codecs built on that representation, never ranked with them. An oracle sends no
bitstream: its payload is the representation itself, float32 in little-endian order, frame by frame,
and its nominal rate is 0.
"""

from abc import abstractmethod
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import ClassVar, Generic, TypeVar

import numpy as np
import torch
from torch import Tensor, nn

from ..base import Codec, Kind
from ..bitstream import BitstreamError
from ..coding.tokens import whole_frames
from ..networks.draws import DrawShape
from ..noise import Noise
from ..weights.parts import FrameConfig, Part
from ..weights.pretrained import config, fingerprint, load, missing

Config = TypeVar("Config", bound=FrameConfig)
Network = TypeVar("Network", bound=nn.Module)


@dataclass(frozen=True)
class Oracle(Codec, Generic[Config, Network]):
    """The representation that one part has of speech.

    Attributes:
        weights: of the part, an embedded name or a path; "" for the embedded ones of its name.
    """

    kind: ClassVar[Kind] = "oracle"
    licence: ClassVar[str] = "Apache-2.0"
    main_field: ClassVar[str | None] = None

    device: str = field(default="cpu", metadata={"in_name": False})
    weights: str = field(default="", metadata={"in_name": False})

    @property
    @abstractmethod
    def part(self) -> Part[Config, Network]:
        """The part that makes the representation and renders it."""

    @abstractmethod
    def represent(self, network: Network, audio: Tensor) -> Tensor:
        """Features [1, channels, k] of a signal [1, k * hop]."""

    @abstractmethod
    def render(self, network: Network, features: Tensor, draw: DrawShape) -> Tensor:
        """Signal [1, k * hop] of features [1, channels, k]."""

    @property
    @abstractmethod
    def channels(self) -> int:
        """Features per frame."""

    @property
    def config(self) -> Config:
        """The configuration of the network."""
        return config(self._weights, self.part)

    @property
    def sample_rate(self) -> int:
        return self.config.sample_rate

    @property
    def nominal_kbps(self) -> float:
        return 0.0

    @property
    def fingerprint(self) -> str:
        return fingerprint(self._weights)

    @property
    def parts(self) -> dict[str, str]:
        return {self.part.name: self._weights}

    @classmethod
    def unavailable(cls) -> str:
        return cls().lacking

    @property
    def lacking(self) -> str:
        return missing(self._weights)

    @property
    def backend(self) -> str:
        return f"torch {torch.__version__}"

    @property
    def networks(self) -> Sequence[nn.Module]:
        return [self._network]

    @torch.inference_mode()
    def encode(self, audio: Sequence[Tensor]) -> list[bytes]:
        payloads = []
        for signal in audio:
            if not len(signal):
                payloads.append(b"")
                continue
            framed = whole_frames(signal, self.config.hop).to(self.device)
            features = self.represent(self._network, framed)[0].cpu()
            payloads.append(features.T.numpy().astype("<f4").tobytes())
        return payloads

    @torch.inference_mode()
    def decode(self, payloads: Sequence[bytes], noise: Noise) -> list[Tensor]:
        signals = []
        for item, payload in enumerate(payloads):
            features = self._read(payload).to(self.device)
            if payload:
                features = self.render(self._network, features, noise.drawing(item))[0].cpu()
            signals.append(features.reshape(-1))
        return signals

    def length(self, payload: bytes) -> int:
        return len(payload) // (4 * self.channels) * self.config.hop

    def _read(self, payload: bytes) -> Tensor:
        frame = 4 * self.channels
        if len(payload) % frame:
            raise BitstreamError(f"{len(payload)} bytes are not whole frames of {frame} bytes")
        values = np.frombuffer(payload, "<f4").astype(np.float32)
        if not np.isfinite(values).all():
            raise BitstreamError("the features are not finite")
        return torch.from_numpy(values).reshape(-1, self.channels).T[None]

    @property
    def _weights(self) -> str:
        return self.weights or self.part.name

    @property
    def _network(self) -> Network:
        return load(self._weights, self.part, self.device).network
