"""Training of the GAN baseline, with discriminators or without."""

from collections.abc import Callable
from typing import Any

import torch
from torch import Tensor

from ..networks.codec import CodecConfig, NeuralCodec
from ..networks.draws import steady
from ..networks.precision import half_precision
from .autoencoder import AutoencoderTraining
from .component import Turn, excerpts
from .data import Crops
from .quantizing import draw_stages, initialize_quantizer


class GanCodec(AutoencoderTraining):
    """The GAN baseline: neural codec, spectral discriminators, balanced losses.

    Without discriminators, its regression alone. Where it goes on from weights, discriminators
    teach the decoder alone: bitstreams stay those of the weights, and so do the latents that
    diffusion codecs are built on. Until it hears them, it waits.
    """

    name = "gan"
    model: NeuralCodec
    decoder_alone = False

    def _build(self, config: CodecConfig) -> NeuralCodec:
        return NeuralCodec(config)

    def start_from(self, network: Any) -> None:
        super().start_from(network)
        self.decoder_alone = self.critics is not None
        for part in (self.model.encoder, self.model.quantizer):
            part.requires_grad_(not self.decoder_alone)

    def begin_quantizing(self, crops: Callable[[], Tensor], generator: torch.Generator) -> None:
        self.model.encoder.train()  # k-means is of the latents that training quantizes
        initialize_quantizer(self.model.quantizer, lambda: self.model.latents(crops()), generator)

    def update(self, crops: Crops, turn: Turn) -> dict[str, Tensor]:
        if self.decoder_alone:  # the trainer's `train()` reaches them, and they must not learn
            self.model.encoder.eval()
            self.model.quantizer.eval()
            if not turn.critics_judge:
                return self._warm_critics(crops, turn) if turn.critics_learn else {}
        return super().update(crops, turn)

    def _latents(self, audio: Tensor, turn: Turn) -> tuple[Tensor, dict[str, Tensor]]:
        if not turn.quantize:
            return super()._latents(audio, turn)
        stages = draw_stages(self.config.stage_counts, len(audio), turn.draws)
        quantized = self.model.quantizer(self.model.latents(audio), stages, turn.draws)
        return quantized.latents, {"commitment": quantized.commitment}

    def _warm_critics(self, crops: Crops, turn: Turn) -> dict[str, Tensor]:
        """A step of the discriminators alone, on a decoder that does not hear them yet."""
        with torch.no_grad(), half_precision(crops.audio.device):
            latents, _ = self._latents(crops.audio, turn)
            made, _ = self._decode(latents, crops, turn.draws)
        heard = excerpts(crops.audio, made, self.recipe.critic_crop, turn.draws)
        return {"critic": self.critics_step(*heard, turn).detach()}

    def renderings(self, model: Any, audio: Tensor) -> dict[str, Tensor]:
        rendered = {
            f"{count}stages": model.decode(model.encode(audio, count), steady(audio.device))
            for count in self.config.stage_counts
        }
        return rendered | super().renderings(model, audio)

    def tokens(self, model: Any, audio: Tensor) -> Tensor | None:
        indices: Tensor = model.encode(audio, max(self.config.stage_counts))
        return indices
