"""Blocks of ConvNeXt: moments of frames, and a limited magnitude."""

import torch
from torch import nn

from nscbench.codecs.networks.convnext import Fine, SpectralDecoder, gather, spread

FINE = Fine(rate=4, dim=8, depth=1)


def test_moments_of_a_frame_keep_their_order() -> None:
    frames = torch.arange(24.0).view(1, 6, 4)  # two channels at three moments of four frames
    moments = spread(frames, 3)
    assert moments.shape == (1, 2, 12)
    assert moments[0, 0].tolist() == [0, 8, 16, 1, 9, 17, 2, 10, 18, 3, 11, 19]
    assert torch.equal(gather(moments, 3), frames)


def test_fine_blocks_reach_a_few_moments() -> None:
    torch.manual_seed(0)
    decoder = SpectralDecoder(320, 320, 16, 1, 4, FINE).eval()
    quiet = torch.zeros(1, 4, 20)
    loud = quiet.clone()
    loud[..., 10] = 1.0
    changed = (decoder(quiet) - decoder(loud)).abs()[0] > 1e-6
    moved = changed.nonzero()[:, 0]
    # frames 4 to 16 by two kernels of seven; then four moments of 80 samples and half a window
    reach = 4 * 80 + 120
    assert 4 * 320 - reach <= moved.min() < 4 * 320
    assert 17 * 320 <= moved.max() < 17 * 320 + reach


def test_decoder_magnitude_is_limited() -> None:
    decoder = SpectralDecoder(64, 16, 8, 1, 4)
    nn.init.constant_(decoder.body.exit.bias, 80.0)  # exp(80) would be 5e34
    assert decoder(torch.zeros(1, 4, 8)).abs().max() < 1e4
