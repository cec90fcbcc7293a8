"""Oracles: the continuous representation of a codec, unquantized, through the same decoder.

A ceiling of the codecs built on that representation, never ranked with them. An oracle sends no
bitstream: its payload is the representation itself, float32 in little-endian order, frame by frame,
and its nominal rate is 0.
"""

from abc import abstractmethod
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, ClassVar

import numpy as np
import torch
from torch import Tensor, nn

from ..base import Codec, Kind
from ..bitstream import BitstreamError
from ..coding.tokens import whole_frames
from ..networks.draws import DrawShape
from ..noise import Noise
from ..weights.pretrained import config, fingerprint, load, missing


@dataclass(frozen=True)
class Oracle(Codec):
    """The representation of one component, by weights that are embedded ones' name or a path."""

    kind: ClassVar[Kind] = "oracle"
    main_field: ClassVar[str | None] = None
    component: ClassVar[str]

    device: str = field(default="cpu", metadata={"in_name": False})
    weights: str = field(default="", metadata={"in_name": False})

    @abstractmethod
    def represent(self, network: Any, audio: Tensor) -> Tensor:
        """Features [1, channels, k] of a signal [1, k * hop]."""

    @abstractmethod
    def render(self, network: Any, features: Tensor, draw: DrawShape) -> Tensor:
        """Signal [1, k * hop] of features [1, channels, k]."""

    @property
    @abstractmethod
    def channels(self) -> int:
        """Features per frame."""

    @property
    def config(self) -> Any:
        """The configuration of the component's network."""
        return config(self._weights)

    @property
    def sample_rate(self) -> int:
        rate: int = self.config.sample_rate
        return rate

    @property
    def nominal_kbps(self) -> float:
        return 0.0

    @property
    def fingerprint(self) -> str:
        return fingerprint(self._weights)

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
        return len(payload) // (4 * self.channels) * int(self.config.hop)

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
        return self.weights or self.component

    @property
    def _network(self) -> Any:
        return load(self._weights, self.component, self.device).network
