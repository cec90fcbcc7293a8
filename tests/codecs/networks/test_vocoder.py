"""The vocoder's shapes."""

import pytest
import torch

from nscbench.codecs.networks.convnext import Fine
from nscbench.codecs.networks.features import MelConfig
from nscbench.codecs.networks.vocoder import Vocoder, VocoderConfig


@pytest.mark.parametrize(
    ("config", "hop"),
    [
        (VocoderConfig(channels=16), 320),
        (VocoderConfig(design="spectral", dim=16, depth=1), 320),
        (VocoderConfig(design="spectral", dim=16, depth=1, n_fft=320, fine=Fine(4, 8, 1)), 320),
        (VocoderConfig(MelConfig(22_050, 1024, 256), rates=(8, 8, 2, 2), channels=16), 256),
    ],
)
def test_vocoder_gives_hop_samples_per_frame(config: VocoderConfig, hop: int) -> None:
    assert Vocoder(config)(torch.zeros(2, 80, 6), torch.randn).shape == (2, 6 * hop)
