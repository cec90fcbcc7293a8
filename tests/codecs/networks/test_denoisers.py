"""Denoisers: sizes against the published ones, shapes, and what may and may not reach what."""

import math
from dataclasses import replace

import pytest
import torch
from torch import nn

from nscbench.codecs.networks import blockwise, denoiser, diffwave
from nscbench.codecs.networks.denoiser import FEW, Denoiser, LinearAttention, TimeEmbedding
from nscbench.codecs.networks.diffusion import DiffusionConfig, DiffusionDecoder, Guide
from nscbench.codecs.networks.diffwave import DiffWave, StepEmbedding
from nscbench.codecs.networks.patch_wave import PatchWave
from nscbench.codecs.networks.unet1d import UNet1d
from nscbench.codecs.networks.unet2d import Mish, UNet2d
from nscbench.codecs.processes.midway import infilling
from nscbench.codecs.processes.samplers import SAMPLERS
from nscbench.codecs.training.cells import DENOISERS
from nscbench.codecs.training.diffusion import level_loss

HOP, FRAMES = 40, 5


def parameters(network: nn.Module) -> float:
    """In millions."""
    return sum(p.numel() for p in network.parameters()) / 1e6


def test_published_sizes() -> None:
    """The published code of DiffWave and Grad-TTS, instantiated and counted."""
    assert parameters(DiffWave(80, (16, 16), 64, 30, False)) == pytest.approx(2.62, abs=0.005)
    assert parameters(DiffWave(128, (16, 16), 64, 30, False)) == pytest.approx(2.80, abs=0.005)
    assert parameters(UNet2d(80, 64, (1, 2, 4))) == pytest.approx(7.63, abs=0.006)
    assert parameters(UNet2d(80, 128, (1, 2, 4))) == pytest.approx(29.6, abs=0.05)


@pytest.mark.parametrize("output", ["wav", "mel", "lat"])
def test_small_decoders_are_about_equally_large(output) -> None:
    channels = {"wav": 1, "mel": 80, "lat": 64}[output]
    config = DiffusionConfig("lat", output, 64, channels, **DENOISERS["small"][output])
    assert 2.2 < parameters(DiffusionDecoder(config)) < 3.0


def denoisers(anchored: bool) -> dict[str, tuple[Denoiser, tuple[int, ...]]]:
    """Tiny ones without a layer at zero, and the shape of their signals."""
    torch.manual_seed(0)
    made: dict[str, tuple[Denoiser, tuple[int, ...]]] = {
        "diffwave": (DiffWave(6, (4, 10), 4, 3, anchored), (2, 1, HOP * FRAMES)),
        "patch-wave": (PatchWave(6, HOP, 20, 8, 2, anchored), (2, 1, HOP * FRAMES)),
        "unet1d": (UNet1d(3, 6, 16, (1, 2), anchored), (2, 3, FRAMES)),
    }
    if anchored:
        made["unet2d"] = UNet2d(8, 8, (1, 2)), (2, 8, FRAMES)
    for network, _ in made.values():
        for parameter in network.parameters():
            if not parameter.any():
                nn.init.normal_(parameter, std=0.3)
    return made


@pytest.mark.parametrize(
    ("name", "anchored"),
    [(n, a) for n in ("diffwave", "patch-wave", "unet1d") for a in (False, True)]
    + [("unet2d", True)],
)
def test_prediction_depends_on_all_that_is_given(name: str, anchored: bool) -> None:
    network, shape = denoisers(anchored)[name]
    x, features = torch.randn(shape), torch.randn(2, 6, FRAMES)
    anchor = torch.randn(shape) if anchored else None
    t = torch.tensor([0.3, 0.6])
    base = network(x, t, anchor, network.prepare(features))
    assert base.shape == shape
    assert not torch.allclose(base, network(x, t + 0.2, anchor, network.prepare(features)))
    assert not torch.allclose(base, network(x + 1, t, anchor, network.prepare(features)))
    if anchor is not None:
        other = network(x, t, anchor + torch.randn(shape), network.prepare(features))
        assert not torch.allclose(base, other)
    if name != "unet2d":  # sees the condition through the anchor alone
        assert not torch.allclose(base, network(x, t, anchor, network.prepare(features + 1)))
    one = network(x[:1], t[:1], anchor[:1] if anchored else None, network.prepare(features[:1]))
    torch.testing.assert_close(one, base[:1], atol=1e-5, rtol=1e-4)


@pytest.mark.parametrize("anchored", [False, True])
@pytest.mark.parametrize("layers_held", [0, 2, 3])
def test_diffwave_infers_block_by_block_what_its_layers_make(
    monkeypatch: pytest.MonkeyPatch, anchored: bool, layers_held: int
) -> None:
    network, shape = denoisers(anchored)["diffwave"]
    for i, layer in enumerate(network.layers):
        layer.dilated.dilation, layer.dilated.padding = (90**i,), (90**i,)  # 1, 90, 8100 samples
    samples, width = shape[2], 2 * 4
    x, features = torch.randn(shape), torch.randn(2, 6, FRAMES)
    anchor = torch.randn(shape) if anchored else None
    t = torch.tensor([0.3, 0.6])
    expected = network(x, t, anchor, network.prepare(features))
    monkeypatch.setattr(diffwave, "HELD", 4 * len(x) * width * samples * layers_held)
    monkeypatch.setattr(blockwise, "BLOCK", 4 * 64)
    with torch.no_grad():
        prepared = network.prepare(features)
        made = network(x, t, anchor, prepared)
        alone = network(x[1:], t[1:], anchor[1:] if anchored else None, prepared[1:])
    assert prepared.shape == (2, 6 + layers_held * width, samples)
    torch.testing.assert_close(made, expected, atol=1e-4, rtol=0)
    assert torch.equal(made[1:], alone)


def test_diffwave_s_layers_take_projections_that_are_held() -> None:
    """As they do on a GPU, where nothing runs block by block."""
    network, shape = denoisers(False)["diffwave"]
    x, features, t = torch.randn(shape), torch.randn(2, 6, FRAMES), torch.tensor([0.3, 0.6])
    with torch.no_grad():
        held = network.prepare(features)
    assert held.shape[1] > 6
    expected = network(x, t, None, network.prepare(features))
    torch.testing.assert_close(network(x, t, None, held), expected, atol=1e-5, rtol=0)


def test_impossible_sizes_are_refused() -> None:
    with pytest.raises(ValueError, match="no whole number of patches"):
        PatchWave(6, 320, 36, 8, 1, False)
    with pytest.raises(ValueError, match="do not divide by 4"):
        UNet2d(81, 8, (1, 2, 4))
    with pytest.raises(ValueError, match="conditioned by an anchor"):
        UNet2d(8, 8, (1,))(torch.zeros(1, 8, 4), torch.ones(1), None, torch.zeros(1))


def test_step_embedding_is_diffwave_s() -> None:
    """Ten to the power of 4j / 63 times the step's number; between steps, the line."""
    embedding = StepEmbedding()
    assert embedding.table.shape == (50, 128)
    assert float(embedding.table[3, 10]) == pytest.approx(math.sin(3 * 10 ** (40 / 63)), abs=1e-4)
    times = torch.tensor([0.02, 0.04, 0.03])  # steps 0, 1 and half-way
    embedding.body = nn.Identity()
    first, second, between = embedding(times)
    torch.testing.assert_close(first, embedding.table[0])
    torch.testing.assert_close(between, (first + second) / 2, atol=1e-4, rtol=0)


def test_time_embedding_is_grad_tts_s() -> None:
    embedding = TimeEmbedding(64)
    assert embedding.frequencies[0] == 1000
    assert float(embedding.frequencies[-1]) == pytest.approx(0.1)


def test_attention_starts_as_identity_and_averages_values() -> None:
    attention = LinearAttention(8, heads=2, dim=4)
    x = torch.randn(1, 8, 10)
    assert torch.equal(attention(x), x)
    nn.init.ones_(attention.scale)
    constant = torch.ones(1, 8, 10)
    out = attention(constant)
    # equal keys share the weight: every position gets the same
    torch.testing.assert_close(out, out[..., :1].expand_as(out))


@pytest.mark.parametrize("positions", [1, 2 * FEW, 8 * FEW, 8 * FEW + 1, 500])
def test_attention_is_the_same_multiplied_out(positions, monkeypatch: pytest.MonkeyPatch) -> None:
    """Values and gradients of both ways, on either side of where one takes over."""
    torch.manual_seed(0)
    attention = LinearAttention(8, heads=2, dim=4)
    nn.init.ones_(attention.scale)
    x, weights = torch.randn(2, 3, 8, positions)
    found = []
    for few in (0, 10**9, FEW):
        monkeypatch.setattr(denoiser, "FEW", few)
        y = attention(x)
        gradients = torch.autograd.grad((y * weights).sum(), list(attention.parameters()))
        found.append((y, *gradients))
    for ours, plain, chosen in zip(*found, strict=True):
        torch.testing.assert_close(ours, plain, atol=1e-5, rtol=1e-4)
        assert torch.equal(chosen, ours if positions > 8 * FEW else plain)


def test_mish_in_inference_is_mish() -> None:
    x = torch.cat([torch.linspace(-100, 200, 30_001), torch.tensor([-1e30, 1e30])])
    expected = nn.functional.mish(x)
    assert torch.equal(Mish()(x), expected)
    with torch.no_grad():
        made = Mish()(x.clone())
    torch.testing.assert_close(made, expected, atol=2e-6, rtol=1e-6)


DIFFUSION = DiffusionConfig(
    "mel", "mel", 8, 8, "mean-reverting", "unet2d", 8, multipliers=(1, 2), features=8
)


def test_decoder_standardizes_and_restores() -> None:
    decoder = DiffusionDecoder(DIFFUSION)
    data = 3 + 2 * torch.randn(4, 8, 50, generator=torch.Generator().manual_seed(0))
    decoder.measure(data, data)
    standard = decoder.scaling.standardize(data)
    assert standard.mean(dim=(0, 2)).abs().max() < 1e-5
    torch.testing.assert_close(standard.std(dim=(0, 2)), torch.ones(8))
    # untrained, the anchor of a condition of the output's own domain is the condition itself
    guide = decoder.guide(data, torch.zeros)
    torch.testing.assert_close(guide.anchor, standard)


def test_noise_is_scaled_to_what_the_anchor_leaves() -> None:
    decoder = DiffusionDecoder(DIFFUSION).eval()
    generator = torch.Generator().manual_seed(0)
    output = torch.randn(4, 8, 500, generator=generator)
    condition = output + 0.1 * torch.randn(4, 8, 500, generator=generator)
    decoder.measure(condition, output)
    guide, target = decoder.guide(condition, torch.zeros), decoder.scaling.standardize(output)
    assert float(decoder.anchor.spread.mean()) == pytest.approx(0.1, rel=0.1)
    torch.testing.assert_close(
        decoder.anchor.residual(target, guide).std(dim=(0, 2)), torch.ones(8), atol=0.02, rtol=0
    )
    decoder.train()
    worse = replace(guide, anchor=decoder.scaling.standardize(output + 5 * (condition - output)))
    for _ in range(300):  # the spread follows the anchor
        decoder.anchor.residual(target, worse)
    assert float(decoder.anchor.spread.mean()) == pytest.approx(0.5, rel=0.1)


LEVELLED = DiffusionConfig(
    "lat", "wav", 4, 1, process="flow", denoiser="patch-wave", dim=8, depth=1, hop=HOP, patch=20
)
LEVELLED = replace(LEVELLED, features=6, conditioner_dim=8, emphasis=0.95, levelled=True)


def test_emphasis_is_undone() -> None:
    decoder = DiffusionDecoder(LEVELLED)
    wave = torch.randn(2, 1, 4000, generator=torch.Generator().manual_seed(0)).cumsum(dim=2)
    decoder.measure(torch.randn(2, 4, 100), wave)
    standardized = decoder.scaling.standardize(wave)
    assert float(standardized.std()) == pytest.approx(1, abs=1e-4)
    difference = wave[..., 1:] - 0.95 * wave[..., :-1]
    expected = (difference - decoder.scaling.output_mean) / decoder.scaling.output_deviation
    torch.testing.assert_close(standardized[..., 1:], expected, atol=1e-5, rtol=1e-5)
    torch.testing.assert_close(decoder.scaling.restore(standardized), wave, atol=1e-3, rtol=1e-5)


def test_noise_follows_the_level_of_every_frame() -> None:
    decoder = DiffusionDecoder(LEVELLED).eval()
    levels = torch.tensor([-4.0, -4.0, -4.0, 1.0, 1.0, 1.0])[None, None]
    white = torch.randn(1, 1, 6 * HOP, generator=torch.Generator().manual_seed(0))
    guide = Guide(None, torch.zeros(1, 8, 12), levels)
    made = decoder.anchor.around(white, guide)
    torch.testing.assert_close(decoder.anchor.residual(made, guide), white, atol=1e-5, rtol=1e-5)
    measured = decoder.anchor.levels(made)[0, 0]
    assert measured[:2].tolist() == pytest.approx([-4, -4], abs=0.3)
    assert measured[-2:].tolist() == pytest.approx([1, 1], abs=0.3)


def test_level_is_learned_from_what_the_anchor_leaves() -> None:
    decoder = DiffusionDecoder(LEVELLED)
    target = torch.full((1, 1, 6 * HOP), math.exp(-2.0))
    exact = Guide(None, torch.zeros(1), torch.full((1, 1, 6), -2.0))
    assert float(level_loss(decoder, exact, target)["level"]) == pytest.approx(0, abs=1e-9)
    half = Guide(target / 2, torch.zeros(1), torch.full((1, 1, 6), -2.0))
    expected = math.log(2) ** 2
    assert float(level_loss(decoder, half, target)["level"]) == pytest.approx(expected, rel=1e-4)
    assert level_loss(decoder, Guide(None, torch.zeros(1)), target) == {}


def test_waveform_of_a_chain_that_leaves_signal_keeps_its_level() -> None:
    for process, level in (("diffwave", 0.1), ("flow", 1.0)):
        config = DiffusionConfig("lat", "wav", 4, 1, process, "diffwave", 4, depth=1, features=4)
        decoder = DiffusionDecoder(config)
        wave = 0.1 * torch.randn(2, 1, 3200, generator=torch.Generator().manual_seed(0))
        decoder.measure(torch.randn(2, 4, 10), wave)
        assert float(decoder.scaling.standardize(wave).std()) == pytest.approx(level, rel=0.05)


@pytest.mark.parametrize(
    ("wrong", "allowed"),
    [
        ({"denoiser": "wave-unet"}, "diffwave, patch-wave, unet1d, unet2d"),
        ({"process": "brownian"}, "diffwave, linear, cosine"),
        ({"condition": "text"}, "wav, mel, lat"),
        ({"output": "text"}, "wav, mel, lat"),
    ],
)
def test_configurations_that_cannot_be_are_refused(wrong: dict[str, str], allowed: str) -> None:
    with pytest.raises(ValueError, match=f"'{next(iter(wrong.values()))}'; there are: {allowed}"):
        replace(DIFFUSION, **wrong)


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


WAVE = DiffusionConfig("lat", "wav", 6, 1, "flow", "patch-wave", 8, depth=1, features=4)
DECODERS = {
    "unet2d": DIFFUSION,
    "patch-wave": WAVE,
    "diffwave": replace(WAVE, process="diffwave", denoiser="diffwave"),
    "unet1d": replace(
        WAVE, output="lat", channels=6, process="cosine", denoiser="unet1d", multipliers=(1, 2)
    ),
}


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
