"""The components: GAN codec, mel codec, vocoder."""

from collections.abc import Callable, Sequence
from typing import Any, ClassVar

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from ..diffusion.samplers import euler
from ..networks.codec import CodecConfig, NeuralCodec
from ..networks.diffusion import DiffusionDecoder
from ..networks.discriminators import CriticConfig, Critics
from ..networks.draws import Draws, steady
from ..networks.mel_autoencoder import MelCodec, MelCodecConfig
from ..networks.pitch import bridge
from ..networks.precision import half_precision
from ..networks.quantizer import UNQUANTIZED, ResidualQuantizer
from ..networks.source_filter import SourceFilterDecoder, SourceFilterVocoder, Voiced
from ..networks.vocoder import Vocoder, VocoderConfig
from ..networks.voice_encoder import VoiceEncoder
from ..neural.grid import COOLED
from .component import Component, Recipe, Turn, judge
from .data import Crops
from .losses import Balancer, MultiScaleMelLoss, SpectralLoss

DECODER_NFE = 10  # evaluations that make the mels on which a vocoder is tuned
PITCH_WEIGHT = 0.5  # of a decoder's cross-entropy, beside spectra whose gradient has norm 1
MEASURED_PITCH = 0.5  # share of the items that training decodes at the measured pitch
LARGEST_GRADIENT = 5.0  # of a vocoder's mel loss
COMMITMENT_WEIGHT = 0.1  # at 1, the latents shrink to the few dimensions that are easy to quantize


class GanCodec(Component):
    """The GAN baseline: neural codec, spectral discriminators, balanced losses.

    Without discriminators, its regression alone. A source-filter decoder also learns to tell the
    pitch; half of the items are decoded at the pitch that it tells, so that it hears its errors,
    the others at the measured one.
    """

    name = "gan"
    eight_bit = True
    model: NeuralCodec

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

    def initialize(self, crops: Callable[[], Tensor], generator: torch.Generator) -> None:
        if isinstance(self.model.encoder, VoiceEncoder):
            self.model.encoder.whiten(crops)

    def begin_quantizing(self, crops: Callable[[], Tensor], generator: torch.Generator) -> None:
        self.model.encoder.train()  # k-means is of the latents that training quantizes
        initialize_quantizer(self.model.quantizer, lambda: self.model.latents(crops()), generator)

    def update(self, crops: Crops, turn: Turn) -> dict[str, Tensor]:
        audio = crops.audio
        with half_precision(audio.device):
            latents = self.model.latents(audio)
            commitment = latents.new_zeros(())
            if turn.quantize:
                stages = draw_stages(self.config.stage_counts, len(audio), turn.draws)
                quantized = self.model.quantizer(latents, stages, turn.draws)
                latents, commitment = quantized.latents, quantized.commitment
            decoded, pitch = self._decode(latents, crops.pitch, turn.draws)
        spectra = self.spectral_loss(decoded, audio)
        losses = {"spectra": torch.stack(list(spectra.values())).sum()}
        if turn.critics_judge:
            assert self.critics is not None
            losses |= judge(self.critics, audio, decoded)
        gradient = self.balancer.gradient(losses, decoded)
        turn.model_optimizer.zero_grad(set_to_none=True)
        aside = COMMITMENT_WEIGHT * commitment + PITCH_WEIGHT * pitch
        decoded.backward(gradient, retain_graph=aside.requires_grad)  # type: ignore[no-untyped-call]
        if aside.requires_grad:
            aside.backward()  # type: ignore[no-untyped-call]
        turn.model_optimizer.step()
        losses |= spectra | {"commitment": commitment, "pitch": pitch}
        if turn.critics_learn:
            losses["critic"] = self.critics_step(audio, decoded, turn)
        return {name: value.detach() for name, value in losses.items()}

    def _decode(
        self, latents: Tensor, labels: Tensor | None, draws: Draws
    ) -> tuple[Tensor, Tensor]:
        """Signals [B, k * hop] of latents, and the loss of the pitch that they tell."""
        if labels is None or not self.wants_pitch:
            return self.model.synthesize(latents, draws.normal), latents.new_zeros(())
        measured = draws(lambda g: torch.rand(len(latents), generator=g)) < MEASURED_PITCH
        made = self.model.voiced(latents, draws.normal, (bridge(labels), measured))
        assert isinstance(self.model.decoder, SourceFilterDecoder)
        return made.audio.float(), self.model.decoder.classes.loss(made.pitch, labels)

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


class MelAutoencoder(Component):
    """The mel codec: L1 distance of log-mels."""

    name = "mel"
    model: MelCodec
    critics = None

    def __init__(self, config: MelCodecConfig, recipe: Recipe) -> None:
        super().__init__()
        self.model = MelCodec(config)
        self.recipe = recipe

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


class VocoderTraining(Component):
    """The vocoder: HiFi-GAN's losses; fine-tuned on decoded mels if a mel codec is given.

    With a mel decoder too, on the mels that its diffusion samples from those of the mel codec.

    The mel loss is taken at five resolutions (as DAC and BigVGAN-v2 do) rather than at the front
    end's alone, whose hop of 20 ms leaves everything shorter to the discriminators.
    """

    name = "vocoder"
    eight_bit = True
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
            if crops.pitch is None or not self.wants_pitch:
                decoded = self.model(mel, turn.draws.normal)
            else:
                made = self.model.voiced(mel, turn.draws.normal)
                decoded = made.audio.float()
                losses |= self._pitch_losses(made, crops.pitch)
        total = torch.stack([decoded.new_zeros(()), *losses.values()]).sum()
        losses["mel"] = self.mel_loss(decoded, audio)
        total = total + self.MEL_WEIGHT * losses["mel"]
        if turn.critics_judge:
            assert self.critics is not None
            losses |= judge(self.critics, audio, decoded)
            total = total + losses["adversarial"] + self.FEATURES_WEIGHT * losses["features"]
        turn.model_optimizer.zero_grad(set_to_none=True)
        total.backward()  # type: ignore[no-untyped-call]
        nn.utils.clip_grad_norm_(self.model.parameters(), LARGEST_GRADIENT * self.MEL_WEIGHT)
        turn.model_optimizer.step()
        if turn.critics_learn:
            losses["critic"] = self.critics_step(audio, decoded, turn)
        return {name: value.detach() for name, value in losses.items()}

    def _pitch_losses(self, made: Voiced, labels: Tensor) -> dict[str, Tensor]:
        """Of the pitch network, which learns from nothing else."""
        assert isinstance(self.model.network, SourceFilterVocoder)
        assert made.voicing is not None
        voiced = (labels > 0).to(labels)
        return {
            "pitch": self.model.network.classes.loss(made.pitch, labels),
            "voicing": F.binary_cross_entropy_with_logits(made.voicing.float(), voiced),
        }

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
