"""Shapes of the networks, and their sizes against the published ones."""

import pytest
from torch import nn

from nscbench.codecs.networks.discriminators import StftDiscriminator
from nscbench.codecs.networks.hifigan import HifiGan
from nscbench.codecs.networks.seanet import SeanetDecoder, SeanetEncoder
from nscbench.codecs.networks.weight_norm import fold

PUBLISHED_RATES, ENCODEC_RATIOS = (8, 8, 2, 2), (8, 5, 4, 2)


def parameters(network: nn.Module) -> float:
    """In millions, weight normalization folded."""
    return sum(p.numel() for p in fold(network).parameters()) / 1e6


def test_published_sizes() -> None:
    """HiFi-GAN: table 1 of the paper. The others: the published code, instantiated and counted."""
    assert parameters(HifiGan(80, PUBLISHED_RATES, 512)) == pytest.approx(13.92, abs=0.01)
    assert parameters(HifiGan(80, PUBLISHED_RATES, 128)) == pytest.approx(0.92, abs=0.01)
    assert parameters(SeanetEncoder(32, ENCODEC_RATIOS, 128, 2)) == pytest.approx(7.43, abs=0.01)
    assert parameters(SeanetDecoder(32, ENCODEC_RATIOS, 128, 2)) == pytest.approx(7.43, abs=0.01)
    assert parameters(StftDiscriminator(1024, 32, (1, 2, 2, 2))) == pytest.approx(0.094337)
