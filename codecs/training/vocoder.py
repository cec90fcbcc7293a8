"""Training of the vocoder, with discriminators or without."""

from typing import Any

import torch
from torch import Tensor, nn

from ..networks.diffusion import DiffusionDecoder
from ..networks.discriminators import CriticConfig, Critics
from ..networks.draws import Draws, steady
from ..networks.mel_autoencoder import MelCodec
from ..networks.precision import half_precision
from ..networks.quantizer import UNQUANTIZED
from ..networks.source_filter import SourceFilterVocoder
from ..networks.vocoder import Vocoder, VocoderConfig
from ..processes.samplers import COOLED, EVALUATIONS, euler
from .component import Component, Recipe, Turn, excerpts, judge
from .data import Crops
from .losses import MultiScaleMelLoss, pitch_losses
from .quantizing import draw_stages

LARGEST_GRADIENT = 5.0  # of its mel loss


class VocoderTraining(Component):
    """The vocoder: HiFi-GAN's losses; fine-tuned on decoded mels if a mel codec is given.

    With a mel decoder too, on the mels that its diffusion samples from those of the mel codec.

    The mel loss is taken at five resolutions (as DAC and BigVGAN-v2 do) rather than at the front
    end's alone, whose hop of 20 ms leaves everything shorter to the discriminators.
    """

    name = "vocoder"
    model: Vocoder

    FEATURES_WEIGHT = 2.0
    MEL_WEIGHT = 45.0

    def __init__(
        self,
        config: VocoderConfig,
        critics: CriticConfig | None,
        recipe: Recipe,
        mel_codec: MelCodec | None = None,
        mel_decoder: DiffusionDecoder | None = None,
    ) -> None:
        super().__init__()
        self.model = Vocoder(config)
        self.critics = Critics(critics) if critics else None
        self.recipe = recipe
        self.mel_loss = MultiScaleMelLoss(config.sample_rate)
        self.mel_codec = mel_codec
        self.mel_decoder = mel_decoder

    @property
    def wants_pitch(self) -> bool:
        return isinstance(self.model.network, SourceFilterVocoder)

    def update(self, crops: Crops, turn: Turn) -> dict[str, Tensor]:
        audio = crops.audio
        mel = self._input(audio, turn.draws)
        losses: dict[str, Tensor] = {}
        with half_precision(audio.device):
            network = self.model.network
            if crops.pitch is None or not isinstance(network, SourceFilterVocoder):
                decoded = self.model(mel, turn.draws.normal)
            else:
                made = network(mel, turn.draws.normal)
                decoded = made.audio.float()
                losses |= pitch_losses(network, made, crops.pitch)
        total = torch.stack([decoded.new_zeros(()), *losses.values()]).sum()
        losses["mel"] = self.mel_loss(decoded, audio)
        total = total + self.MEL_WEIGHT * losses["mel"]
        heard = audio, decoded
        if turn.critics_judge or turn.critics_learn:
            heard = excerpts(*heard, self.recipe.critic_crop, turn.draws)
        if turn.critics_judge:
            assert self.critics is not None
            losses |= judge(self.critics, *heard)
            total = total + losses["adversarial"] + self.FEATURES_WEIGHT * losses["features"]
        turn.model_optimizer.zero_grad(set_to_none=True)
        total.backward()  # type: ignore[no-untyped-call]
        nn.utils.clip_grad_norm_(self.model.parameters(), LARGEST_GRADIENT * self.MEL_WEIGHT)
        turn.model_optimizer.step()
        if turn.critics_learn:
            losses["critic"] = self.critics_step(*heard, turn)
        return {name: value.detach() for name, value in losses.items()}

    def renderings(self, model: Any, audio: Tensor) -> dict[str, Tensor]:
        mel = model.log_mel(audio)
        points = {"clean": model(mel, steady(mel.device))}
        if self.mel_codec is not None:
            draws = Draws(torch.Generator().manual_seed(0), mel.device)
            for count in self._stage_counts():
                decoded = self.mel_codec.decode(self.mel_codec.encode(mel, count))
                refined = self._refine(decoded, draws)
                points[f"{count}stages"] = model(refined, steady(mel.device))
        return points

    def _stage_counts(self) -> tuple[int, ...]:
        assert self.mel_codec is not None
        return self.mel_codec.config.stage_counts

    @torch.no_grad()
    def _input(self, audio: Tensor, draws: Draws) -> Tensor:
        """Clean log-mels, or those that the mel codec decodes, each item at a rate of its own."""
        mel: Tensor = self.model.log_mel(audio)
        if self.mel_codec is None:
            return mel
        stages = draw_stages(self._stage_counts(), len(audio), draws)
        self.mel_codec.eval()  # the trainer's `train()` reaches it, and it must not learn
        decoded: Tensor = self.mel_codec(mel, stages, draws)[0]
        coded = (stages != UNQUANTIZED)[:, None, None]
        # unquantized items stay clean, so that the vocoder keeps what it knows of clean mels
        return torch.where(coded, self._refine(decoded, draws), mel)

    def _refine(self, decoded: Tensor, draws: Draws) -> Tensor:
        """What the mel decoder samples given decoded log-mels; they themselves without one."""
        if self.mel_decoder is None:
            return decoded
        self.mel_decoder.eval()

        def draw(shape: tuple[int, ...]) -> Tensor:
            return COOLED * draws.normal(shape)

        with half_precision(decoded.device):
            return self.mel_decoder.sample(decoded, euler, EVALUATIONS, draw)
