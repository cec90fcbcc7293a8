"""Training of the published diffusion baselines and of ladiff's autoencoder, with tiny networks."""

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import soundfile
import torch

from nscbench.codecs import Unavailable
from nscbench.codecs.networks.discriminators import CriticConfig
from nscbench.codecs.networks.draws import Draws
from nscbench.codecs.networks.source_filter import SourceFilterConfig
from nscbench.codecs.neural.back_ends import ContinuousBackEnd, WavBackEnd
from nscbench.codecs.neural.front_ends import LatFrontEnd
from nscbench.codecs.neural.ladiff import Ladiff
from nscbench.codecs.neural.mbd import Mbd
from nscbench.codecs.noise import Noise
from nscbench.codecs.training import baselines
from nscbench.codecs.training.autoencoder import AutoencoderTraining
from nscbench.codecs.training.cells import weights_of
from nscbench.codecs.training.component import Component, Recipe
from nscbench.codecs.training.data import Crops, find_recordings
from nscbench.codecs.training.diffusion import Ends
from nscbench.codecs.training.plan import Budget, TrainingPlan
from nscbench.codecs.training.presets import COMPONENTS, make_component
from nscbench.codecs.training.trainer import Trainer
from nscbench.codecs.training.validation import read_validation_items
from nscbench.codecs.weights.parts import GAN, LADIFF_AUTOENCODER
from nscbench.codecs.weights.pretrained import load
from support.tiny_decoders import TINY_AUTOENCODER, tiny_ladiff, tiny_mbd, write_autoencoder
from support.tiny_weights import write_weights

RECIPE = Recipe(items=3, crop=3200, learning_rate=2e-3, critic_loss=9.0)
CRITICS = CriticConfig(stft_sizes=(128,), stft_filters=2)


@pytest.fixture(scope="module")
def ends(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    folder = tmp_path_factory.mktemp("weights")
    return {
        "gan": write_weights(folder, "gan"),
        "ladiff-autoencoder": write_autoencoder(folder),
    }


@pytest.fixture
def folder(tmp_path: Path, speech_like) -> Path:
    (tmp_path / "speech").mkdir()
    soundfile.write(tmp_path / "speech" / "a.wav", speech_like(1.1, 16_000), 16_000)
    return tmp_path


def component(name: str, ends: dict[str, str]) -> Component:
    torch.manual_seed(0)
    gan = load(ends["gan"], GAN).network
    if name == "mbd":
        both = Ends(LatFrontEnd(), gan, WavBackEnd(), None)
        return baselines.MultiBandTraining(tiny_mbd(ends), both, RECIPE)
    last = load(ends["ladiff-autoencoder"], LADIFF_AUTOENCODER).network
    both = Ends(LatFrontEnd(), gan, ContinuousBackEnd(), last)
    return baselines.LadiffTraining(tiny_ladiff(ends), both, RECIPE)


def autoencoder(share: float) -> AutoencoderTraining:
    torch.manual_seed(0)
    recipe = replace(RECIPE, reconstruction_share=share, critic_head_start=0.0, critic_interval=1)
    return AutoencoderTraining(TINY_AUTOENCODER, CRITICS, recipe)


def trainer(part: Component, folder: Path, steps: int) -> Trainer:
    recordings = find_recordings(folder / "speech")
    items = [
        replace(i, audio=i.audio[:9600]) for i in read_validation_items(recordings, 16_000, 320, 1)
    ]
    return Trainer(part, recordings, items, TrainingPlan(folder / "out", Budget(steps=steps)))


def columns(path: Path) -> set[str]:
    return {line.split(",")[3] for line in path.read_text().splitlines()[1:]}


@pytest.mark.parametrize("name", ["mbd", "ladiff"])
def test_trained_weights_make_a_codec(name: str, folder: Path, ends: dict[str, str]) -> None:
    run = trainer(component(name, ends), folder, steps=3)
    weights = str(run.run())
    assert weights.endswith(f"{name}.safetensors")
    assert {"6stages/diffusion", "3stages/mel_l1", "6stages/stoi"} <= columns(run.scores.path)
    assert ("prior" in columns(run.losses.path)) == (name == "ladiff")
    codec = (
        Mbd(nfe=2, weights=weights, front_weights=ends["gan"])
        if name == "mbd"
        else Ladiff(
            nfe=2,
            weights=weights,
            front_weights=ends["gan"],
            back_weights=ends["ladiff-autoencoder"],
        )
    )
    (decoded,) = codec.decode(codec.encode([torch.zeros(2_000)]), Noise([0]))
    assert decoded.isfinite().all()


@pytest.mark.parametrize("name", ["mbd", "ladiff"])
def test_losses_fall(name: str, folder: Path, ends: dict[str, str]) -> None:
    part = component(name, ends)
    part.recipe = replace(RECIPE, learning_rate=5e-2)
    learner = trainer(part, folder, steps=15)
    learner.initialize()
    audio = learner.items[0].audio[None]

    def loss() -> float:
        with torch.no_grad():
            return sum(map(float, part.distances(part.model.eval(), audio).values()))

    before = loss()
    for _ in range(15):
        learner.train_step()
    assert loss() < 0.99 * before


def test_ladiff_s_latents_are_standardized_before_the_first_step(
    folder: Path, ends: dict[str, str]
) -> None:
    part = component("ladiff", ends)
    learner = trainer(part, folder, steps=1)
    learner.initialize()
    assert isinstance(part, baselines.LadiffTraining)
    _, output = part.pair(
        learner._batch(-1).audio, Draws(torch.Generator().manual_seed(0), torch.device("cpu"))
    )
    standardized = part.model.scaling.standardize(output)
    assert standardized.shape == (3, 8, 20)  # two latents for each of ten frames
    assert float(standardized.std()) == pytest.approx(1, abs=0.3)


def test_autoencoder_learns_and_is_judged_late(folder: Path) -> None:
    part = autoencoder(share=0.5)
    run = trainer(part, folder, steps=8)
    weights = run.run()
    lines = [line.split(",") for line in run.losses.path.read_text().splitlines()[1:]]
    judged = [int(step) for step, *_, name, _ in lines if name == "adversarial"]
    assert judged == [5, 6, 7, 8]
    assert "unquantized/mel_l1" in columns(run.scores.path)
    made = load(str(weights), LADIFF_AUTOENCODER).network.synthesize(
        torch.zeros(1, 8, 5), torch.zeros
    )
    assert made.shape == (1, 800)
    assert made.isfinite().all()


def test_autoencoder_s_loss_falls(folder: Path) -> None:
    part = autoencoder(share=1.0)
    part.recipe = replace(part.recipe, learning_rate=2e-2)
    learner = trainer(part, folder, steps=20)
    audio = learner.items[0].audio[None]

    def loss() -> float:
        with torch.no_grad():
            model = part.model.eval()
            made = model.synthesize(model.latents(audio), torch.zeros)
            losses = part.spectral_loss(made, audio)
            return float(sum(losses.values()))

    before = loss()
    for _ in range(20):
        learner.train_step()
    assert loss() < 0.9 * before


def test_shorter_frames_have_every_label_twice(monkeypatch: pytest.MonkeyPatch) -> None:
    """Labels come every 10 ms; two to a frame of 10 ms are wanted every 5."""
    sizes = SourceFilterConfig(rate=1, dim=8, depth=1, fine_dim=8, fine_depth=1)
    config = replace(TINY_AUTOENCODER, design="source-filter", source_filter=sizes)
    part = AutoencoderTraining(config, None, RECIPE)
    given = []

    def note(*arguments: Any, **named: Any) -> Any:
        given.append(arguments[2][0])
        return forward(*arguments, **named)

    forward = part.model.decoder.forward
    monkeypatch.setattr(part.model.decoder, "forward", note)
    labels = torch.tensor([[100.0, 100, 200, 400]])
    audio = torch.randn(1, 640)
    part._decode(
        part.model.latents(audio),
        Crops(audio, labels),
        Draws(torch.Generator().manual_seed(0), torch.device("cpu")),
    )
    torch.testing.assert_close(given[0], labels.log2().repeat_interleave(2, dim=1))


def test_presets_stand_on_embedded_weights_or_on_trained_ones(
    ends: dict[str, str], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    assert {"mbd", "ladiff", "ladiff-autoencoder"} <= set(COMPONENTS)
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr("nscbench.codecs.weights.pretrained.FOLDER", tmp_path / "none")
    path = weights_of("ladiff-autoencoder", "small")
    assert path == "checkpoints/ladiff-autoencoder-small/ladiff-autoencoder.safetensors"
    with pytest.raises(Unavailable, match="nscbench train gan"):
        make_component("ladiff", "small")
    monkeypatch.setattr("nscbench.codecs.weights.pretrained.FOLDER", Path(ends["gan"]).parent)
    assert weights_of("gan-0", "small") == "gan-0"
    assert weights_of("gan-0", "paper") == "checkpoints/gan-0-paper/gan-0.safetensors"
