"""Back ends: what the diffusion decoder makes, and how that becomes a waveform.

| back end | the decoder makes | to waveform |
|---|---|---|
| wav | the waveform | limited to [-1, 1] |
| mel | the clean log-mel | vocoder |
| lat | the latent before quantization | decoder of the GAN baseline |
| continuous | the latent of `ladiff`'s autoencoder | its decoder |

The latent before quantization, because a quantized one is hardly more than what was sent, and
making it from what was sent no task.
"""

from dataclasses import dataclass
from typing import Any, Protocol

from torch import Tensor

from ..networks.diffusion import Domain
from ..networks.draws import DrawShape


class BackEnd(Protocol):
    """From what the decoder makes to signals [B, k * hop], and the way there for training."""

    @property
    def domain(self) -> Domain:
        """Of what the decoder makes."""

    @property
    def component(self) -> str:
        """Whose weights are needed; "" for none."""

    @property
    def modules(self) -> tuple[str, ...]:
        """The network's modules whose weights decide what the target is; () for none."""

    def channels(self, config: Any) -> int:
        """Channels of what the decoder makes, by the component's configuration."""

    def target(self, network: Any, audio: Tensor) -> Tensor:
        """What the decoder should make for signals [B, k * hop]."""

    def waveform(self, network: Any, made: Tensor, draw: DrawShape) -> Tensor:
        """Signals [B, k * hop] of what it made; `draw` as in front ends."""


@dataclass(frozen=True)
class WavBackEnd:
    """Nothing to do."""

    domain: Domain = "wav"
    component: str = ""
    modules: tuple[str, ...] = ()

    def channels(self, config: Any) -> int:
        return 1

    def target(self, network: Any, audio: Tensor) -> Tensor:
        return audio.unsqueeze(1)

    def waveform(self, network: Any, made: Tensor, draw: DrawShape) -> Tensor:
        return made.squeeze(1).clamp(-1, 1)


@dataclass(frozen=True)
class MelBackEnd:
    """The vocoder, which also says which log-mel is meant."""

    domain: Domain = "mel"
    component: str = "vocoder"
    modules: tuple[str, ...] = ()

    def channels(self, config: Any) -> int:
        bands: int = config.mel.bands
        return bands

    def target(self, network: Any, audio: Tensor) -> Tensor:
        mel: Tensor = network.log_mel(audio)
        return mel

    def waveform(self, network: Any, made: Tensor, draw: DrawShape) -> Tensor:
        audio: Tensor = network(made, draw)
        return audio


@dataclass(frozen=True)
class LatBackEnd:
    """The decoder of the GAN baseline, frozen."""

    domain: Domain = "lat"
    component: str = "gan"
    modules: tuple[str, ...] = ("encoder",)

    def channels(self, config: Any) -> int:
        latent: int = config.latent
        return latent

    def target(self, network: Any, audio: Tensor) -> Tensor:
        latents: Tensor = network.latents(audio)
        return latents

    def waveform(self, network: Any, made: Tensor, draw: DrawShape) -> Tensor:
        audio: Tensor = network.synthesize(made, draw)
        return audio


@dataclass(frozen=True)
class ContinuousBackEnd(LatBackEnd):
    """The decoder of the continuous autoencoder, frozen; its latents run at a rate of their own."""

    component: str = "ladiff-autoencoder"
