"""Mechanics of the published diffusion baselines, mbd and ladiff, with random weights."""

from dataclasses import replace
from pathlib import Path

import pytest
import torch

from nscbench.codecs import CodecError, available
from nscbench.codecs.bitstream import BitstreamError, check_weights, header_for
from nscbench.codecs.coding.tokens import whole_frames
from nscbench.codecs.networks.bands import MATCHED_BANDS, band_deviations
from nscbench.codecs.networks.codec import CodecConfig
from nscbench.codecs.networks.ladiff import LadiffDecoder
from nscbench.codecs.networks.mbd import MultiBandDecoder
from nscbench.codecs.neural.diffusion_codec import DiffusionCodec
from nscbench.codecs.neural.ladiff import Ladiff
from nscbench.codecs.neural.mbd import Mbd
from nscbench.codecs.noise import Noise
from nscbench.codecs.processes.paths import Process
from nscbench.codecs.processes.samplers import DrawNext, Evaluate, Sampler
from nscbench.codecs.training.baselines import configure_ladiff, configure_mbd
from nscbench.codecs.training.presets import ladiff_autoencoder
from nscbench.codecs.weights.parts import GAN
from support.tiny_decoders import tiny_ladiff, tiny_mbd, write_autoencoder, write_baseline
from support.tiny_weights import write_weights

NAMES = ("mbd", "ladiff")


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("weights")


@pytest.fixture(scope="module")
def ends(folder: Path) -> dict[str, str]:
    return {
        "gan": write_weights(folder, "gan"),
        "ladiff-autoencoder": write_autoencoder(folder),
    }


@pytest.fixture(scope="module")
def codecs(folder: Path, ends: dict[str, str]) -> dict[str, DiffusionCodec]:
    """Both at 3 kbps and two evaluations."""
    return {
        "mbd": Mbd(
            nfe=2, weights=write_baseline(folder, tiny_mbd(ends)), front_weights=ends["gan"]
        ),
        "ladiff": Ladiff(
            nfe=2,
            weights=write_baseline(folder, tiny_ladiff(ends)),
            front_weights=ends["gan"],
            back_weights=ends["ladiff-autoencoder"],
        ),
    }


def noise(*shape: int, seed: int = 0) -> torch.Tensor:
    return torch.randn(shape, generator=torch.Generator().manual_seed(seed))


def signals(*lengths: int) -> list[torch.Tensor]:
    return [0.1 * noise(length, seed=seed) for seed, length in enumerate(lengths)]


def test_both_are_registered_and_named() -> None:
    assert available()["mbd"] is Mbd
    assert available()["ladiff"] is Ladiff
    assert Mbd().condition == "mbd-3"
    assert Mbd(kbps=1.5, nfe=4, sampler="euler").condition == "mbd-1.5-nfe4-samplereuler"
    assert Ladiff(sampler="halfway").condition == "ladiff-3-samplerhalfway"


def test_missing_weights_are_named(monkeypatch: pytest.MonkeyPatch, folder: Path) -> None:
    monkeypatch.setattr("nscbench.codecs.weights.pretrained.FOLDER", folder)
    write_weights(folder, "gan")
    (folder / "gan-0.safetensors").rename(folder / "gan.safetensors")
    assert "nscbench train mbd" in Mbd.unavailable()
    assert "nscbench train ladiff-autoencoder" in Ladiff.unavailable()
    write_autoencoder(folder)
    (folder / "ladiff-autoencoder-0.safetensors").rename(folder / "ladiff-autoencoder.safetensors")
    assert "nscbench train ladiff`" in Ladiff.unavailable()


@pytest.mark.parametrize("name", NAMES)
def test_batch_gives_the_bits_of_its_items(codecs: dict[str, DiffusionCodec], name: str) -> None:
    codec = codecs[name]
    together = codec.encode(signals(5_000, 0, 3_111))
    assert together == [codec.encode([signal])[0] for signal in signals(5_000, 0, 3_111)]
    decoded = codec.decode(together, Noise([1, 2, 3]))
    for seed, payload, signal in zip((1, 2, 3), together, decoded, strict=True):
        assert torch.equal(codec.decode([payload], Noise([seed]))[0], signal)
    other = codec.decode(together, Noise([4, 5, 6]))
    assert not torch.equal(other[0], decoded[0])


@pytest.mark.parametrize("name", NAMES)
def test_lengths_and_rates(codecs: dict[str, DiffusionCodec], name: str) -> None:
    codec = codecs[name]
    lengths = (1, 160, 641, 3_999)
    payloads = codec.encode(signals(*lengths))
    for length, decoded in zip(lengths, codec.decode(payloads, Noise([0] * 4)), strict=True):
        assert length <= len(decoded) < length + 1_600
        assert decoded.isfinite().all()
        assert decoded.dtype == torch.float32
    for kbps in (1.5, 3.0):
        (second,) = replace(codec, kbps=kbps).encode(signals(16_000))
        assert 8 * len(second) == pytest.approx(1_000 * kbps, abs=8)


@pytest.mark.parametrize("name", NAMES)
def test_items_rendered_together_are_those_rendered_alone(
    codecs: dict[str, DiffusionCodec], name: str
) -> None:
    codec = codecs[name]
    indices = [codec.tokenize(whole_frames(x, 320)) for x in signals(5_000, 640, 3_111)]
    with torch.inference_mode():
        together = codec.render_together(indices, [*map(Noise([1, 2, 3]).drawing, range(3))])
        noise = Noise([1, 2, 3])
        for item, (own, made) in enumerate(zip(indices, together, strict=True)):
            alone = codec.render(own, noise.drawing(item))
            torch.testing.assert_close(made, alone, atol=1e-4, rtol=0)


def test_both_send_what_the_baseline_sends(codecs: dict[str, DiffusionCodec]) -> None:
    payloads = [codecs[name].encode(signals(3_200)) for name in NAMES]
    assert payloads[0] == payloads[1]


@pytest.mark.parametrize(
    ("name", "sampler"),
    [("mbd", "euler"), ("mbd", "dpmpp"), ("ladiff", "halfway"), ("ladiff", "ancestral")],
)
def test_samplers_are_operating_points(
    codecs: dict[str, DiffusionCodec], name: str, sampler: str
) -> None:
    codec = codecs[name]
    (payload,) = codec.encode(signals(640))
    (default,) = codec.decode([payload], Noise([1]))
    (other,) = replace(codec, sampler=sampler).decode([payload], Noise([1]))
    assert other.isfinite().all()
    assert not torch.equal(default, other)


@pytest.mark.parametrize(
    ("wrong", "message"),
    [
        ((Mbd, {"sampler": "infilling"}), "ancestral, fast, euler, midpoint, dpmpp"),
        ((Mbd, {"nfe": 3}), "1, 2, 4, 6, 10, 20, 25, 50"),
        ((Ladiff, {"sampler": "heun"}), "infilling, halfway, ancestral"),
        ((Ladiff, {"kbps": 6}), "1.5, 3"),
    ],
)
def test_settings_that_cannot_be_are_refused(
    wrong: tuple[type[DiffusionCodec], dict[str, object]], message: str
) -> None:
    with pytest.raises(CodecError, match=message):
        wrong[0](**wrong[1])  # type: ignore[arg-type]


def test_streams_of_other_weights_are_refused(
    codecs: dict[str, DiffusionCodec], tmp_path: Path, ends: dict[str, str]
) -> None:
    """By the fingerprint in the stream; and a decoder refuses an autoencoder of another seed."""
    codec = codecs["ladiff"]
    foreign = replace(codec, back_weights=write_autoencoder(tmp_path, seed=1))
    with pytest.raises(BitstreamError, match=foreign.fingerprint[:16]):
        check_weights(header_for(codec, 100), foreign)
    with pytest.raises(CodecError, match="trained on other weights"):
        foreign.decode(foreign.encode(signals(640)), Noise([0]))
    swapped = replace(codecs["mbd"], weights=codec.weights)
    with pytest.raises(CodecError, match="component 'ladiff'; needed is 'mbd'"):
        swapped.decode(swapped.encode(signals(640)), Noise([0]))


def test_bands_of_mbd_have_the_energies_that_the_baseline_decodes(
    ends: dict[str, str], tmp_path: Path
) -> None:
    plain = write_baseline(tmp_path, replace(tiny_mbd(ends), voiced=False))
    codec = Mbd(nfe=2, weights=plain, front_weights=ends["gan"])
    (payload,) = codec.encode(signals(6_400))
    torch.manual_seed(0)
    (made,) = codec.decode([payload], Noise([0]))
    decoded = codec.network(GAN).decode(codec._read(payload)[None], torch.randn)
    own, wanted = (
        band_deviations(x, MATCHED_BANDS, 16_000) for x in (made[None], decoded.clamp(-1, 1))
    )
    torch.testing.assert_close(own, wanted, atol=0, rtol=0.2)


def speech_colored(samples: int, seed: int = 0) -> torch.Tensor:
    """Noise [1, 1, samples] that falls by 6 dB an octave from about 300 Hz."""
    spectrum = torch.fft.rfft(0.1 * noise(1, 1, samples, seed=seed))
    bins = torch.arange(spectrum.shape[-1]) * 16_000 / samples
    return torch.fft.irfft(spectrum / (1 + bins / 300), samples)


def test_equalized_bands_are_undone(ends: dict[str, str]) -> None:
    decoder = MultiBandDecoder(replace(tiny_mbd(ends), voiced=False))
    wave = speech_colored(6_400)
    decoder.measure(noise(1, 8, 20), wave)
    bands = decoder.scaling.standardize(wave)
    assert bands.shape == (1, 4, 6_400)
    torch.testing.assert_close(decoder.scaling.restore(bands), wave, atol=1e-6, rtol=1e-4)


def test_equalizer_follows_the_paper_s_formula(ends: dict[str, str]) -> None:
    """(noise / data) ** rho in every band: with rho 1, the bands have the energy of noise."""
    powers = (1.0, 1.0, 0.5, 0.5)
    config = replace(tiny_mbd(ends), voiced=False, equalizer_powers=powers)
    decoder = MultiBandDecoder(config)
    wave = speech_colored(160_000)
    decoder.measure(noise(1, 8, 500), wave)
    bands = decoder.scaling.standardize(wave).squeeze(0)
    own = bands.square().mean(dim=1).sqrt()  # in units of the noise's
    torch.testing.assert_close(own[:2], torch.ones(2), atol=0, rtol=0.15)
    # rho of a half: the geometric mean of before and after
    plain = band_deviations(wave.flatten()[None] / wave.std(), 4, 16_000)[0]
    full = band_deviations(noise(4, 160_000), 4, 16_000).square().mean(dim=0).sqrt()
    torch.testing.assert_close(own[2:], (plain / full)[2:].sqrt(), atol=0, rtol=0.15)


def test_models_of_bands_see_the_excitation(ends: dict[str, str]) -> None:
    """Without noise at the start, two excitations make two signals; a plain decoder sees none."""
    torch.manual_seed(0)
    voiced = MultiBandDecoder(tiny_mbd(ends)).eval()
    plain = MultiBandDecoder(replace(tiny_mbd(ends), voiced=False)).eval()
    condition = noise(1, 8, 20)

    def made(decoder: MultiBandDecoder, seed: int) -> torch.Tensor:
        guide = decoder.guide(condition, lambda shape: noise(*shape, seed=seed))
        return decoder.predict(torch.zeros(1, 4, 6_400), torch.tensor([0.5]), guide)

    with torch.inference_mode():
        assert not torch.allclose(made(voiced, 0), made(voiced, 1), atol=1e-3)
        assert torch.equal(made(plain, 0), made(plain, 1))


def test_noise_and_prediction_stay_in_their_bands(ends: dict[str, str]) -> None:
    decoder = MultiBandDecoder(tiny_mbd(ends)).eval()
    shaped = decoder.scaling.noise(noise(16, 4, 16_000))
    torch.testing.assert_close(shaped.std(dim=(0, 2)), torch.ones(4), atol=0.02, rtol=0)
    with torch.no_grad():
        made = decoder.predict(
            shaped[:1], torch.tensor([0.5]), decoder.guide(noise(1, 8, 50), torch.zeros)
        )
    for signals in (shaped[:1], made):
        inside = band_deviations(signals[0], 4, 16_000)  # [models, bands]
        assert torch.equal(inside.argmax(dim=1), torch.arange(4))
        far = torch.tensor([[False] * 2 + [True] * 2, [False] * 3 + [True]])
        assert inside[:2][far].max() < 1e-5


def test_small_sizes() -> None:
    """About as large as the cells: at most three millions."""
    config = CodecConfig()
    autoencoder = ladiff_autoencoder("small")
    decoders = [
        MultiBandDecoder(configure_mbd(config, "small")),
        LadiffDecoder(configure_ladiff(config, autoencoder.config, "small")),
    ]
    for decoder in decoders:
        assert 2e6 < sum(p.numel() for p in decoder.parameters()) < 3e6


def test_rates_that_do_not_meet_are_refused() -> None:
    autoencoder = replace(ladiff_autoencoder("small").config, hop=80)
    with pytest.raises(CodecError, match="does not meet hop 80 at 16000 Hz"):
        configure_ladiff(CodecConfig(), autoencoder, "small")


def test_guess_is_what_the_midway_samplers_start_from(
    ends: dict[str, str],
) -> None:
    """A sampler that returns its first draw gives the anchor, in the latent's own units."""

    def first(denoise: Evaluate, process: Process, nfe: int, draw: DrawNext) -> torch.Tensor:
        return draw()

    torch.manual_seed(0)
    decoder = LadiffDecoder(tiny_ladiff(ends)).eval()
    assert decoder.anchor.to_anchor is not None
    torch.nn.init.normal_(decoder.anchor.to_anchor.weight)
    condition, latent = noise(4, 8, 5), 3 + 2 * noise(4, 8, 10)
    decoder.measure(condition, latent)
    assert float(decoder.scaling.standardize(latent).std()) == pytest.approx(1, abs=0.02)
    guide = decoder.guide(condition, torch.zeros)
    assert torch.equal(decoder.anchor.residual(latent, guide), latent)

    def drawn(from_guess: bool) -> torch.Tensor:
        sampler = Sampler("first", first, from_guess=from_guess)
        made = decoder.sample(condition, sampler, 1, lambda shape: noise(*shape))
        return decoder.scaling.standardize(made)

    torch.testing.assert_close(drawn(False), noise(4, 8, 10), atol=1e-5, rtol=1e-5)
    torch.testing.assert_close(drawn(True), guide.anchor, atol=1e-5, rtol=1e-5)


@pytest.mark.parametrize(
    ("name", "sampler"), [("ladiff", "infilling"), ("ladiff", "halfway"), ("mbd", "ancestral")]
)
def test_temperature_is_a_factor_on_noise_and_not_on_the_guess(
    codecs: dict[str, DiffusionCodec], name: str, sampler: str
) -> None:
    codec = replace(codecs[name], sampler=sampler, nfe=4)
    indices = codec.tokenize(torch.zeros(1, 640))

    def made(temperature: float, factor: float) -> torch.Tensor:
        random = torch.Generator().manual_seed(0)
        cooled = replace(codec, temperature=temperature)

        def draw(shape: tuple[int, ...]) -> torch.Tensor:
            own = len(shape) == 3  # noise of the process; an excitation's has no channels
            return (factor if own else 1) * torch.randn(shape, generator=random)

        return cooled.render(indices, draw)

    with torch.inference_mode():
        torch.testing.assert_close(made(0.4, 1.0), made(1.0, 0.4))
        assert not torch.allclose(made(0.4, 1.0), made(1.0, 1.0))
