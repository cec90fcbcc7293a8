"""What published codecs of quantizer indices share: checkpoint, rates, payloads, items one by one.

transformers does encoding and decoding; the payload is the indices in their true width, frame by
frame (`tokens`): 10 bits each for 1024 entries, 11 for 2048, and nothing beside them. A signal is
padded with zeros to whole frames; what a decoder leaves out at the end (DAC: 8 samples) is zero.

Items are coded one by one, so that a batch gives the very bits of its items alone.
"""

from abc import abstractmethod
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from importlib.metadata import version
from typing import Any, ClassVar, NamedTuple

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from ..base import Codec, CodecError
from ..coding.tokens import count_frames, read_indices, write_indices
from ..noise import Noise
from ..settings import choose
from ..weights.published_checkpoints import fingerprint, load, missing


class Geometry(NamedTuple):
    """What a checkpoint codes: Hz, samples per frame, entries of a codebook, stages at most."""

    sample_rate: int
    hop: int
    entries: int
    stages: int


@dataclass(frozen=True)
class PublishedCodec(Codec):
    """One rate of a published codec.

    Attributes:
        kbps: one of the class's `rates`.
        weights: the checkpoint, a folder or a hub's name; "" is the class's own.
        device: that runs the network.

    Class attributes
        checkpoint    the hub's name of the published weights
        architecture  the network's class in transformers
        geometry      of the published checkpoint: another one must have the same
        rates         quantizer stages by kbit/s
    """

    checkpoint: ClassVar[str]
    architecture: ClassVar[str]
    geometry: ClassVar[Geometry]
    rates: ClassVar[Mapping[float, int]]

    kbps: float
    weights: str = field(default="", metadata={"in_name": False})
    device: str = field(default="cpu", metadata={"in_name": False})

    def __post_init__(self) -> None:
        choose(self, "kbps", self.rates)

    @abstractmethod
    def tokenize(self, network: Any, audio: Tensor) -> Tensor:
        """Indices [1, stages, k] of a signal [1, 1, k * hop]."""

    @abstractmethod
    def render(self, network: Any, indices: Tensor) -> Tensor:
        """Signal, of any shape, of indices [1, stages, k]."""

    @abstractmethod
    def geometry_of(self, config: Any) -> Geometry:
        """What the configuration of a checkpoint says."""

    @property
    def sample_rate(self) -> int:
        return self.geometry.sample_rate

    @property
    def nominal_kbps(self) -> float:
        return self.kbps

    @property
    def stages(self) -> int:
        """Number of quantizer stages at this rate."""
        return self.rates[self.kbps]

    @property
    def fingerprint(self) -> str:
        return fingerprint(self._weights)

    @property
    def parts(self) -> dict[str, str]:
        return {"checkpoint": self.weights} if self.weights else {}

    @property
    def backend(self) -> str:
        return f"transformers {version('transformers')} (torch {torch.__version__})"

    @property
    def networks(self) -> Sequence[nn.Module]:
        return (self._network,)

    @classmethod
    def unavailable(cls) -> str:
        return missing(cls.checkpoint)

    @property
    def lacking(self) -> str:
        return missing(self._weights)

    @torch.inference_mode()
    def encode(self, audio: Sequence[Tensor]) -> list[bytes]:
        return [self._encode(signal) if len(signal) else b"" for signal in audio]

    @torch.inference_mode()
    def decode(self, payloads: Sequence[bytes], noise: Noise) -> list[Tensor]:
        return [self._decode(payload) if payload else torch.zeros(0) for payload in payloads]

    def length(self, payload: bytes) -> int:
        frames = count_frames(payload, self.stages, self.geometry.entries, None)
        return frames * self.geometry.hop

    def _encode(self, signal: Tensor) -> bytes:
        frames = -(-len(signal) // self.geometry.hop)
        padded = F.pad(signal, (0, frames * self.geometry.hop - len(signal)))
        indices = self.tokenize(self._network, padded[None, None].to(self.device))[0].cpu()
        if indices.shape != (self.stages, frames):
            raise CodecError(
                f"{self.condition}: {frames} frames gave indices {list(indices.shape)}, "
                f"not {[self.stages, frames]}"
            )
        return write_indices(indices, self.geometry.entries, None)

    def _decode(self, payload: bytes) -> Tensor:
        indices = read_indices(payload, self.stages, self.geometry.entries, None)
        signal = self.render(self._network, indices[None].to(self.device)).reshape(-1).cpu()
        return F.pad(signal, (0, indices.shape[1] * self.geometry.hop - len(signal)))

    @property
    def _weights(self) -> str:
        return self.weights or self.checkpoint

    @property
    def _network(self) -> Any:
        """The network.

        Raises:
            CodecError: the checkpoint codes something else than the published one.
        """
        network = load(self._weights, self.architecture, self.device)
        found = self.geometry_of(network.config)
        if found[:3] != self.geometry[:3] or found.stages < self.stages:
            raise CodecError(
                f"{self._weights} codes at {found.sample_rate} Hz with {found.stages} stages of "
                f"{found.entries} entries every {found.hop} samples; {self.condition} needs "
                f"{self.geometry.sample_rate} Hz, {self.stages} stages, {self.geometry.entries} "
                f"entries, {self.geometry.hop} samples"
            )
        return network
