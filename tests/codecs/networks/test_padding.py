"""Padded batches: no layer's, denoiser's or decoder's result depends on what lies behind a signal.

signal 0   ########
signal 1   #####...    behind it: anything at all
"""

import pytest
import torch
from torch import Tensor, nn

from nscbench.codecs.networks import denoiser
from nscbench.codecs.networks.denoiser import LinearAttention
from nscbench.codecs.networks.diffusion import DiffusionDecoder
from nscbench.codecs.networks.padding import GroupNorm, cleared, every, inside_of, over_rows, stack
from nscbench.codecs.processes.samplers import SAMPLERS, Sampler
from support.tiny_diffusion import DECODERS, HOP, denoisers

LENGTHS = (8, 5)


def test_stacked_signals_end_in_zeros() -> None:
    both = stack([torch.ones(1, 2, 3), torch.ones(1, 2, 1)])
    assert both.tolist() == [[[1, 1, 1]] * 2, [[1, 0, 0]] * 2]


def test_inside_is_told_at_every_rate_and_over_rows() -> None:
    inside = inside_of(torch.tensor([4, 2]), 6)
    assert inside is not None
    assert inside.int().tolist() == [[1, 1, 1, 1, 0, 0], [1, 1, 0, 0, 0, 0]]
    assert every(inside, 2).int().tolist() == [[1, 1, 0], [1, 0, 0]]  # type: ignore[union-attr]
    assert over_rows(every(inside, 2), 2).int().tolist()[1] == [1, 0, 0, 1, 0, 0]  # type: ignore[union-attr]
    assert inside_of(None, 6) is every(None, 2) is over_rows(None, 2) is None


def test_without_padding_nothing_is_touched() -> None:
    x = torch.randn(2, 3, 8)
    assert cleared(x, None) is x
    norm = GroupNorm(1, 3)
    assert torch.equal(norm(x), nn.GroupNorm(1, 3)(x))


@pytest.mark.parametrize("shape", [(2, 8, 8), (2, 8, 3, 8)])
def test_normalization_counts_the_signal_alone(shape: tuple[int, ...]) -> None:
    torch.manual_seed(0)
    norm, x = GroupNorm(4, 8), 3 + torch.randn(shape)
    nn.init.normal_(norm.weight)
    nn.init.normal_(norm.bias)
    made = norm(x, inside_of(torch.tensor(LENGTHS), 8))
    for i, length in enumerate(LENGTHS):
        alone = norm(x[i : i + 1, ..., :length])
        torch.testing.assert_close(made[i : i + 1, ..., :length], alone, atol=1e-6, rtol=1e-5)


@pytest.mark.parametrize("few", [0, 10**9])
def test_attention_looks_at_the_signal_alone(few: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(denoiser, "FEW", few)
    torch.manual_seed(0)
    attention, x = LinearAttention(8, heads=2, dim=4), torch.randn(2, 8, 8)
    nn.init.ones_(attention.scale)
    made = attention(x, inside_of(torch.tensor(LENGTHS), 8))
    for i, length in enumerate(LENGTHS):
        alone = attention(x[i : i + 1, :, :length])
        torch.testing.assert_close(made[i : i + 1, :, :length], alone, atol=1e-6, rtol=1e-5)


@pytest.mark.parametrize("inference", [False, True])
@pytest.mark.parametrize(
    ("name", "anchored"),
    [(n, a) for n in ("diffwave", "patch-wave", "unet1d") for a in (False, True)]
    + [("unet2d", True)],
)
def test_a_denoiser_predicts_of_a_signal_what_it_predicts_of_it_alone(
    name: str, anchored: bool, inference: bool
) -> None:
    """Signals of 5, 4 and 1 frames: neither of the last two is whole in a U-Net's coarsest step."""
    network, (_, channels, _) = denoisers(anchored)[name]
    rate = HOP if name in ("diffwave", "patch-wave") else 1
    frames = (5, 4, 1)
    torch.manual_seed(0)
    signals = [torch.randn(1, channels, n * rate) for n in frames]
    anchors = [torch.randn(1, channels, n * rate) if anchored else None for n in frames]
    t = torch.tensor([0.3])
    with torch.inference_mode(inference):
        prepared = [network.prepare(torch.randn(1, 6, n)) for n in frames]
        made = network(
            stack(signals),
            t.expand(3),
            stack([a for a in anchors if a is not None]) if anchored else None,
            network.merge(prepared),
            torch.tensor([n * rate for n in frames]),
        )
        for own, x, anchor, told in zip(made, signals, anchors, prepared, strict=True):
            alone, length = network(x, t, anchor, told)[0], x.shape[-1]
            torch.testing.assert_close(own[:, :length], alone, atol=1e-5, rtol=1e-4)
            assert not own[:, length:].any()


def decoder_of(name: str) -> DiffusionDecoder:
    torch.manual_seed(0)
    decoder = DiffusionDecoder(DECODERS[name]).eval()
    for parameter in decoder.parameters():
        if not parameter.any():
            nn.init.normal_(parameter, std=0.1)
    return decoder


def drawing(seed: int):
    generator = torch.Generator().manual_seed(seed)
    return lambda shape: torch.randn(shape, generator=generator)


def same_but_for_rounding(one: Tensor, other: Tensor) -> None:
    """Steps mix all samples of a signal: its largest say how far a small one is rounded."""
    largest = other.abs().max().item()
    torch.testing.assert_close(one, other, atol=1e-5 * largest, rtol=0)


@pytest.mark.parametrize("sampler", [s for name, s in SAMPLERS.items() if name != "fast"])
@pytest.mark.parametrize("name", DECODERS)
def test_a_decoder_samples_together_what_it_samples_alone(name: str, sampler: Sampler) -> None:
    decoder = decoder_of(name)
    channels, frames = DECODERS[name].condition_channels, (7, 3, 4, 7)
    conditions = [torch.randn(1, channels, n) for n in frames]
    with torch.inference_mode():
        together = decoder.sample_together(conditions, sampler, 4, [*map(drawing, range(4))])
        for seed, (made, condition) in enumerate(zip(together, conditions, strict=True)):
            same_but_for_rounding(made, decoder.sample(condition, sampler, 4, drawing(seed)))


@pytest.mark.parametrize("name", DECODERS)
def test_company_changes_a_sample_by_rounding_only(name: str) -> None:
    """The same signal beside a longer and beside a shorter one."""
    decoder = decoder_of(name)
    own, *others = (torch.randn(1, DECODERS[name].condition_channels, n) for n in (4, 9, 2))

    def beside(other: Tensor) -> Tensor:
        draws = [drawing(0), drawing(1)]
        return decoder.sample_together([own, other], SAMPLERS["ancestral"], 4, draws)[0]

    with torch.inference_mode():
        first, second = map(beside, others)
    same_but_for_rounding(first, second)
