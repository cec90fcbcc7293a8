"""Training of the GAN baseline, with discriminators or without."""

from collections.abc import Callable
from typing import Any, ClassVar

import torch
from torch import Tensor
from torch.nn import functional as F

from ..networks.codec import CodecConfig, NeuralCodec
from ..networks.discriminators import CriticConfig, Critics
from ..networks.draws import Draws, steady
from ..networks.pitch import bridge
from ..networks.precision import half_precision
from ..networks.source_filter import SourceFilterDecoder
from ..networks.voice_encoder import VoiceEncoder
from .component import Component, Recipe, Turn, excerpts, judge
from .data import Crops
from .losses import Balancer, SpectralLoss, pitch_losses
from .quantizing import COMMITMENT_WEIGHT, draw_stages, initialize_quantizer

HEADS_WEIGHT = 0.5  # of what a decoder's heads lose, beside spectra whose gradient has norm 1
MEASURED_PITCH = 0.5  # share of the items that training decodes at the measured pitch


class GanCodec(Component):
    """The GAN baseline: neural codec, spectral discriminators, balanced losses.

    Without discriminators, its regression alone. Where it goes on from weights, discriminators
    teach the decoder alone: bitstreams stay those of the weights, and so do the latents that
    diffusion codecs are built on. Until it hears them, it waits. A source-filter decoder also
    learns to tell the pitch; half of the items are decoded at the pitch that it tells, so that it
    hears its errors, the others at the measured one.
    """

    name = "gan"
    eight_bit = True
    model: NeuralCodec
    decoder_alone = False

    # shares of the update; audiocraft's 2, 4, 4 are for runs a thousand times longer
    WEIGHTS: ClassVar[dict[str, float]] = {"spectra": 2.0, "adversarial": 0.5, "features": 1.0}

    def __init__(self, config: CodecConfig, critics: CriticConfig | None, recipe: Recipe) -> None:
        super().__init__()
        self.model = NeuralCodec(config)
        self.critics = Critics(critics) if critics else None
        self.recipe = recipe
        self.spectral_loss = SpectralLoss(config.sample_rate)
        self.balancer = Balancer(self.WEIGHTS)

    @property
    def wants_pitch(self) -> bool:
        return isinstance(self.model.decoder, SourceFilterDecoder)

    def start_from(self, network: Any) -> None:
        super().start_from(network)
        self.decoder_alone = self.critics is not None
        for part in (self.model.encoder, self.model.quantizer):
            part.requires_grad_(not self.decoder_alone)

    def initialize(self, crops: Callable[[], Tensor], generator: torch.Generator) -> None:
        encoder, decoder = self.model.encoder, self.model.decoder
        if isinstance(encoder, VoiceEncoder) and isinstance(decoder, SourceFilterDecoder):
            decoder.begin_linear(*encoder.begin_linear(crops))

    def begin_quantizing(self, crops: Callable[[], Tensor], generator: torch.Generator) -> None:
        self.model.encoder.train()  # k-means is of the latents that training quantizes
        initialize_quantizer(self.model.quantizer, lambda: self.model.latents(crops()), generator)

    def update(self, crops: Crops, turn: Turn) -> dict[str, Tensor]:
        audio = crops.audio
        if self.decoder_alone:  # the trainer's `train()` reaches them, and they must not learn
            self.model.encoder.eval()
            self.model.quantizer.eval()
            if not turn.critics_judge:
                return self._warm_critics(crops, turn) if turn.critics_learn else {}
        with half_precision(audio.device):
            latents = self.model.latents(audio)
            commitment = latents.new_zeros(())
            if turn.quantize:
                stages = draw_stages(self.config.stage_counts, len(audio), turn.draws)
                quantized = self.model.quantizer(latents, stages, turn.draws)
                latents, commitment = quantized.latents, quantized.commitment
            decoded, told = self._decode(latents, crops, turn.draws)
        spectra = self.spectral_loss(decoded, audio)
        losses = {"spectra": torch.stack(list(spectra.values())).sum()}
        heard = audio, decoded
        if turn.critics_judge or turn.critics_learn:
            heard = excerpts(*heard, self.recipe.critic_crop, turn.draws)
        if turn.critics_judge:
            assert self.critics is not None
            losses |= judge(self.critics, *heard)
        gradient = self.balancer.gradient(losses, decoded)
        turn.model_optimizer.zero_grad(set_to_none=True)
        heads = torch.stack([decoded.new_zeros(()), *told.values()]).sum()
        aside = COMMITMENT_WEIGHT * commitment + HEADS_WEIGHT * heads
        decoded.backward(gradient, retain_graph=aside.requires_grad)  # type: ignore[no-untyped-call]
        if aside.requires_grad:
            aside.backward()  # type: ignore[no-untyped-call]
        turn.model_optimizer.step()
        losses |= spectra | told | {"commitment": commitment}
        if turn.critics_learn:
            losses["critic"] = self.critics_step(*heard, turn)
        return {name: value.detach() for name, value in losses.items()}

    @torch.no_grad()
    def _made(self, crops: Crops, turn: Turn) -> Tensor:
        """Signals [B, k * hop] as the decoder makes them, each at a rate of its own."""
        latents = self.model.latents(crops.audio)
        if turn.quantize:
            stages = draw_stages(self.config.stage_counts, len(latents), turn.draws)
            latents = self.model.quantizer(latents, stages, turn.draws).latents
        return self._decode(latents, crops, turn.draws)[0]

    def _warm_critics(self, crops: Crops, turn: Turn) -> dict[str, Tensor]:
        """A step of the discriminators alone, on a decoder that does not hear them yet."""
        with half_precision(crops.audio.device):
            made = self._made(crops, turn)
        heard = excerpts(crops.audio, made, self.recipe.critic_crop, turn.draws)
        return {"critic": self.critics_step(*heard, turn).detach()}

    def _decode(
        self, latents: Tensor, crops: Crops, draws: Draws
    ) -> tuple[Tensor, dict[str, Tensor]]:
        """Signals [B, k * hop] of latents, and what the decoder's heads lose."""
        decoder = self.model.decoder
        if crops.pitch is None or not isinstance(decoder, SourceFilterDecoder):
            return self.model.synthesize(latents, draws.normal), {}
        measured = draws(lambda g: torch.rand(len(latents), generator=g)) < MEASURED_PITCH
        made = decoder(latents, draws.normal, (bridge(crops.pitch), measured))
        mel = decoder.projection.log_mel(crops.audio)
        told = pitch_losses(decoder, made, crops.pitch)
        return made.audio.float(), told | {"head": F.l1_loss(made.mel, mel)}

    def renderings(self, model: Any, audio: Tensor) -> dict[str, Tensor]:
        rendered = {
            f"{count}stages": model.decode(model.encode(audio, count), steady(audio.device))
            for count in self.config.stage_counts
        }
        unquantized = model.synthesize(model.latents(audio), steady(audio.device))
        return rendered | {"unquantized": unquantized}

    def tokens(self, model: Any, audio: Tensor) -> Tensor | None:
        indices: Tensor = model.encode(audio, max(self.config.stage_counts))
        return indices
