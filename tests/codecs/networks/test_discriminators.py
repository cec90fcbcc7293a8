"""Discriminators: sizes against the published ones, and what they give."""

import pytest
import torch
from torch import nn

from nscbench.codecs.networks.discriminators import CriticConfig, Critics
from nscbench.codecs.networks.weight_norm import fold


def parameters(network: nn.Module) -> float:
    """In millions, weight normalization folded."""
    return sum(p.numel() for p in fold(network).parameters()) / 1e6


def test_published_discriminator_sizes() -> None:
    periods = Critics(CriticConfig(periods=(2, 3, 5, 7, 11)))
    assert parameters(periods) == pytest.approx(41.1, abs=0.05)
    # the spectrally normalized member keeps its normalization: count it as it is
    scales = Critics(CriticConfig(scales=3))
    assert sum(p.numel() for p in scales.parameters()) / 1e6 == pytest.approx(29.6, abs=0.05)


def test_critics_judge_every_family() -> None:
    config = CriticConfig(
        stft_sizes=(256,),
        stft_filters=2,
        periods=(2, 3),
        period_channels=(2, 4),
        scales=2,
        scale_channels=(16, 16, 16, 16, 16, 16, 16),
    )
    judgements = Critics(config)(torch.zeros(3, 3201))
    assert len(judgements) == 1 + 2 + 2
    assert all(logits.shape[0] == 3 for logits, _ in judgements)
    assert [len(activations) for _, activations in judgements] == [5, 2, 2, 7, 7]
