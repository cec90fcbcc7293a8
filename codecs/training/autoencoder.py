"""Training of an autoencoder, with discriminators or without; the GAN baseline adds a quantizer."""

from collections.abc import Callable
from typing import Any, ClassVar

import torch
from torch import Tensor
from torch.nn import functional as F

from ..networks.autoencoder import Autoencoder, AutoencoderConfig
from ..networks.discriminators import CriticConfig, Critics
from ..networks.draws import Draws, steady
from ..networks.pitch import PER_FRAME, bridge
from ..networks.precision import half_precision
from ..networks.source_filter import SourceFilterDecoder
from ..networks.voice_encoder import VoiceEncoder
from ..weights.parts import LADIFF_AUTOENCODER
from .component import Component, Recipe, Turn, excerpts, judge
from .data import Crops
from .losses import Balancer, SpectralLoss, pitch_losses
from .quantizing import COMMITMENT_WEIGHT

HEADS_WEIGHT = 0.5  # of what a decoder's heads lose, beside spectra whose gradient has norm 1
MEASURED_PITCH = 0.5  # share of the items that training decodes at the measured pitch


class AutoencoderTraining(Component):
    """An autoencoder: balanced losses of spectra, and of discriminators if there are any.

    A source-filter decoder also learns to tell the pitch; half of the items are decoded at the
    pitch that it tells, so that it hears its errors, the others at the measured one.
    """

    name = LADIFF_AUTOENCODER.name
    model: Autoencoder

    # shares of the update; audiocraft's 2, 4, 4 are for runs a thousand times longer
    WEIGHTS: ClassVar[dict[str, float]] = {"spectra": 2.0, "adversarial": 0.5, "features": 1.0}

    def __init__(
        self, config: AutoencoderConfig, critics: CriticConfig | None, recipe: Recipe
    ) -> None:
        super().__init__()
        self.model = self._build(config)
        self.critics = Critics(critics) if critics else None
        self.recipe = recipe
        self.spectral_loss = SpectralLoss(config.sample_rate)
        self.balancer = Balancer(self.WEIGHTS)

    def _build(self, config: Any) -> Autoencoder:
        return Autoencoder(config)

    @property
    def wants_pitch(self) -> bool:
        return isinstance(self.model.decoder, SourceFilterDecoder)

    def initialize(self, crops: Callable[[], Tensor], generator: torch.Generator) -> None:
        encoder, decoder = self.model.encoder, self.model.decoder
        if isinstance(encoder, VoiceEncoder) and isinstance(decoder, SourceFilterDecoder):
            decoder.begin_linear(*encoder.begin_linear(crops))

    def update(self, crops: Crops, turn: Turn) -> dict[str, Tensor]:
        audio = crops.audio
        with half_precision(audio.device):
            latents, commitment = self._latents(audio, turn)
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
        aside = COMMITMENT_WEIGHT * _sum(commitment, decoded) + HEADS_WEIGHT * _sum(told, decoded)
        decoded.backward(gradient, retain_graph=aside.requires_grad)  # type: ignore[no-untyped-call]
        if aside.requires_grad:
            aside.backward()  # type: ignore[no-untyped-call]
        turn.model_optimizer.step()
        losses |= spectra | told | commitment
        if turn.critics_learn:
            losses["critic"] = self.critics_step(*heard, turn)
        return {name: value.detach() for name, value in losses.items()}

    def _latents(self, audio: Tensor, turn: Turn) -> tuple[Tensor, dict[str, Tensor]]:
        """Latents [B, latent, k] as they reach the decoder, and what a quantizer's loss is."""
        return self.model.latents(audio), {}

    def _decode(
        self, latents: Tensor, crops: Crops, draws: Draws
    ) -> tuple[Tensor, dict[str, Tensor]]:
        """Signals [B, k * hop] of latents, and what the decoder's heads lose."""
        decoder = self.model.decoder
        if crops.pitch is None or not isinstance(decoder, SourceFilterDecoder):
            return self.model.synthesize(latents, draws.normal), {}
        points = latents.shape[-1] * PER_FRAME  # shorter frames have more of them than labels
        labels = crops.pitch.repeat_interleave(points // crops.pitch.shape[1], dim=1)
        measured = draws(lambda g: torch.rand(len(latents), generator=g)) < MEASURED_PITCH
        made = decoder(latents, draws.normal, (bridge(labels), measured))
        mel = decoder.projection.log_mel(crops.audio)
        told = pitch_losses(decoder, made, labels)
        return made.audio.float(), told | {"head": F.l1_loss(made.mel, mel)}

    def renderings(self, model: Any, audio: Tensor) -> dict[str, Tensor]:
        draw = steady(audio.device)
        return {"unquantized": model.synthesize(model.latents(audio), draw)}


def _sum(losses: dict[str, Tensor], like: Tensor) -> Tensor:
    """The sum, a scalar; 0 without any."""
    return torch.stack([like.new_zeros(()), *losses.values()]).sum()
