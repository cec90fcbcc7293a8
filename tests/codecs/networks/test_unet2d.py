"""Mish, as inference computes it."""

import torch
from torch import nn

from nscbench.codecs.networks.unet2d import Mish


def test_mish_in_inference_is_mish() -> None:
    x = torch.cat([torch.linspace(-100, 200, 30_001), torch.tensor([-1e30, 1e30])])
    expected = nn.functional.mish(x)
    assert torch.equal(Mish()(x), expected)
    with torch.no_grad():
        made = Mish()(x.clone())
    torch.testing.assert_close(made, expected, atol=2e-6, rtol=1e-6)
