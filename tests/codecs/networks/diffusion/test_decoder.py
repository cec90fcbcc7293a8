"""Sampling: exact with a perfect denoiser, without a look at what the device computes."""

from dataclasses import replace

import pytest
import torch
from torch import nn

from nscbench.codecs.networks.diffusion import DiffusionConfig, DiffusionDecoder
from nscbench.codecs.processes.midway import infilling
from nscbench.codecs.processes.samplers import SAMPLERS
from support.tiny_diffusion import DECODERS, DIFFUSION, FRAMES, LEVELLED


def test_midway_samplers_need_a_guess() -> None:
    config = replace(LEVELLED, levelled=False)
    with pytest.raises(ValueError, match="infilling starts from a guess"):
        DiffusionDecoder(config).sample(torch.zeros(1, 4, 3), infilling, 2, torch.randn)


def test_tensors_of_older_files_find_their_place() -> None:
    """Files that were written before scaling and anchor were modules of their own."""
    decoder, other = DiffusionDecoder(DIFFUSION), DiffusionDecoder(DIFFUSION)
    decoder.anchor.spread.fill_(0.5)
    decoder.scaling.output_mean.fill_(3)
    older = {
        name.removeprefix("scaling.").removeprefix("anchor."): tensor
        for name, tensor in decoder.state_dict().items()
    }
    assert {"output_mean", "spread", "to_anchor.weight"} <= older.keys()
    assert other.load_state_dict(older) is not None
    for name, tensor in other.state_dict().items():
        assert torch.equal(tensor, decoder.state_dict()[name]), name


def test_regression_needs_an_anchor() -> None:
    config = DiffusionConfig("mel", "wav", 4, 1, "flow", "patch-wave", 8, depth=1, features=4)
    with pytest.raises(ValueError, match="no first guess"):
        DiffusionDecoder(config).regress(torch.zeros(1, 4, 3), torch.zeros)


def test_perfect_denoiser_is_sampled_back() -> None:
    """A denoiser that knows the noise free output returns it, with every sampler."""
    torch.manual_seed(0)
    decoder = DiffusionDecoder(DIFFUSION)
    condition, wanted = torch.randn(2, 1, 8, 6)
    decoder.measure(condition, wanted)
    process = decoder.process
    wanted = decoder.scaling.standardize(wanted)

    class Oracle(nn.Module):
        def prepare(self, features):
            return features

        def forward(self, x, t, anchor, prepared, lengths=None):
            level = process.level(float(t[0]))
            return (x - level.alpha * (wanted - anchor) / decoder.anchor.spread) / level.sigma

    decoder.denoiser = Oracle()  # type: ignore[assignment]
    generator = torch.Generator().manual_seed(0)
    for name, nfe in (("ancestral", 4), ("dpmpp", 4), ("euler", 200), ("midpoint", 100)):
        made = decoder.sample(
            condition, SAMPLERS[name], nfe, lambda shape: torch.randn(shape, generator=generator)
        )
        torch.testing.assert_close(decoder.scaling.standardize(made), wanted, atol=0.05, rtol=0)


@pytest.mark.parametrize(
    ("denoiser", "sampler"),
    [
        (denoiser, sampler)
        for denoiser in DECODERS
        for sampler in SAMPLERS
        if sampler != "fast" or denoiser == "diffwave"
    ],
)
def test_sampling_looks_at_nothing_that_the_device_computes(denoiser: str, sampler: str) -> None:
    """Meta tensors have no values: whatever would wait for one, fails on them."""
    config = DECODERS[denoiser]
    decoder = DiffusionDecoder(config).to("meta").eval()
    condition = torch.empty(1, config.condition_channels, FRAMES, device="meta")
    with torch.no_grad():
        made = decoder.sample(
            condition, SAMPLERS[sampler], 6 if sampler == "fast" else 4, torch.randn
        )
    assert made.is_meta
    with pytest.raises(RuntimeError):
        float(made.sum())


@pytest.mark.gpu
@pytest.mark.skipif(not torch.cuda.is_available(), reason="needs a CUDA device")
@pytest.mark.parametrize("denoiser", DECODERS)
def test_sampling_never_waits_for_a_gpu(denoiser: str) -> None:
    config = DECODERS[denoiser]
    decoder = DiffusionDecoder(config).cuda().eval()
    condition = torch.randn(1, config.condition_channels, FRAMES, device="cuda")
    with torch.no_grad():
        decoder.sample(condition, SAMPLERS["ancestral"], 2, torch.randn)  # libraries start here
        torch.cuda.set_sync_debug_mode("error")
        try:
            made = decoder.sample(condition, SAMPLERS["ancestral"], 6, torch.randn)
        finally:
            torch.cuda.set_sync_debug_mode("default")
    assert bool(made.isfinite().all())
