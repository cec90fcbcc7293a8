"""Back ends: what the diffusion decoder makes, and how that becomes a waveform.

| back end | the decoder makes | to waveform |
|---|---|---|
| wav | the waveform | limited to [-1, 1] |
| mel | the clean log-mel | vocoder |
| lat | the latent before quantization | decoder of the GAN baseline |
| continuous | the latent of `ladiff`'s autoencoder | its decoder |

The latent is the one before quantization: a quantized latent is hardly more than what was sent, so
that making it would be no task.
"""

from abc import ABC, abstractmethod
from dataclasses import dataclass
from typing import Generic, TypeVar

from torch import Tensor, nn

from ..networks.autoencoder import Autoencoder, AutoencoderConfig
from ..networks.codec import CodecConfig, NeuralCodec
from ..networks.diffusion import Domain
from ..networks.draws import DrawShape
from ..networks.vocoder import Vocoder, VocoderConfig
from ..weights.parts import GAN, LADIFF_AUTOENCODER, VOCODER, FrameConfig, Part

Config = TypeVar("Config", bound=FrameConfig | None)
Network = TypeVar("Network", bound=nn.Module | None)


@dataclass(frozen=True)
class BackEnd(ABC, Generic[Config, Network]):
    """From what the decoder makes to signals [B, k * hop], and the way there for training.

    Attributes:
        domain: of what the decoder makes.
        part: the network that it runs on; None for none, whose configuration then is None too.
        modules: those of the network whose weights decide what the target is; () for none.
    """

    domain: Domain
    part: Part[FrameConfig, nn.Module] | None
    modules: tuple[str, ...] = ()

    @abstractmethod
    def channels(self, config: Config) -> int:
        """Channels of what the decoder makes."""

    @abstractmethod
    def target(self, network: Network, audio: Tensor) -> Tensor:
        """What the decoder should make for signals [B, k * hop]."""

    @abstractmethod
    def waveform(self, network: Network, made: Tensor, draw: DrawShape) -> Tensor:
        """Signals [B, k * hop] of what it made; `draw` as in front ends."""


@dataclass(frozen=True)
class WavBackEnd(BackEnd[None, None]):
    """Nothing to do."""

    domain: Domain = "wav"
    part: None = None

    def channels(self, config: None) -> int:
        return 1

    def target(self, network: None, audio: Tensor) -> Tensor:
        return audio.unsqueeze(1)

    def waveform(self, network: None, made: Tensor, draw: DrawShape) -> Tensor:
        return made.squeeze(1).clamp(-1, 1)


@dataclass(frozen=True)
class MelBackEnd(BackEnd[VocoderConfig, Vocoder]):
    """The vocoder; its configuration defines the log-mel that the decoder makes."""

    domain: Domain = "mel"
    part: Part[VocoderConfig, Vocoder] = VOCODER

    def channels(self, config: VocoderConfig) -> int:
        return config.mel.bands

    def target(self, network: Vocoder, audio: Tensor) -> Tensor:
        mel: Tensor = network.log_mel(audio)
        return mel

    def waveform(self, network: Vocoder, made: Tensor, draw: DrawShape) -> Tensor:
        audio: Tensor = network(made, draw)
        return audio


@dataclass(frozen=True)
class LatBackEnd(BackEnd[CodecConfig, NeuralCodec]):
    """The decoder of the GAN baseline, frozen."""

    domain: Domain = "lat"
    part: Part[CodecConfig, NeuralCodec] = GAN
    modules: tuple[str, ...] = ("encoder",)

    def channels(self, config: CodecConfig) -> int:
        return config.latent

    def target(self, network: NeuralCodec, audio: Tensor) -> Tensor:
        return network.latents(audio)

    def waveform(self, network: NeuralCodec, made: Tensor, draw: DrawShape) -> Tensor:
        return network.synthesize(made, draw)


@dataclass(frozen=True)
class ContinuousBackEnd(BackEnd[AutoencoderConfig, Autoencoder]):
    """The decoder of the continuous autoencoder, frozen; its latents run at a rate of their own."""

    domain: Domain = "lat"
    part: Part[AutoencoderConfig, Autoencoder] = LADIFF_AUTOENCODER
    modules: tuple[str, ...] = ("encoder",)

    def channels(self, config: AutoencoderConfig) -> int:
        return config.latent

    def target(self, network: Autoencoder, audio: Tensor) -> Tensor:
        return network.latents(audio)

    def waveform(self, network: Autoencoder, made: Tensor, draw: DrawShape) -> Tensor:
        return network.synthesize(made, draw)
