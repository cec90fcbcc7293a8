"""Training of the mel codec."""

from collections.abc import Callable
from typing import Any

import torch
from torch import Tensor
from torch.nn import functional as F

from ..networks.mel_autoencoder import MelCodec, MelCodecConfig
from ..networks.precision import half_precision
from .component import Component, Recipe, Turn
from .data import Crops
from .quantizing import COMMITMENT_WEIGHT, draw_stages, initialize_quantizer


class MelAutoencoder(Component):
    """The mel codec: L1 distance of log-mels."""

    name = "mel"
    model: MelCodec
    critics = None

    def __init__(self, config: MelCodecConfig, recipe: Recipe) -> None:
        super().__init__()
        self.model = MelCodec(config)
        self.recipe = recipe

    def initialize(self, crops: Callable[[], Tensor], generator: torch.Generator) -> None:
        self.model.begin_linear(lambda: self.model.log_mel(crops()))

    def begin_quantizing(self, crops: Callable[[], Tensor], generator: torch.Generator) -> None:
        def latents() -> Tensor:
            return self.model.latents(self.model.log_mel(crops()))

        initialize_quantizer(self.model.quantizer, latents, generator)

    def update(self, crops: Crops, turn: Turn) -> dict[str, Tensor]:
        mel = self.model.log_mel(crops.audio)
        with half_precision(mel.device):
            latents = self.model.latents(mel)
            commitment = latents.new_zeros(())
            if turn.quantize:
                stages = draw_stages(self.config.stage_counts, len(mel), turn.draws)
                quantized = self.model.quantizer(latents, stages, turn.draws)
                latents, commitment = quantized.latents, quantized.commitment
            decoded = self.model.reconstruct(latents)
        distance = F.l1_loss(decoded, mel)
        turn.model_optimizer.zero_grad(set_to_none=True)
        (distance + COMMITMENT_WEIGHT * commitment).backward()  # type: ignore[no-untyped-call]
        turn.model_optimizer.step()
        return {"mel": distance.detach(), "commitment": commitment.detach()}

    def distances(self, model: Any, audio: Tensor) -> dict[str, Tensor]:
        mel = model.log_mel(audio)
        decoded = {
            f"{count}stages": model.decode(model.encode(mel, count))
            for count in self.config.stage_counts
        }
        decoded["unquantized"] = model.reconstruct(model.latents(mel))
        return {f"{point}/mel_l1": F.l1_loss(value, mel) for point, value in decoded.items()}

    def tokens(self, model: Any, audio: Tensor) -> Tensor | None:
        indices: Tensor = model.encode(model.log_mel(audio), max(self.config.stage_counts))
        return indices
