"""Principal components of features whose covariance is known."""

import torch

from nscbench.codecs.networks.principal import principal_components


def test_axes_of_known_variance_are_found() -> None:
    generator = torch.Generator().manual_seed(1)
    sizes = torch.tensor([3.0, 0.1, 1.0])[:, None]
    mean, components, variances = principal_components(
        lambda: 5 + sizes * torch.randn(8, 3, 500, generator=generator), 2
    )
    torch.testing.assert_close(mean.float(), torch.full((3,), 5.0), rtol=0.02, atol=0)
    torch.testing.assert_close(variances.float(), torch.tensor([1.0, 9.0]), rtol=0.05, atol=0)
    expected = torch.tensor([[0.0, 0.0, 1.0], [1.0, 0.0, 0.0]])
    torch.testing.assert_close(components.abs().float(), expected, rtol=0, atol=0.02)


def test_components_have_unit_length_and_are_orthogonal() -> None:
    generator = torch.Generator().manual_seed(1)
    mix = torch.randn(6, 4, generator=generator)
    _, components, _ = principal_components(
        lambda: torch.einsum("bkt,ck->bct", torch.randn(2, 4, 100, generator=generator), mix), 4
    )
    torch.testing.assert_close(components @ components.T, torch.eye(4, dtype=torch.float64))
