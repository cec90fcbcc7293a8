"""The parts of which neural codecs are made: one table for loading, decoding and training.

A file of weights holds one part. Its header names the part ("component") and holds the
configuration that the network is rebuilt from.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Generic, Protocol, TypeVar

from torch import nn

from ..networks.autoencoder import Autoencoder, AutoencoderConfig
from ..networks.codec import CodecConfig, NeuralCodec
from ..networks.diffusion import DiffusionConfig, DiffusionDecoder
from ..networks.ladiff import LadiffConfig, LadiffDecoder
from ..networks.mbd import MultiBandConfig, MultiBandDecoder
from ..networks.mel_autoencoder import MelCodec, MelCodecConfig
from ..networks.vocoder import Vocoder, VocoderConfig


class FrameConfig(Protocol):
    """The configuration of a network that works frame by frame."""

    @property
    def sample_rate(self) -> int:
        """Hz of the signals."""

    @property
    def hop(self) -> int:
        """Samples per frame."""


class TokenConfig(FrameConfig, Protocol):
    """The configuration of a network with a residual vector quantizer."""

    @property
    def entries(self) -> int:
        """Of each codebook."""

    @property
    def stage_counts(self) -> tuple[int, ...]:
        """Numbers of quantizer stages that it was trained for, lowest rate first."""


Config = TypeVar("Config", bound=FrameConfig, covariant=True)
Network = TypeVar("Network", bound=nn.Module, covariant=True)


@dataclass(frozen=True)
class Part(Generic[Config, Network]):
    """One kind of network that is trained and stored by itself.

    Attributes:
        name: in the header of its files, and of the weights that a codec takes by default.
        config, network: what the header is rebuilt to, and what is built from that.
    """

    name: str
    config: type[Config]
    network: type[Network]


GAN = Part("gan", CodecConfig, NeuralCodec)
MEL = Part("mel", MelCodecConfig, MelCodec)
VOCODER = Part("vocoder", VocoderConfig, Vocoder)
DIFFUSION = Part("diffusion", DiffusionConfig, DiffusionDecoder)
REGRESSION = Part("regression", DiffusionConfig, DiffusionDecoder)
MBD = Part("mbd", MultiBandConfig, MultiBandDecoder)
LADIFF = Part("ladiff", LadiffConfig, LadiffDecoder)
LADIFF_AUTOENCODER = Part("ladiff-autoencoder", AutoencoderConfig, Autoencoder)

PARTS: Mapping[str, Part[FrameConfig, nn.Module]] = {
    part.name: part
    for part in (GAN, MEL, VOCODER, DIFFUSION, REGRESSION, MBD, LADIFF, LADIFF_AUTOENCODER)
}
