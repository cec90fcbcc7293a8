"""Residual vector quantization: what each stage does, and that each one learns."""

import pytest
import torch

from nscbench.codecs.networks.draws import Draws
from nscbench.codecs.networks.quantizer import (
    UNQUANTIZED,
    ResidualQuantizer,
    codebook_use,
    count_indices,
    kmeans,
    nearest,
    search,
)

DIM, STAGES, ENTRIES = 4, 3, 16
CPU = torch.device("cpu")


@pytest.fixture
def random() -> torch.Generator:
    return torch.Generator().manual_seed(0)


@pytest.fixture
def quantizer(random: torch.Generator) -> ResidualQuantizer:
    network = ResidualQuantizer(DIM, STAGES, ENTRIES)
    network.initialize(torch.randn(600, DIM, generator=random), random)
    return network


def greedy(quantizer: ResidualQuantizer, latents: torch.Tensor, stages: int) -> torch.Tensor:
    """Latents [1, dim, T] as training quantizes them: by the nearest entry of every stage."""
    indices = search(latents[0].T, quantizer.codebooks[:stages], width=1)
    return quantizer.decode(indices.T[None])


def test_hand_made_codebooks() -> None:
    # stage 1 chooses among 0 and 10, stage 2 refines by 0, 1 or -1
    network = ResidualQuantizer(1, 2, 3)
    network.codebooks[0] = torch.tensor([[0.0], [10.0], [20.0]])
    network.codebooks[1] = torch.tensor([[0.0], [1.0], [-1.0]])
    latents = torch.tensor([[[0.2, 9.1, 11.4, 20.0]]])
    indices = network.encode(latents, 2)
    assert indices.tolist() == [[[0, 1, 1, 2], [0, 2, 1, 0]]]
    assert network.decode(indices).tolist() == [[[0.0, 9.0, 11.0, 20.0]]]


def test_every_stage_lowers_the_error(
    quantizer: ResidualQuantizer, random: torch.Generator
) -> None:
    latents = torch.randn(2, DIM, 200, generator=random)
    errors = [
        (quantizer.decode(quantizer.encode(latents, stages)) - latents).square().mean().item()
        for stages in (1, 2, 3)
    ]
    assert errors[0] > 1.5 * errors[1] > 2 * errors[2]


def test_commitment_gradient_reaches_every_stage(
    quantizer: ResidualQuantizer, random: torch.Generator
) -> None:
    """The share that a stage adds is the gradient of |residual|^2: twice the residual, not zero."""
    quantizer.eval()
    latents = torch.randn(1, DIM, 50, generator=random, requires_grad=True)
    gradients = []
    for stages in (1, 2, 3):
        loss = quantizer(latents, torch.tensor([stages]), Draws(random, CPU)).commitment
        gradients.append(torch.autograd.grad(loss, latents)[0])
    for stage in (1, 2):
        shorter = greedy(quantizer, latents.detach(), stage + 1)
        expected = 2 * (latents.detach() - shorter) / (DIM * 50 * STAGES)
        torch.testing.assert_close(gradients[stage] - gradients[stage - 1], expected)


def test_latents_pass_straight_through(
    quantizer: ResidualQuantizer, random: torch.Generator
) -> None:
    quantizer.eval()
    latents = torch.randn(1, DIM, 5, generator=random, requires_grad=True)
    output = quantizer(latents, torch.tensor([2]), Draws(random, CPU)).latents
    torch.testing.assert_close(output, greedy(quantizer, latents.detach(), 2))
    weights = torch.randn(1, DIM, 5, generator=random)
    (output * weights).sum().backward()
    torch.testing.assert_close(latents.grad, weights)


def test_items_use_their_own_number_of_stages(
    quantizer: ResidualQuantizer, random: torch.Generator
) -> None:
    quantizer.eval()
    latents = torch.randn(3, DIM, 20, generator=random)
    output = quantizer(latents, torch.tensor([1, 3, UNQUANTIZED]), Draws(random, CPU)).latents
    for item, stages in ((0, 1), (1, 3)):
        expected = greedy(quantizer, latents[item : item + 1], stages)
        torch.testing.assert_close(output[item : item + 1], expected)
    assert torch.equal(output[2], latents[2])


def test_training_follows_the_data(quantizer: ResidualQuantizer, random: torch.Generator) -> None:
    quantizer.train()
    shifted = [torch.randn(4, DIM, 100, generator=random) * 0.3 + 5 for _ in range(150)]

    def error() -> float:
        return (quantizer.decode(quantizer.encode(shifted[0], 3)) - shifted[0]).square().mean()

    before = error()
    for latents in shifted:
        quantizer(latents, torch.tensor([1, 2, 3, 3]), Draws(random, CPU))
    assert error() < before / 20


def test_dead_entries_are_revived(quantizer: ResidualQuantizer, random: torch.Generator) -> None:
    quantizer.train()
    quantizer.codebooks[0, 3:] = 1e3  # where no latent ever is
    quantizer.sums[0] = quantizer.codebooks[0]
    latents = torch.randn(4, DIM, 200, generator=random)
    for _ in range(400):
        quantizer(latents, torch.full((4,), STAGES), Draws(random, CPU))
    use = codebook_use(count_indices(quantizer.encode(latents, STAGES), ENTRIES))
    assert all(stage.share == 1.0 for stage in use)


def test_first_codebooks_follow_latents_that_leave_them(random: torch.Generator) -> None:
    """As an untrained encoder's do: with full credit, unused entries would stay for 300 steps."""
    network = ResidualQuantizer(DIM, 1, ENTRIES)
    network.initialize(torch.randn(600, DIM, generator=random), random)
    for _ in range(100):
        latents = 5 + torch.randn(2, DIM, 32, generator=random)
        network(latents, torch.tensor([1, 1]), Draws(random, CPU))
    used = network.encode(5 + torch.randn(1, DIM, 600, generator=random), 1).unique()
    assert len(used) > ENTRIES / 2


def test_kmeans_finds_separate_clusters(random: torch.Generator) -> None:
    centres = torch.tensor([[0.0, 0.0], [10.0, 5.0]])
    points = centres.repeat(50, 1) + 0.01 * torch.randn(100, 2, generator=random)
    found = kmeans(points, 2, random)
    torch.testing.assert_close(found[nearest(centres, found)], centres, atol=0.01, rtol=0)


def test_codebook_use_of_known_counts() -> None:
    even, single = codebook_use(torch.tensor([[5, 5, 5, 5], [9, 0, 0, 0]]))
    assert (even.share, even.entropy) == (1.0, 2.0)
    assert (single.share, single.entropy) == (0.25, 0.0)


def test_wrong_number_of_stages_is_refused(quantizer: ResidualQuantizer) -> None:
    with pytest.raises(ValueError, match="1 to 3"):
        quantizer.encode(torch.zeros(1, DIM, 2), 4)


def test_a_search_of_width_one_takes_the_nearest_entry_of_every_stage() -> None:
    generator = torch.Generator().manual_seed(0)
    vectors = torch.randn(50, 6, generator=generator)
    codebooks = torch.randn(3, 16, 6, generator=generator)
    left, expected = vectors, []
    for codebook in codebooks:
        expected.append(nearest(left, codebook))
        left = left - codebook[expected[-1]]
    assert torch.equal(search(vectors, codebooks, width=1), torch.stack(expected, dim=1))


def test_a_wide_search_finds_the_best_of_all_sums() -> None:
    generator = torch.Generator().manual_seed(1)
    vectors = torch.randn(20, 4, generator=generator)
    codebooks = torch.randn(3, 5, 4, generator=generator)
    every = torch.cartesian_prod(*[torch.arange(5)] * 3)  # [125, 3]
    sums = sum(codebooks[stage][every[:, stage]] for stage in range(3))
    best = torch.cdist(vectors, sums).argmin(dim=1)
    assert torch.equal(search(vectors, codebooks, width=125), every[best])


def test_a_wider_search_leaves_less() -> None:
    generator = torch.Generator().manual_seed(2)
    vectors = torch.randn(300, 8, generator=generator)
    codebooks = torch.randn(4, 32, 8, generator=generator) * 0.6 ** torch.arange(4)[:, None, None]

    def error(width: int) -> float:
        indices = search(vectors, codebooks, width)
        made = sum(codebooks[stage][indices[:, stage]] for stage in range(4))
        return float((vectors - made).square().mean())

    assert error(16) < error(4) < error(1)
