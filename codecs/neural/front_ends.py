"""Front ends: what is sent, and the condition that the decoder makes of it.

| front end | sends | condition |
|---|---|---|
| mel | indices of the mel codec | the log-mel that it decodes from them |
| lat | indices of the GAN baseline | the dequantized latent |
| wav | indices of the GAN baseline | the waveform that it decodes from them |
"""

from abc import ABC, abstractmethod
from dataclasses import dataclass
from typing import Generic, TypeVar

from torch import Tensor, nn

from ..networks.codec import CodecConfig, NeuralCodec
from ..networks.diffusion import Domain
from ..networks.draws import DrawShape
from ..networks.mel_autoencoder import MelCodec, MelCodecConfig
from ..weights.parts import GAN, MEL, Part, TokenConfig

Config = TypeVar("Config", bound=TokenConfig)
Network = TypeVar("Network", bound=nn.Module)


@dataclass(frozen=True)
class FrontEnd(ABC, Generic[Config, Network]):
    """From signals [B, k * hop] to indices [B, stages, k] to the condition.

    Attributes:
        domain: of the condition.
        part: the network that it runs on.
        modules: those of the network that make indices and condition; () for all of it.
    """

    domain: Domain
    part: Part[Config, Network]
    modules: tuple[str, ...] = ()

    @abstractmethod
    def channels(self, config: Config) -> int:
        """Channels of the condition."""

    @abstractmethod
    def tokenize(self, network: Network, audio: Tensor, stages: int) -> Tensor:
        """Indices [B, stages, k] of signals [B, k * hop]."""

    @abstractmethod
    def condition(
        self, network: Network, indices: Tensor, draw: DrawShape, passed: Tensor | None = None
    ) -> Tensor:
        """Condition [B, channels, k], or [B, 1, k * hop] for waveforms.

        `draw` is for networks whose decoder draws noise.
        """


@dataclass(frozen=True)
class MelFrontEnd(FrontEnd[MelCodecConfig, MelCodec]):
    """The quantized log-mel spectrogram."""

    domain: Domain = "mel"
    part: Part[MelCodecConfig, MelCodec] = MEL

    def channels(self, config: MelCodecConfig) -> int:
        return config.mel.bands

    def tokenize(self, network: MelCodec, audio: Tensor, stages: int) -> Tensor:
        return network.encode(network.log_mel(audio), stages)

    def condition(
        self, network: MelCodec, indices: Tensor, draw: DrawShape, passed: Tensor | None = None
    ) -> Tensor:
        return network.decode(indices)


@dataclass(frozen=True)
class LatFrontEnd(FrontEnd[CodecConfig, NeuralCodec]):
    """The dequantized latent of the GAN baseline."""

    domain: Domain = "lat"
    part: Part[CodecConfig, NeuralCodec] = GAN
    modules: tuple[str, ...] = ("encoder", "quantizer")

    def channels(self, config: CodecConfig) -> int:
        return config.latent

    def tokenize(self, network: NeuralCodec, audio: Tensor, stages: int) -> Tensor:
        return network.encode(audio, stages)

    def condition(
        self, network: NeuralCodec, indices: Tensor, draw: DrawShape, passed: Tensor | None = None
    ) -> Tensor:
        return network.quantizer.decode(indices)


@dataclass(frozen=True)
class WavFrontEnd(LatFrontEnd):
    """The waveform that the GAN baseline decodes: the diffusion decoder is its post-filter."""

    domain: Domain = "wav"
    modules: tuple[str, ...] = ()

    def channels(self, config: CodecConfig) -> int:
        return 1

    def condition(
        self, network: NeuralCodec, indices: Tensor, draw: DrawShape, passed: Tensor | None = None
    ) -> Tensor:
        return network.decode(indices, draw, passed).unsqueeze(1)
