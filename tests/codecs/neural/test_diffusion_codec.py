"""Mechanics of the nine cells and the regression ablation, with random weights."""

import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest
import torch
from safetensors import safe_open
from safetensors.torch import load_file, save_file

from nscbench.codecs import CodecError, available, get
from nscbench.codecs.bitstream import BitstreamError, check_weights, header_for
from nscbench.codecs.coding.tokens import whole_frames
from nscbench.codecs.networks.features import LogMel, MelConfig
from nscbench.codecs.neural.diffusion_codec import DiffusionCodec, foundation
from nscbench.codecs.neural.grid import CODECS, Mel2Mel
from nscbench.codecs.neural.ladiff import Ladiff
from nscbench.codecs.neural.mbd import Mbd
from nscbench.codecs.neural.mel2mel_tuned import Mel2MelTuned
from nscbench.codecs.neural.mel2wav_plain import Mel2WavPlain
from nscbench.codecs.neural.mel_regression import MelRegression
from nscbench.codecs.noise import Noise
from nscbench.codecs.weights.parts import DIFFUSION
from support.tiny_decoders import end_settings, write_decoder, write_vocoder
from support.tiny_weights import write_weights

NFE = 2


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("weights")


@pytest.fixture(scope="module")
def ends(folder: Path) -> dict[str, str]:
    return {
        "gan": write_weights(folder, "gan"),
        "mel": write_weights(folder, "mel"),
        "vocoder": write_vocoder(folder),
    }


@pytest.fixture(scope="module")
def cells(folder: Path, ends: dict[str, str]) -> dict[str, DiffusionCodec]:
    """Every cell at 3 kbps and two evaluations."""
    made = {}
    for cls in CODECS:
        weights = write_decoder(folder, cls.front, cls.back, ends)
        made[cls.name] = cls(nfe=NFE, weights=weights, **end_settings(cls, ends))
    return made


@pytest.fixture(scope="module")
def regression(folder: Path, ends: dict[str, str]) -> MelRegression:
    weights = write_decoder(folder, Mel2Mel.front, Mel2Mel.back, ends, "regression")
    return MelRegression(weights=weights, mel=ends["mel"], vocoder=ends["vocoder"])


def signals(*lengths: int) -> list[torch.Tensor]:
    generator = torch.Generator().manual_seed(0)
    return [0.1 * torch.randn(length, generator=generator) for length in lengths]


NAMES = [a + "2" + b for a in ("mel", "lat", "wav") for b in ("wav", "mel", "lat")]


def test_the_grid_is_complete_and_registered() -> None:
    assert [cls.name for cls in CODECS] == NAMES
    for cls in CODECS:
        assert available()[cls.name] is cls
        assert cls.stochastic


def test_conditions_are_named_by_rate_and_steps(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Mel2Mel, "lacking", "")
    assert Mel2Mel().condition == "mel2mel-3"
    codec = get("mel2mel-1.5-nfe4-samplerdpmpp")
    assert codec == Mel2Mel(kbps=1.5, nfe=4, sampler="dpmpp")
    assert get(codec.condition) == codec
    assert get("mel2mel-3-precisionbfloat16") == Mel2Mel(precision="bfloat16")


@pytest.mark.parametrize("name", NAMES)
def test_half_precision_decodes_the_same_bytes_almost_alike(
    cells: dict[str, DiffusionCodec], name: str
) -> None:
    codec, batch = cells[name], signals(3_111)
    half = replace(codec, precision="bfloat16")
    payloads = codec.encode(batch)
    assert half.encode(batch) == payloads
    (expected,), (made,) = (c.decode(payloads, Noise([1])) for c in (codec, half))
    assert made.dtype == torch.float32
    assert not torch.equal(made, expected)
    if codec.network(codec.decoder).config.voiced:
        # the last digits of a pitch turn the phase of its pulses more and more
        made, expected = (LogMel(MelConfig())(signal[None]) for signal in (made, expected))
    assert (made - expected).square().mean() < 0.05 * expected.square().mean()
    assert "bfloat16" in half.condition
    assert "float" not in codec.condition


def test_a_precision_that_there_is_not_is_refused() -> None:
    with pytest.raises(CodecError, match="there are: float32, bfloat16"):
        Mel2Mel(precision="float16")  # type: ignore[arg-type]


def test_missing_weights_are_named(monkeypatch: pytest.MonkeyPatch, folder: Path) -> None:
    monkeypatch.setattr("nscbench.codecs.weights.pretrained.FOLDER", folder / "none")
    assert "nscbench train mel" in Mel2Mel.unavailable()
    assert "nscbench train mel" in MelRegression.unavailable()


@pytest.mark.parametrize("name", NAMES)
def test_batch_gives_the_bits_of_its_items(cells: dict[str, DiffusionCodec], name: str) -> None:
    codec = cells[name]
    batch = signals(5_000, 0, 3_111)
    together = codec.encode(batch)
    assert together == [codec.encode([signal])[0] for signal in batch]
    decoded = codec.decode(together, Noise([1, 2, 3]))
    for seed, payload, signal in zip((1, 2, 3), together, decoded, strict=True):
        assert torch.equal(codec.decode([payload], Noise([seed]))[0], signal)
    other = codec.decode(together, Noise([4, 5, 6]))
    assert not torch.equal(other[0], decoded[0])


@pytest.mark.parametrize("name", NAMES)
def test_items_rendered_together_are_those_rendered_alone(
    cells: dict[str, DiffusionCodec], name: str
) -> None:
    """As a GPU does it, with the same random numbers; the CPU is asked for it here."""
    codec = cells[name]
    indices = [codec.tokenize(whole_frames(x, 320)) for x in signals(5_000, 640, 3_111)]
    with torch.inference_mode():
        together = codec.render_together(indices, [*map(Noise([1, 2, 3]).drawing, range(3))])
        noise = Noise([1, 2, 3])
        for item, (own, made) in enumerate(zip(indices, together, strict=True)):
            alone = codec.render(own, noise.drawing(item))
            torch.testing.assert_close(made, alone, atol=1e-4, rtol=0)


@pytest.mark.gpu
@pytest.mark.skipif(not torch.cuda.is_available(), reason="needs a CUDA device")
@pytest.mark.parametrize("launch", ["kernels", "graph"])
@pytest.mark.parametrize("name", NAMES)
def test_a_gpu_decodes_a_batch_as_its_items(
    cells: dict[str, DiffusionCodec], name: str, launch: str
) -> None:
    codec = replace(cells[name].on("cuda"), launch=launch)
    payloads = codec.encode(signals(5_000, 0, 640, 3_111))
    together = codec.decode(payloads, Noise([1, 2, 3, 4]))
    for seed, payload, made in zip((1, 2, 3, 4), payloads, together, strict=True):
        (alone,) = codec.decode([payload], Noise([seed]))
        torch.testing.assert_close(made, alone, atol=1e-3, rtol=0)


@pytest.mark.parametrize("name", NAMES)
def test_lengths_and_rates(cells: dict[str, DiffusionCodec], name: str) -> None:
    codec = cells[name]
    lengths = (1, 160, 641, 3_999)
    payloads = codec.encode(signals(*lengths))
    for length, decoded in zip(lengths, codec.decode(payloads, Noise([0] * 4)), strict=True):
        assert length <= len(decoded) < length + 1_600
        assert decoded.isfinite().all()
        assert decoded.dtype == torch.float32
    (second,) = codec.encode(signals(16_000))
    assert 8 * len(second) == pytest.approx(3_000, abs=8)
    assert codec.decode([], Noise([])) == []


@pytest.mark.parametrize("name", ["mel2mel", "lat2lat", "wav2wav"])
@pytest.mark.parametrize("sampler", ["ancestral", "midpoint", "dpmpp"])
def test_every_sampler_serves_every_output(
    cells: dict[str, DiffusionCodec], ends: dict[str, str], name: str, sampler: str
) -> None:
    codec = cells[name]
    other = type(codec)(
        nfe=NFE, sampler=sampler, weights=codec.weights, **end_settings(type(codec), ends)
    )
    (payload,) = codec.encode(signals(640))
    (a,), (b,) = codec.decode([payload], Noise([1])), other.decode([payload], Noise([1]))
    assert b.isfinite().all()
    assert not torch.equal(a, b)


@pytest.mark.parametrize("sampler", ["euler", "ancestral"])
def test_temperature_is_a_factor_on_all_noise(
    cells: dict[str, DiffusionCodec], sampler: str
) -> None:
    codec = replace(cells["lat2lat"], sampler=sampler)
    indices = codec.tokenize(signals(640)[0][None])
    random = torch.Generator().manual_seed(0)
    noise = [torch.randn(1, codec.network(DIFFUSION).config.channels, 2, generator=random)] * NFE

    def made(temperature: float, factor: float) -> torch.Tensor:
        drawn = iter(noise)
        cooled = replace(codec, temperature=temperature)
        return cooled.render(indices, lambda shape: factor * next(drawn))

    torch.testing.assert_close(made(0.4, 1.0), made(1.0, 0.4))
    assert torch.equal(made(0.0, 1.0), codec.render(indices, torch.zeros))
    assert not torch.allclose(made(0.4, 1.0), made(1.0, 1.0))
    assert replace(Mel2Mel(), temperature=0.8).condition == "mel2mel-3-temperature0.8"


def test_all_cells_and_mbd_are_sampled_with_as_much_noise_and_the_others_with_all() -> None:
    assert {kind().temperature for kind in (*CODECS, Mel2MelTuned, Mbd)} == {0.2}
    assert {kind().temperature for kind in (Ladiff, Mel2WavPlain)} == {1.0}


@pytest.mark.parametrize("name", ["mel2wav", "lat2lat"])
def test_number_of_evaluations_is_the_setting(
    cells: dict[str, DiffusionCodec], ends: dict[str, str], name: str
) -> None:
    codec = cells[name]
    calls = []
    denoiser = codec.network(DIFFUSION).denoiser
    hook = denoiser.register_forward_pre_hook(lambda *_: calls.append(1))
    (payload,) = codec.encode(signals(640))
    for nfe in (1, 4, 6):
        cls = type(codec)
        cls(nfe=nfe, weights=codec.weights, **end_settings(cls, ends)).decode([payload], Noise([1]))
    hook.remove()
    assert len(calls) == 1 + 4 + 6


def test_cells_of_one_front_end_send_the_same_bytes(cells: dict[str, DiffusionCodec]) -> None:
    payloads = {name: cells[name].encode(signals(3_200))[0] for name in NAMES}
    assert len({payloads[name] for name in NAMES if name.startswith("mel")}) == 1
    # the decoded waveform is no other bitstream than the latent
    assert len({payloads[name] for name in NAMES if not name.startswith("mel")}) == 1


def test_published_fast_schedule(folder: Path, ends: dict[str, str]) -> None:
    cls = next(c for c in CODECS if c.name == "lat2wav")
    chain = {"process": "diffwave", "denoiser": "diffwave", "dim": 4, "depth": 2}
    weights = write_decoder(folder, cls.front, cls.back, ends, **chain)
    codec = cls(nfe=6, sampler="fast", weights=weights, **end_settings(cls, ends))
    (decoded,) = codec.decode(codec.encode(signals(640)), Noise([0]))
    assert len(decoded) == 640
    assert decoded.abs().max() <= 1


@pytest.mark.slow  # the contract has it of every codec with embedded weights
def test_another_process_decodes_the_same(cells: dict[str, DiffusionCodec]) -> None:
    codec = cells["wav2lat"]
    (payload,) = codec.encode(signals(4_000))
    code = (
        "from nscbench.codecs.neural.grid import *; from nscbench.codecs.noise import Noise;"
        f"x = {codec!r}.decode([bytes.fromhex({payload.hex()!r})], Noise([5]))[0];"
        "print(x.numpy().tobytes().hex())"
    ).replace("import *", "import Wav2Lat")
    result = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True
    )
    (decoded,) = codec.decode([payload], Noise([5]))
    assert result.stdout.strip() == decoded.numpy().tobytes().hex()


def test_garbage_is_refused_or_finite(cells: dict[str, DiffusionCodec]) -> None:
    codec = cells["lat2lat"]
    (payload,) = codec.encode(signals(3_200))
    (decoded,) = codec.decode([bytes(len(payload))], Noise([0]))
    assert decoded.isfinite().all()
    with pytest.raises(BitstreamError, match="60 bits"):
        codec.decode([payload[:5]], Noise([0]))


def test_fingerprint_is_of_all_weights(cells: dict[str, DiffusionCodec], tmp_path: Path) -> None:
    codec = cells["mel2mel"]
    other = Mel2Mel(
        nfe=NFE,
        weights=codec.weights,
        front_weights=codec.front_weights,
        back_weights=write_vocoder(tmp_path, seed=1),
    )
    with pytest.raises(BitstreamError, match=other.fingerprint[:16]):
        check_weights(header_for(codec, 100), other)
    # a decoder of mels does not care which vocoder follows
    (payload,) = codec.encode(signals(640))
    assert len(other.decode([payload], Noise([0]))[0]) == 640


def test_decoder_refuses_ends_that_it_was_not_trained_on(
    cells: dict[str, DiffusionCodec], tmp_path: Path
) -> None:
    codec, lat2mel = cells["mel2mel"], cells["lat2mel"]
    foreign = Mel2Mel(
        weights=codec.weights,
        front_weights=write_weights(tmp_path, "mel", seed=1),
        back_weights=codec.back_weights,
    )
    with pytest.raises(CodecError, match="trained on other weights"):
        foreign.decode(foreign.encode(signals(640)), Noise([0]))
    swapped = Mel2Mel(
        weights=lat2mel.weights, front_weights=codec.front_weights, back_weights=codec.back_weights
    )
    with pytest.raises(CodecError, match="of lat2mel, not of mel2mel"):
        swapped.decode(swapped.encode(signals(640)), Noise([0]))


def with_other(module: str, weights: str, folder: Path) -> str:
    """Path of a copy of a weights' file in which one module learned on."""
    tensors = load_file(weights)
    name = next(n for n in tensors if n.startswith(f"{module}."))
    tensors[name] = tensors[name] + 1
    with safe_open(weights, "pt") as file:
        metadata = file.metadata()
    path = folder / f"other-{module}.safetensors"
    save_file(tensors, path, metadata)
    return str(path)


@pytest.mark.parametrize("module", ["encoder", "quantizer", "decoder"])
def test_a_frozen_encoder_keeps_decoders_of_its_latents_valid(module: str, tmp_path: Path) -> None:
    weights = {c: write_weights(tmp_path, c) for c in ("gan", "mel", "vocoder")}
    other = weights | {"gan": with_other(module, weights["gan"], tmp_path)}
    changed = {
        codec.name
        for codec in CODECS
        if foundation(codec.front, codec.back, other)
        != foundation(codec.front, codec.back, weights)
    }
    of_waveforms = {"wav2wav", "wav2mel", "wav2lat"}  # the decoder makes their condition
    of_indices = {"lat2wav", "lat2mel", "lat2lat"}
    expected = {
        "encoder": of_waveforms | of_indices | {"mel2lat"},  # whose target is a latent
        "quantizer": of_waveforms | of_indices,
        "decoder": of_waveforms,
    }
    assert changed == expected[module]


@pytest.mark.parametrize(
    ("wrong", "message"),
    [
        ({"kbps": 6}, "1.5, 3"),
        ({"nfe": 3}, "1, 2, 4, 6, 10, 25, 50"),
        ({"temperature": 1.2}, "0, 0.2, 0.4, 0.6, 0.8, 1"),
        ({"sampler": "heun"}, "ancestral, fast, euler, midpoint, dpmpp"),
        ({"sampler": "midpoint", "nfe": 1}, "even nfe"),
        ({"sampler": "fast"}, "nfe=6"),
    ],
)
def test_settings_that_cannot_be_are_refused(wrong: dict[str, object], message: str) -> None:
    with pytest.raises(CodecError, match=message):
        Mel2Mel(**wrong)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("name", "reason"), [("lat2lat", "its front end: name front_weights"), ("mel2wav", "without")]
)
def test_back_weights_that_nothing_would_load_are_refused(name: str, reason: str) -> None:
    cls = next(c for c in CODECS if c.name == name)
    with pytest.raises(CodecError, match=reason):
        cls(back_weights="gan")


def test_fast_schedule_needs_a_chain(cells: dict[str, DiffusionCodec]) -> None:
    codec = cells["mel2mel"]
    fast = Mel2Mel(
        nfe=6,
        sampler="fast",
        weights=codec.weights,
        front_weights=codec.front_weights,
        back_weights=codec.back_weights,
    )
    with pytest.raises(CodecError, match="process of these weights of mel2mel is 'flow'"):
        fast.decode(fast.encode(signals(640)), Noise([0]))


def test_regression_is_deterministic_and_no_diffusion(
    regression: MelRegression, cells: dict[str, DiffusionCodec]
) -> None:
    (payload,) = regression.encode(signals(3_200))
    one, two = (regression.decode([payload], Noise([seed]))[0] for seed in (1, 2))
    assert torch.equal(one, two)
    assert not regression.stochastic
    mel2mel = cells["mel2mel"]
    assert mel2mel.encode(signals(3_200)) == [payload]
    mistaken = MelRegression(
        weights=mel2mel.weights, mel=regression.mel, vocoder=regression.vocoder
    )
    with pytest.raises(CodecError, match="component 'diffusion'"):
        mistaken.decode([payload], Noise([1]))


def test_without_noise_nothing_is_left_to_chance(cells: dict[str, DiffusionCodec]) -> None:
    codec = cells["lat2mel"]
    indices = codec.tokenize(signals(640)[0][None])
    assert torch.equal(codec.render(indices, torch.zeros), codec.render(indices, torch.zeros))
