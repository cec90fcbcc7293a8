"""What published codecs of quantizer indices share: checkpoint, rates, payloads, items one by one.

A library does encoding and decoding; the payload is the indices in their true width, frame by frame
(`tokens`): 10 bits each for 1024 entries, 11 for 2048, and nothing beside them. A signal is padded
with zeros to whole frames; what a decoder leaves out at the end (DAC: 8 samples) is zero.

Items are coded one by one, so that a batch gives the very bits of its items alone.
"""

from abc import abstractmethod
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from importlib.metadata import version
from pathlib import Path
from typing import Any, ClassVar, NamedTuple

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from ...metrics.machinery.packages import lacking
from ...metrics.machinery.weights import Weights
from ..base import Codec, CodecError
from ..bitstream import BitstreamError
from ..coding.tokens import count_frames, read_indices, write_indices
from ..noise import Noise
from ..settings import choose
from ..tokens import Tokens
from ..weights.published_checkpoints import fingerprint, load_transformers, locate, missing

FILES = ("config.json", "model.safetensors")  # as transformers saves a network


Draw = Callable[[tuple[int, ...]], Tensor]


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
        weights: a folder or a hub's name in the place of the class's checkpoint; "" for that.
        device: that runs the network.

    Class attributes
        library       the package that runs the network
        architecture  the network's class there
        geometry      of the published checkpoint: another one must have the same
        rates         quantizer stages by kbit/s
    """

    checkpoint: ClassVar[Weights]
    licence: ClassVar[str] = "Apache-2.0"
    library: ClassVar[str] = "transformers"
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
    def render(self, network: Any, indices: Tensor, draw: Draw) -> Tensor:
        """Signal, of any shape, of indices [1, stages, k].

        Args:
            network: that decodes.
            indices: integers below the number of entries.
            draw: standard normal numbers of a shape, on the CPU; for stochastic decoders.
        """

    @abstractmethod
    def geometry_of(self, config: Any) -> Geometry:
        """What the configuration of a checkpoint says, or a network without one."""

    def load(self, folder: Path) -> Any:
        """The network that a folder holds, float32, in evaluation mode, on the device.

        Raises:
            CodecError: it is damaged, or of another architecture.
        """
        return load_transformers(folder, self.architecture, self.device)

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
    def source(self) -> str:
        """What the weights are called."""
        return self.weights or self.checkpoint.name

    @property
    def fingerprint(self) -> str:
        return fingerprint(self.checkpoint, self.weights)

    @property
    def parts(self) -> dict[str, str]:
        return {"checkpoint": self.weights} if self.weights else {}

    @property
    def backend(self) -> str:
        return f"{self.library} {version(self.library)} (torch {torch.__version__})"

    @property
    def networks(self) -> Sequence[nn.Module]:
        return (self._network,)

    @classmethod
    def unavailable(cls) -> str:
        return _packages(cls.library) or missing(cls.checkpoint)

    @property
    def lacking(self) -> str:
        return _packages(self.library) or missing(self.checkpoint, self.weights)

    @torch.inference_mode()
    def encode(self, audio: Sequence[Tensor]) -> list[bytes]:
        return [self._encode(signal) if len(signal) else b"" for signal in audio]

    @torch.inference_mode()
    def decode(self, payloads: Sequence[bytes], noise: Noise) -> list[Tensor]:
        return [
            self._decode(payload, noise.drawing(item)) if payload else torch.zeros(0)
            for item, payload in enumerate(payloads)
        ]

    def length(self, payload: bytes) -> int:
        frames = count_frames(payload, self.stages, self.geometry.entries, None)
        return frames * self.geometry.hop

    def tokens(self, payload: bytes) -> Tokens:
        g = self.geometry
        indices = torch.zeros(self.stages, 0, dtype=torch.int64)
        if payload:
            indices = read_indices(payload, self.stages, g.entries, None)
        books = tuple(indices[rows].T.reshape(-1) for rows in self.codebook_rows)
        return Tokens(books, g.entries, indices.shape[1], g.sample_rate / g.hop)

    @property
    def codebook_rows(self) -> Sequence[slice]:
        """The rows of the indices [stages, k] that each codebook has; one for most codecs."""
        return [slice(row, row + 1) for row in range(self.stages)]

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

    def _decode(self, payload: bytes, draw: Draw) -> Tensor:
        entries = self.geometry.entries
        indices = read_indices(payload, self.stages, entries, None)
        if indices.max() >= entries:
            raise BitstreamError(f"an index is {int(indices.max())}; there are {entries} entries")
        signal = self.render(self._network, indices[None].to(self.device), draw).reshape(-1).cpu()
        return F.pad(signal, (0, indices.shape[1] * self.geometry.hop - len(signal)))

    @property
    def _network(self) -> Any:
        """The network.

        Raises:
            CodecError: the checkpoint codes something else than the published one.
        """
        network = self.load(locate(self.checkpoint, self.weights))
        found = self.geometry_of(network.config if hasattr(network, "config") else network)
        if found[:3] != self.geometry[:3] or found.stages < self.stages:
            raise CodecError(
                f"{self.source} codes at {found.sample_rate} Hz with {found.stages} stages of "
                f"{found.entries} entries every {found.hop} samples; {self.condition} needs "
                f"{self.geometry.sample_rate} Hz, {self.stages} stages, {self.geometry.entries} "
                f"entries, {self.geometry.hop} samples"
            )
        return network


def _packages(library: str) -> str:
    return lacking((library.replace("-", "_"),), "'nscbench[published]'")
