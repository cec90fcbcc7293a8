"""The components: GAN codec, mel codec, vocoder."""

from collections.abc import Callable, Sequence
from typing import Any, ClassVar

import torch
from torch import Tensor
from torch.nn import functional as F

from ..networks.codec import CodecConfig, NeuralCodec
from ..networks.diffusion import DiffusionDecoder
from ..networks.discriminators import CriticConfig, Critics
from ..networks.draws import Draws
from ..networks.mel_autoencoder import MelCodec, MelCodecConfig
from ..networks.precision import half_precision
from ..networks.quantizer import UNQUANTIZED, ResidualQuantizer
from ..networks.vocoder import Vocoder, VocoderConfig
from ..neural.grid import COOLED
from ..processes.samplers import euler
from .component import Component, Recipe, Turn, judge
from .losses import Balancer, MultiScaleMelLoss

DECODER_NFE = 10  # evaluations that make the mels on which a vocoder is tuned
COMMITMENT_WEIGHT = 0.1  # at 1, the latents shrink to the few dimensions that are easy to quantize


class GanCodec(Component):
    """The GAN baseline: neural codec, spectral discriminators, balanced losses."""

    name = "gan"
    eight_bit = True
    model: NeuralCodec
    critics: Critics

    # shares of the update; audiocraft's 2, 4, 4 are for runs a thousand times longer
    WEIGHTS: ClassVar[dict[str, float]] = {"mel": 2.0, "adversarial": 0.5, "features": 1.0}

    def __init__(self, config: CodecConfig, critics: CriticConfig, recipe: Recipe) -> None:
        super().__init__()
        self.model = NeuralCodec(config)
        self.critics = Critics(critics)
        self.recipe = recipe
        self.mel_loss = MultiScaleMelLoss(config.sample_rate)
        self.balancer = Balancer(self.WEIGHTS)

    def initialize(self, crops: Callable[[], Tensor], generator: torch.Generator) -> None:
        self.model.encoder.train()  # k-means is of the latents that training quantizes
        initialize_quantizer(self.model.quantizer, lambda: self.model.latents(crops()), generator)

    def update(self, audio: Tensor, turn: Turn) -> dict[str, Tensor]:
        stages = draw_stages(self.config.stage_counts, len(audio), turn.draws)
        with half_precision(audio.device):
            decoded, quantized = self.model(audio, stages, turn.draws)
        losses = {"mel": self.mel_loss(decoded, audio)}
        if turn.critics_judge:
            losses |= judge(self.critics, audio, decoded)
        gradient = self.balancer.gradient(losses, decoded)
        turn.model_optimizer.zero_grad(set_to_none=True)
        torch.autograd.backward(
            [decoded, COMMITMENT_WEIGHT * quantized.commitment], [gradient, None]
        )
        turn.model_optimizer.step()
        logged = losses | {"commitment": quantized.commitment}
        if turn.critics_learn:
            logged["critic"] = self.critics_step(audio, decoded, turn)
        return {name: value.detach() for name, value in logged.items()}

    def renderings(self, model: Any, audio: Tensor) -> dict[str, Tensor]:
        rendered = {
            f"{count}stages": model.decode(model.encode(audio, count))
            for count in self.config.stage_counts
        }
        return rendered | {"unquantized": model.synthesize(model.latents(audio))}

    def tokens(self, model: Any, audio: Tensor) -> Tensor | None:
        indices: Tensor = model.encode(audio, max(self.config.stage_counts))
        return indices


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
        def latents() -> Tensor:
            return self.model.latents(self.model.log_mel(crops()))

        initialize_quantizer(self.model.quantizer, latents, generator)

    def update(self, audio: Tensor, turn: Turn) -> dict[str, Tensor]:
        stages = draw_stages(self.config.stage_counts, len(audio), turn.draws)
        mel = self.model.log_mel(audio)
        with half_precision(audio.device):
            decoded, quantized = self.model(mel, stages, turn.draws)
        distance = F.l1_loss(decoded, mel)
        turn.model_optimizer.zero_grad(set_to_none=True)
        (distance + COMMITMENT_WEIGHT * quantized.commitment).backward()
        turn.model_optimizer.step()
        return {"mel": distance.detach(), "commitment": quantized.commitment.detach()}

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


class VocoderTraining(Component):
    """The vocoder: HiFi-GAN's losses; fine-tuned on decoded mels if a mel codec is given.

    With a mel decoder too, on the mels that its diffusion samples from those of the mel codec.

    The mel loss is taken at five resolutions (as DAC and BigVGAN-v2 do) rather than at the front
    end's alone, whose hop of 20 ms leaves everything shorter to the discriminators.
    """

    name = "vocoder"
    eight_bit = True
    model: Vocoder
    critics: Critics

    FEATURES_WEIGHT = 2.0
    MEL_WEIGHT = 45.0

    def __init__(
        self,
        config: VocoderConfig,
        critics: CriticConfig,
        recipe: Recipe,
        mel_codec: MelCodec | None = None,
        mel_decoder: DiffusionDecoder | None = None,
    ) -> None:
        super().__init__()
        self.model = Vocoder(config)
        self.critics = Critics(critics)
        self.recipe = recipe
        self.mel_loss = MultiScaleMelLoss(config.sample_rate)
        self.mel_codec = mel_codec
        self.mel_decoder = mel_decoder

    def update(self, audio: Tensor, turn: Turn) -> dict[str, Tensor]:
        mel = self._input(audio, turn.draws)
        with half_precision(audio.device):
            decoded = self.model(mel)
        losses = {"mel": self.mel_loss(decoded, audio)}
        total = self.MEL_WEIGHT * losses["mel"]
        if turn.critics_judge:
            losses |= judge(self.critics, audio, decoded)
            total = total + losses["adversarial"] + self.FEATURES_WEIGHT * losses["features"]
        turn.model_optimizer.zero_grad(set_to_none=True)
        total.backward()
        turn.model_optimizer.step()
        if turn.critics_learn:
            losses["critic"] = self.critics_step(audio, decoded, turn)
        return {name: value.detach() for name, value in losses.items()}

    def renderings(self, model: Any, audio: Tensor) -> dict[str, Tensor]:
        mel = model.log_mel(audio)
        points = {"clean": model(mel)}
        if self.mel_codec is not None:
            draws = Draws(torch.Generator().manual_seed(0), mel.device)
            for count in self._stage_counts():
                decoded = self.mel_codec.decode(self.mel_codec.encode(mel, count))
                points[f"{count}stages"] = model(self._refine(decoded, draws))
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
            return COOLED * draws(lambda generator: torch.randn(shape, generator=generator))

        with half_precision(decoded.device):
            return self.mel_decoder.sample(decoded, euler, DECODER_NFE, draw)


def draw_stages(counts: Sequence[int], items: int, draws: Draws) -> Tensor:
    """A number of stages per item: one of `counts`, or `UNQUANTIZED`, all equally likely."""
    choices = torch.tensor([*counts, UNQUANTIZED])
    return draws(lambda g: choices[torch.randint(len(choices), (items,), generator=g)])


@torch.no_grad()
def initialize_quantizer(
    quantizer: ResidualQuantizer, latents: Callable[[], Tensor], generator: torch.Generator
) -> None:
    """k-means of the quantizer on ten times as many latents as it has entries."""
    vectors: list[Tensor] = []
    while sum(map(len, vectors)) < 10 * quantizer.entries:
        vectors.append(latents().transpose(1, 2).flatten(0, 1))
    quantizer.initialize(torch.cat(vectors), generator)
