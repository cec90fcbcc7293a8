"""Training of diffusion decoders: a cell of every output domain, with tiny networks."""

from dataclasses import replace
from pathlib import Path

import pytest
import soundfile
import torch

from nscbench.codecs import CodecError
from nscbench.codecs.networks.codec import CodecConfig
from nscbench.codecs.networks.diffusion import DiffusionDecoder
from nscbench.codecs.networks.draws import Draws
from nscbench.codecs.networks.vocoder import VocoderConfig
from nscbench.codecs.neural.diffusion_codec import DiffusionCodec
from nscbench.codecs.neural.grid import Lat2Mel, Mel2Mel, Mel2Wav, Wav2Lat, Wav2Wav
from nscbench.codecs.neural.mel2wav_regression import Mel2WavRegression
from nscbench.codecs.neural.mel_regression import MelRegression
from nscbench.codecs.noise import Noise
from nscbench.codecs.training.cells import CELLS, configure, train_cell, trained
from nscbench.codecs.training.component import Recipe
from nscbench.codecs.training.data import find_recordings
from nscbench.codecs.training.diffusion import DiffusionTraining, Ends
from nscbench.codecs.training.plan import Budget, TrainingPlan
from nscbench.codecs.training.presets import COMPONENTS, MEL_24K
from nscbench.codecs.training.regression import RegressionTraining
from nscbench.codecs.training.trainer import Trainer
from nscbench.codecs.training.validation import read_validation_items
from nscbench.codecs.weights.pretrained import load
from support.tiny_decoders import end_settings, tiny_config, write_vocoder
from support.tiny_weights import write_weights

RECIPE = Recipe(items=3, crop=3200, learning_rate=2e-3)


@pytest.fixture(scope="module")
def ends(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    folder = tmp_path_factory.mktemp("weights")
    return {
        "gan": write_weights(folder, "gan"),
        "mel": write_weights(folder, "mel"),
        "vocoder": write_vocoder(folder),
    }


@pytest.fixture
def folder(tmp_path: Path, speech_like) -> Path:
    (tmp_path / "speech").mkdir()
    soundfile.write(tmp_path / "speech" / "a.wav", speech_like(1.1, 16_000), 16_000)
    return tmp_path


def component(
    cell: type[DiffusionCodec],
    weights: dict[str, str],
    kind: type[DiffusionTraining] = DiffusionTraining,
) -> DiffusionTraining:
    front, back = cell.front, cell.back
    loaded, config = Ends.load(front, back, weights), tiny_config(front, back, weights)
    torch.manual_seed(0)  # loading draws numbers, but only the first time
    return kind(config, loaded, RECIPE)


def trainer(part: DiffusionTraining, folder: Path, out: str, steps: int) -> Trainer:
    recordings = find_recordings(folder / "speech")
    items = [
        replace(i, audio=i.audio[:9600]) for i in read_validation_items(recordings, 16_000, 320, 1)
    ]
    return Trainer(part, recordings, items, TrainingPlan(folder / out, Budget(steps=steps)))


@pytest.mark.parametrize("cell", [Mel2Wav, Lat2Mel, Wav2Lat], ids=lambda cell: cell.name)
def test_trained_weights_make_a_codec(
    cell: type[DiffusionCodec], folder: Path, ends: dict[str, str]
) -> None:
    part = component(cell, ends)
    before = {name: value.clone() for name, value in part.front_network.state_dict().items()}
    run = trainer(part, folder, cell.name, steps=3)
    weights = run.run()
    for name, value in part.front_network.state_dict().items():
        assert torch.equal(value, before[name]), name  # the ends learned nothing
    scores = run.scores
    assert {"6stages/diffusion", "3stages/mel_l1", "6stages/stoi"} <= _names(scores.path)
    codec = cell(nfe=2, weights=str(weights), **end_settings(cell, ends))
    (decoded,) = codec.decode(codec.encode([torch.zeros(2_000)]), Noise([0]))
    assert decoded.isfinite().all()


def _names(path: Path) -> set[str]:
    return {line.split(",")[3] for line in path.read_text().splitlines()[1:]}


def test_trained_regression_makes_a_codec(folder: Path, ends: dict[str, str]) -> None:
    part = component(Mel2Mel, ends, RegressionTraining)
    weights = trainer(part, folder, "regression", steps=3).run()
    codec = MelRegression(weights=str(weights), mel=ends["mel"], vocoder=ends["vocoder"])
    (decoded,) = codec.decode(codec.encode([torch.zeros(2_000)]), Noise([0]))
    assert decoded.isfinite().all()


def test_trained_regression_of_waveforms_makes_a_codec(folder: Path, ends: dict[str, str]) -> None:
    part = component(Mel2Wav, ends, RegressionTraining)
    run = trainer(part, folder, "waveforms", steps=3)
    weights = run.run()
    assert {"6stages/regression", "6stages/pitch", "3stages/mel_l1"} <= _names(run.scores.path)
    codec = Mel2WavRegression(weights=str(weights), mel=ends["mel"])
    payloads = codec.encode([torch.zeros(2_000)])
    (decoded,), (other,) = (codec.decode(payloads, Noise([seed])) for seed in (0, 1))
    assert decoded.isfinite().all()
    assert not torch.equal(decoded, other)  # phase and noise of the excitation are drawn


def test_a_post_filter_hears_the_pulses_of_its_codec_where_the_voice_has_them(
    folder: Path, ends: dict[str, str]
) -> None:
    weights = ends | {"gan": write_weights(folder, "source-filter")}
    part = component(Wav2Wav, weights)
    losses = trainer(part, folder, "out", steps=1).run()
    assert losses.exists()
    audio = torch.randn(1, 3200, generator=torch.Generator().manual_seed(0))
    found = part.distances(part.model.eval(), audio)
    assert {"3stages/diffusion", "6stages/pitch"} <= found.keys()


@pytest.mark.parametrize("cell", [Mel2Wav, Mel2Mel], ids=lambda cell: cell.name)
def test_losses_fall(cell: type[DiffusionCodec], folder: Path, ends: dict[str, str]) -> None:
    part = component(cell, ends)
    part.recipe = replace(RECIPE, learning_rate=5e-2)
    learner = trainer(part, folder, "out", steps=15)
    learner.initialize()
    before = _loss(learner)
    for _ in range(15):
        learner.train_step()
    assert _loss(learner) < 0.99 * before


def _loss(learner: Trainer) -> float:
    """Sum of the losses on the validation item, at times and with noise that never change."""
    model = learner.component.model.eval()
    with torch.no_grad():
        audio = learner.items[0].audio[None]
        return sum(map(float, learner.component.distances(model, audio).values()))


def test_resumed_run_equals_undisturbed_run(folder: Path, ends: dict[str, str]) -> None:
    undisturbed = trainer(component(Mel2Wav, ends), folder, "whole", steps=4)
    undisturbed.run()
    first = trainer(component(Mel2Wav, ends), folder, "parts", steps=4)
    first.initialize()
    for _ in range(2):
        first.train_step()
    first.save()
    resumed = trainer(component(Mel2Wav, ends), folder, "parts", steps=4)
    resumed.run()
    expected = undisturbed.average.state_dict()
    for name, tensor in resumed.average.state_dict().items():
        assert torch.equal(tensor, expected[name]), name


def test_standardization_is_measured_before_the_first_step(
    folder: Path, ends: dict[str, str]
) -> None:
    part = component(Mel2Mel, ends)
    trainer(part, folder, "out", steps=1).initialize()
    assert isinstance(part.model, DiffusionDecoder)
    assert part.model.scaling.output_mean.max() < -1  # log-mels of speech
    assert 0.5 < float(part.model.scaling.output_deviation.mean()) < 5


def test_a_decoder_goes_on_when_its_ends_have_learned(folder: Path, ends: dict[str, str]) -> None:
    first = component(Lat2Mel, ends)
    first.model.scaling.condition_mean.fill_(7.0)
    for built_on, measured in ((first.config.built_on, False), ("other ends", True)):
        second = component(Lat2Mel, ends)
        second.model.config = replace(second.config, built_on=built_on)
        second.start_from(first.model)
        trainer(second, folder, f"second {built_on}", steps=1).initialize()
        assert bool((second.model.scaling.condition_mean < 7).all()) is measured
        assert torch.equal(
            second.model.conditioner.exit.weight, first.model.conditioner.exit.weight
        )
        other = component(Lat2Mel, ends)
        other.model.config = replace(second.config, features=1)
        with pytest.raises(CodecError, match="do not fit"):
            other.start_from(first.model)


def test_items_get_rates_of_their_own(ends: dict[str, str]) -> None:
    part = component(Lat2Mel, ends)
    assert part.ends.stage_counts == (3, 6)
    audio = torch.randn(1, 3200, generator=torch.Generator().manual_seed(0)).expand(16, -1)
    condition, _ = part.pair(audio, Draws(torch.Generator().manual_seed(0), audio.device))
    rates = [
        part._condition(part.tokenize(audio[:1], count), torch.randn)[0]
        for count in part.ends.stage_counts
    ]
    found = [[torch.allclose(item, rate, atol=1e-5) for rate in rates] for item in condition]
    assert sorted(set(map(tuple, found))) == [(False, True), (True, False)]


def test_ends_of_different_rates_are_refused() -> None:
    with pytest.raises(CodecError, match=r"\(16000, 320\) and \(24000, 320\)"):
        configure(Lat2Mel.front, Lat2Mel.back, "small", CodecConfig(), VocoderConfig(MEL_24K))


def test_every_cell_has_a_preset(ends: dict[str, str], monkeypatch: pytest.MonkeyPatch) -> None:
    names = {a + "2" + b for a in ("mel", "lat", "wav") for b in ("wav", "mel", "lat")}
    ablations = {"mel-regression", "mel2wav-regression", "mel2wav-plain", "lat2wav-diffwave"}
    assert names | ablations == CELLS.keys() <= set(COMPONENTS)
    monkeypatch.setattr(
        "nscbench.codecs.training.diffusion.load", lambda w, part: load(ends[part.name], part)
    )
    monkeypatch.setattr(
        "nscbench.codecs.training.cells.foundation", lambda front, back, weights: str(weights)
    )
    for size in ("small", "paper"):
        part = CELLS["lat2mel"](size)
        assert (part.config.condition, part.config.output) == ("lat", "mel")
        assert (trained("gan") in part.config.built_on) == (size == "paper")
    assert train_cell(Mel2Wav.front, Mel2Wav.back, "paper").config.process == "diffwave"
