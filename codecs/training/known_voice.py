"""What training knows of a voice beside the signal: its pitch, its pulses, its polarity."""

from dataclasses import dataclass

import torch
from torch import Tensor
from torch.nn import functional as F

from ..networks.diffusion import DiffusionDecoder, Guide
from ..networks.pitch import PER_FRAME, bridge
from ..networks.voice import Voice
from .pulse_alignment import align_pulses

WEIGHT = 0.2  # of the heads' losses beside the diffusion's


@dataclass(frozen=True)
class Known:
    """Signals [B, T], upright, and what is known of them; None where nothing is.

    Attributes:
        labels: F0 in Hz [B, k * PER_FRAME], 0 where unvoiced.
        passed: periods passed at every sample [B, T]: whole numbers at the voice's pulses.
    """

    audio: Tensor
    labels: Tensor | None = None
    passed: Tensor | None = None

    def repeated(self, times: int) -> "Known":
        """The same as often for each of several draws."""
        tensors = (self.audio, self.labels, self.passed)
        return Known(*(None if x is None else x.expand(times, -1) for x in tensors))  # type: ignore[arg-type]


@torch.no_grad()
def known_voice(voice: Voice, audio: Tensor, labels: Tensor) -> Known:
    """What labels in Hz [B, k * PER_FRAME] and signals [B, k * hop] tell."""
    flat = voice.flatten(audio)
    hop = voice.config.hop // PER_FRAME
    voiced = (labels > 0).to(audio)
    passed, signs = align_pulses(flat, bridge(labels), voiced, voice.config.sample_rate, hop)
    return Known(audio * signs[:, None], labels, passed)


def voice_losses(
    model: DiffusionDecoder, guide: Guide, output: Tensor, known: Known
) -> dict[str, Tensor]:
    """What the heads of a voice lose on outputs [B, 1, T]; nothing where there are none."""
    told = guide.told
    if model.voice is None or told is None:
        return {}
    mel = model.voice.projection.log_mel(output[:, 0])
    losses = {"head": WEIGHT * F.l1_loss(told.mel, mel)}
    if known.labels is None:
        return losses
    voiced = (known.labels > 0).to(output)
    entropy = F.binary_cross_entropy_with_logits(told.voicing.float(), voiced)
    return losses | {
        "pitch": WEIGHT * model.voice.classes.loss(told.pitch, known.labels),
        "voicing": WEIGHT * entropy,
    }
