"""The published U-net of Multi-Band Diffusion."""

import pytest
import torch

from nscbench.codecs.networks.wave_unet import MultiBandUNet, WaveUNet
from nscbench.codecs.training.baselines import MBD_SIZES


def noise(*shape: int, seed: int = 0) -> torch.Tensor:
    return torch.randn(shape, generator=torch.Generator().manual_seed(seed))


def test_no_band_sees_another() -> None:
    torch.manual_seed(0)
    network = MultiBandUNet(4, 6, (8, 8, 12), (20, 4, 4))
    x, prepared = noise(1, 4, 640), network.prepare(noise(1, 6, 2))
    t = torch.tensor([0.5])
    base = network(x, t, None, prepared)
    assert base.shape == x.shape
    changed = x.clone()
    changed[:, 2] += 1
    same = [
        torch.equal(a, b)
        for a, b in zip(base[0], network(changed, t, None, prepared)[0], strict=True)
    ]
    assert same == [True, True, False, True]
    assert not torch.allclose(base, network(x, t + 0.1, None, prepared))
    assert not torch.allclose(base, network(x, t, None, prepared + 1))


def test_published_u_net() -> None:
    """165.6 M parameters were counted on the published code, 4.08 M of them in tables of time."""
    with torch.device("meta"):
        network = WaveUNet(128, [48 * m for m in MBD_SIZES["paper"]["multipliers"]], (4, 4, 4, 4))
    timed = sum(p.numel() for part in (network.time, network.times) for p in part.parameters())
    total = sum(p.numel() for p in network.parameters())
    tables = 1000 * (48 + 192 + 768 + 3072)
    assert (total - timed + tables) / 1e6 == pytest.approx(165.6, abs=0.05)


def test_u_net_takes_signals_that_its_strides_do_not_divide() -> None:
    network = WaveUNet(6, (8, 8), (4, 4))
    out = network(noise(2, 1, 650), torch.tensor([0.1, 0.9]), None, network.prepare(noise(2, 6, 2)))
    assert out.shape == (2, 1, 650)
    with pytest.raises(ValueError, match="even stride"):
        WaveUNet(6, (8, 8), (4, 5))
