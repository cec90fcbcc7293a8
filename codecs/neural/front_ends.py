"""Front ends: what is sent, and the condition that the decoder makes of it.

| front end | sends | condition |
|---|---|---|
| mel | indices of the mel codec | the log-mel that it decodes from them |
| lat | indices of the GAN baseline | the dequantized latent |
| wav | indices of the GAN baseline | the waveform that it decodes from them |
"""

from dataclasses import dataclass
from typing import Any, Protocol

from torch import Tensor

from ..networks.diffusion import Domain
from ..networks.draws import DrawShape


class FrontEnd(Protocol):
    """From signals [B, k * hop] to indices [B, stages, k] to the condition.

    `component` is the kind of weights that it runs on; `network` is what was loaded from them.
    """

    @property
    def domain(self) -> Domain:
        """Of the condition."""

    @property
    def component(self) -> str:
        """Whose weights are needed."""

    @property
    def modules(self) -> tuple[str, ...]:
        """The network's modules that make indices and condition; () for all of it."""

    def channels(self, config: Any) -> int:
        """Channels of the condition, by the component's configuration."""

    def tokenize(self, network: Any, audio: Tensor, stages: int) -> Tensor:
        """Indices [B, stages, k] of signals [B, k * hop]."""

    def condition(self, network: Any, indices: Tensor, draw: DrawShape) -> Tensor:
        """Condition [B, channels, k], or [B, 1, k * hop] for waveforms.

        `draw` is for networks whose decoder draws noise.
        """


@dataclass(frozen=True)
class MelFrontEnd:
    """The quantized log-mel spectrogram."""

    domain: Domain = "mel"
    component: str = "mel"
    modules: tuple[str, ...] = ()

    def channels(self, config: Any) -> int:
        bands: int = config.mel.bands
        return bands

    def tokenize(self, network: Any, audio: Tensor, stages: int) -> Tensor:
        indices: Tensor = network.encode(network.log_mel(audio), stages)
        return indices

    def condition(self, network: Any, indices: Tensor, draw: DrawShape) -> Tensor:
        mel: Tensor = network.decode(indices)
        return mel


@dataclass(frozen=True)
class LatFrontEnd:
    """The dequantized latent of the GAN baseline."""

    domain: Domain = "lat"
    component: str = "gan"
    modules: tuple[str, ...] = ("encoder", "quantizer")

    def channels(self, config: Any) -> int:
        latent: int = config.latent
        return latent

    def tokenize(self, network: Any, audio: Tensor, stages: int) -> Tensor:
        indices: Tensor = network.encode(audio, stages)
        return indices

    def condition(self, network: Any, indices: Tensor, draw: DrawShape) -> Tensor:
        latents: Tensor = network.quantizer.decode(indices)
        return latents


@dataclass(frozen=True)
class WavFrontEnd(LatFrontEnd):
    """The waveform that the GAN baseline decodes: the diffusion decoder is its post-filter."""

    domain: Domain = "wav"
    modules: tuple[str, ...] = ()

    def channels(self, config: Any) -> int:
        return 1

    def condition(self, network: Any, indices: Tensor, draw: DrawShape) -> Tensor:
        audio: Tensor = network.decode(indices, draw)
        return audio.unsqueeze(1)
