"""Losses, and the balancing of their gradients.

Adversarial losses are least-squares ones and feature matching is an absolute difference, both
summed over discriminators, as in HiFi-GAN (J. Kong et al., NeurIPS 2020, equations 1 to 5).
"""

from collections.abc import Mapping, Sequence

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from ..networks.discriminators import Judgement
from ..networks.features import MEL_FLOOR, LogMel, MelConfig
from ..networks.source_filter import SourceFilter, Voiced


class MultiScaleMelLoss(nn.Module):
    """L1 distance of log-mel spectrograms, averaged over window sizes: [B, T] x [B, T] to scalar.

    Windows of 2^7 to 2^11 samples with hops of a quarter; as many bands as a window resolves.
    """

    def __init__(self, sample_rate: int) -> None:
        super().__init__()
        self.spectrograms = nn.ModuleList(
            LogMel(MelConfig(sample_rate, n_fft, n_fft // 4, bands, 0.0, sample_rate / 2))
            for n_fft, bands in ((128, 10), (256, 20), (512, 40), (1024, 80), (2048, 120))
        )

    def forward(self, decoded: Tensor, reference: Tensor) -> Tensor:
        terms = [(s(decoded) - s(reference)).abs().mean() for s in self.spectrograms]
        return torch.stack(terms).mean()


class SpectralLoss(nn.Module):
    """Distance of mel spectrograms over window sizes, as logarithms and as loudness.

    The logarithm counts every band of every moment alike, the quietest too. Loudness is the square
    root of the magnitude (about Stevens's power law), in units of its mean over the item, so that
    what is heard most counts most.

    Windows of 2^8 to 2^11 samples with hops of a quarter; as many bands as a window resolves.
    """

    def __init__(self, sample_rate: int) -> None:
        super().__init__()
        self.spectrograms = nn.ModuleList(
            LogMel(MelConfig(sample_rate, n_fft, n_fft // 4, bands, 0.0, sample_rate / 2))
            for n_fft, bands in ((256, 24), (512, 48), (1024, 80), (2048, 120))
        )

    def forward(self, decoded: Tensor, reference: Tensor) -> dict[str, Tensor]:
        """Both distances of signals [B, T]."""
        logarithms, loudnesses = [], []
        for spectrogram in self.spectrograms:
            assert isinstance(spectrogram, LogMel)
            own = spectrogram.magnitude(decoded)
            with torch.no_grad():
                wanted = spectrogram.magnitude(reference)
            floors = [m.clamp_min(MEL_FLOOR).log() for m in (own, wanted)]
            logarithms.append((floors[0] - floors[1]).abs().mean())
            louds = [(m + MEL_FLOOR).sqrt() for m in (own, wanted)]
            mean = louds[1].mean(dim=(1, 2), keepdim=True)
            loudnesses.append(((louds[0] - louds[1]).abs() / mean).mean())
        return {
            "mel": torch.stack(logarithms).mean(),
            "loudness": torch.stack(loudnesses).mean(),
        }


def pitch_losses(network: SourceFilter, made: Voiced, labels: Tensor) -> dict[str, Tensor]:
    """Cross-entropies of pitch and voicing, by labels in Hz [B, k * PER_FRAME]."""
    voiced = (labels > 0).to(labels)
    return {
        "pitch": network.classes.loss(made.pitch, labels),
        "voicing": F.binary_cross_entropy_with_logits(made.voicing.float(), voiced),
    }


def discriminator_loss(real: Sequence[Judgement], fake: Sequence[Judgement]) -> Tensor:
    """LSGAN: real signals to 1, decoded ones to 0; sum over discriminators."""
    terms = [
        (1 - r.float()).square().mean() + f.float().square().mean()
        for (r, _), (f, _) in zip(real, fake, strict=True)
    ]
    return torch.stack(terms).sum()


def adversarial_loss(fake: Sequence[Judgement]) -> Tensor:
    """LSGAN: decoded signals to 1; sum over discriminators."""
    return torch.stack([(1 - f.float()).square().mean() for f, _ in fake]).sum()


def feature_matching(real: Sequence[Judgement], fake: Sequence[Judgement]) -> Tensor:
    """L1 distance of activations; sum over layers and discriminators."""
    terms = [
        (f.float() - r.detach().float()).abs().mean()
        for (_, reals), (_, fakes) in zip(real, fake, strict=True)
        for r, f in zip(reals, fakes, strict=True)
    ]
    return torch.stack(terms).sum()


class Balancer(nn.Module):
    """Scales the gradient of each loss at the decoded signal to its share of a total norm.

    A loss's weight then means its share of the update, whatever the loss's own scale. Norms are
    moving averages, kept as buffers so that a checkpoint holds them.

    A. Défossez et al., "High Fidelity Neural Audio Compression", TMLR 2023, section 3.4.
    """

    norms: Tensor

    DECAY = 0.99

    def __init__(self, weights: Mapping[str, float]) -> None:
        super().__init__()
        self.weights = dict(weights)
        self.register_buffer("norms", torch.zeros(len(weights)))

    def gradient(self, losses: Mapping[str, Tensor], decoded: Tensor) -> Tensor:
        """Gradient [B, T] at `decoded` of the balanced sum; losses that are absent get no share.

        Raises:
            KeyError: a loss without a weight.
        """
        total = sum(self.weights[name] for name in losses)
        names = list(self.weights)
        result = torch.zeros_like(decoded)
        for name, loss in losses.items():
            (gradient,) = torch.autograd.grad(loss, decoded, retain_graph=True)
            slot = names.index(name)
            norm = gradient.norm(dim=-1).mean()
            first = self.norms[slot] == 0
            self.norms[slot] = torch.where(
                first, norm, torch.lerp(norm, self.norms[slot], self.DECAY)
            )
            result += gradient * (self.weights[name] / total / (self.norms[slot] + 1e-12))
        return result
