"""Weights' files: round trip, 8 bit, identity, and what is refused."""

import json
from dataclasses import asdict
from hashlib import sha256
from pathlib import Path

import pytest
import torch
from safetensors.torch import save_file

from nscbench.codecs import CodecError, Unavailable
from nscbench.codecs.coding.entropy import COUNTS
from nscbench.codecs.networks.codec import CodecConfig, NeuralCodec
from nscbench.codecs.networks.convnext import Fine
from nscbench.codecs.networks.diffusion import DiffusionConfig
from nscbench.codecs.networks.features import MelConfig
from nscbench.codecs.networks.vocoder import Vocoder, VocoderConfig
from nscbench.codecs.networks.weight_norm import fold, folded_state
from nscbench.codecs.training.checkpoint import export_weights
from nscbench.codecs.weights.cards import page
from nscbench.codecs.weights.eight_bit import compress, expand
from nscbench.codecs.weights.parts import DIFFUSION, GAN, MEL, PARTS, VOCODER
from nscbench.codecs.weights.pretrained import FOLDER, config, fingerprint, load, locate, missing

CONFIG = VocoderConfig(MelConfig(24_000, 1280, 320, 100, 0.0, 12_000.0), channels=16)


@pytest.fixture
def vocoder(tmp_path: Path) -> tuple[Path, Vocoder]:
    torch.manual_seed(0)
    network = Vocoder(CONFIG)
    path = tmp_path / "vocoder.safetensors"
    export_weights(path, folded_state(network), CONFIG, {"component": "vocoder", "steps": 7})
    return path, network


def test_file_alone_rebuilds_the_network(vocoder: tuple[Path, Vocoder]) -> None:
    path, network = vocoder
    pretrained = load(str(path), VOCODER)
    assert pretrained.config == config(str(path), VOCODER) == CONFIG
    mel = torch.randn(1, 100, 6, generator=torch.Generator().manual_seed(0))
    # the weights were rounded to 11 significant bits
    torch.testing.assert_close(
        pretrained.network(mel, torch.randn), network(mel, torch.randn), atol=1e-4, rtol=5e-2
    )
    assert json.loads(path.with_suffix(".json").read_text())["steps"] == 7


def test_blocks_at_another_rate_are_rebuilt(tmp_path: Path) -> None:
    config = VocoderConfig(design="spectral", dim=16, depth=1, n_fft=320, fine=Fine(4, 8, 1))
    path = tmp_path / "fine.safetensors"
    export_weights(path, folded_state(Vocoder(config)), config, {"component": "vocoder"})
    assert load(str(path), VOCODER).config == config


def test_learning_state_is_left_out(tmp_path: Path) -> None:
    small = CodecConfig(latent=4, entries=8, stage_counts=(2,), dim=8, encoder_depth=1)
    network = NeuralCodec(small)
    path = tmp_path / "gan.safetensors"
    tensors = network.state_dict() | {COUNTS: torch.ones(2, 8, dtype=torch.long)}
    export_weights(path, tensors, small, {"component": "gan"})
    entries = 2 * 8 * 4 * 2  # bytes of the codebooks in half precision
    others = sum(p.numel() for p in network.parameters()) * 2 + 2 * 8 * 8
    assert path.stat().st_size == pytest.approx(entries + others, abs=8192)  # header
    assert load(str(path), GAN).index_model is not None


def test_fingerprint_is_the_hash_of_the_file(vocoder: tuple[Path, Vocoder]) -> None:
    path, _ = vocoder
    assert fingerprint(str(path)) == sha256(path.read_bytes()).hexdigest()
    both = fingerprint(str(path), str(path))
    assert both == sha256((2 * fingerprint(str(path))).encode()).hexdigest()


def test_networks_are_kept(vocoder: tuple[Path, Vocoder]) -> None:
    path, _ = vocoder
    assert load(str(path), VOCODER).network is load(str(path), VOCODER).network


def test_missing_weights_say_how_to_get_them() -> None:
    with pytest.raises(Unavailable, match="nscbench train gone"):
        locate("gone")
    assert "nscbench train gone" in missing("gone")


def test_other_component_is_refused(vocoder: tuple[Path, Vocoder]) -> None:
    path, _ = vocoder
    with pytest.raises(CodecError, match=r"component 'vocoder'.*'mel'"):
        load(str(path), MEL)


def test_impossible_configurations_are_refused(tmp_path: Path) -> None:
    """What once silently built another network."""
    config = DiffusionConfig("lat", "wav", 4, 1, "flow", "patch-wave", 8)
    path = tmp_path / "odd.safetensors"
    metadata = json.dumps(asdict(config) | {"denoiser": "wave-unet"})
    save_file({"x": torch.zeros(1)}, path, {"component": DIFFUSION.name, "config": metadata})
    with pytest.raises(CodecError, match="wave-unet.*diffwave, patch-wave, unet1d, unet2d"):
        load(str(path), DIFFUSION)


def test_foreign_and_damaged_files_are_refused(
    tmp_path: Path, vocoder: tuple[Path, Vocoder]
) -> None:
    foreign = tmp_path / "foreign.safetensors"
    save_file({"x": torch.zeros(1)}, foreign)
    with pytest.raises(CodecError, match="known are: gan, mel, vocoder"):
        load(str(foreign), GAN)
    damaged = tmp_path / "damaged.safetensors"
    damaged.write_bytes(vocoder[0].read_bytes()[:100])
    with pytest.raises(CodecError, match="not a readable safetensors file"):
        load(str(damaged), VOCODER)
    short = tmp_path / "short.safetensors"
    card = {"component": "vocoder"}
    export_weights(short, {"network.entry.bias": torch.zeros(16)}, CONFIG, card)
    with pytest.raises(CodecError, match="does not fit its own configuration"):
        load(str(short), VOCODER)


@pytest.mark.parametrize("path", sorted(FOLDER.glob("*.safetensors")), ids=lambda path: path.stem)
def test_embedded_weights_load_and_have_cards(path: Path) -> None:
    card = json.loads(path.with_suffix(".json").read_text())
    assert {"component", "steps", "minutes", "data", "hardware", "commit"} <= card.keys()
    assert load(path.stem, PARTS[card["component"]]).network is not None
    assert sum(file.stat().st_size for file in FOLDER.iterdir()) <= 80e6


def test_eight_bit_errs_by_half_a_step_of_each_channel(tmp_path: Path) -> None:
    generator = torch.Generator().manual_seed(0)
    tensors = {
        "kernel": torch.randn(64, 32, 7, generator=generator)
        * torch.logspace(-4, 2, 64)[:, None, None],
        "silent": torch.zeros(64, 64),
        "bias": torch.randn(64, generator=generator),
        "small": torch.randn(8, 8, generator=generator),
        "counts": torch.randint(0, 9, (64, 64), generator=generator),
        "quantizer.codebooks": torch.randn(2, 64, 64, generator=generator),
    }
    restored = expand(compress(tensors))
    assert restored.keys() == tensors.keys()
    kernel = tensors["kernel"]
    steps = kernel.flatten(1).abs().amax(dim=1) / 127
    errors = (restored["kernel"] - kernel).flatten(1).abs().amax(dim=1)
    assert (errors <= 0.501 * steps).all()
    for exact in ("silent", "bias", "small", "counts", "quantizer.codebooks"):
        assert torch.equal(restored[exact], tensors[exact])


def test_an_eight_bit_file_is_half_as_large_and_the_same_network(tmp_path: Path) -> None:
    torch.manual_seed(0)
    config = VocoderConfig(design="spectral", dim=64, depth=2)
    tensors, card = folded_state(Vocoder(config)), {"component": "vocoder"}
    eight = tmp_path / "eight.safetensors"
    export_weights(eight, tensors, config, card)
    assert eight.stat().st_size < 0.6 * sum(2 * tensor.numel() for tensor in tensors.values())
    mel = torch.randn(1, 80, 6, generator=torch.Generator().manual_seed(0))
    exact = fold(Vocoder(config)).eval()
    exact.load_state_dict(tensors)
    one, two = (network(mel, torch.randn) for network in (exact, load(str(eight), VOCODER).network))
    assert not torch.equal(one, two)
    assert (one - two).norm() < 0.05 * one.norm()


def test_the_page_of_the_embedded_weights_is_made_from_their_cards() -> None:
    written = Path(__file__).parents[3] / "docs" / "weights.md"
    assert written.read_text("utf-8") == page(), (
        "python -m nscbench.codecs.weights.cards > docs/weights.md"
    )
