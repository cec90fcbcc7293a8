"""The training loop: exact resumption, survival of a kill, failure, and its files."""

import argparse
import csv
import json
import os
import signal
import subprocess
import sys
import time
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import soundfile
import torch

from nscbench.benchmarks.commands.train import add_arguments, run
from nscbench.codecs.networks.codec import CodecConfig
from nscbench.codecs.networks.discriminators import CriticConfig, Critics
from nscbench.codecs.networks.draws import Draws
from nscbench.codecs.networks.mel_autoencoder import MelCodec, MelCodecConfig
from nscbench.codecs.networks.vocoder import VocoderConfig
from nscbench.codecs.training.checkpoint import CheckpointError, write_whole
from nscbench.codecs.training.component import Component, Recipe, excerpts
from nscbench.codecs.training.data import DataError, find_recordings, hold_out, open_speech
from nscbench.codecs.training.gan import GanCodec
from nscbench.codecs.training.log import Log
from nscbench.codecs.training.mel import MelAutoencoder
from nscbench.codecs.training.plan import Budget, Plan
from nscbench.codecs.training.setup import Setup
from nscbench.codecs.training.trainer import Trainer, TrainingError
from nscbench.codecs.training.validation import read_items
from nscbench.codecs.training.vocoder import VocoderTraining
from nscbench.codecs.weights.parts import GAN, VOCODER
from nscbench.codecs.weights.pretrained import load

STEPS = 6
CRITICS = CriticConfig(stft_sizes=(256,), stft_filters=2, stft_strides=(4, 2))
RECIPE = Recipe(
    items=2, crop=3200, reconstruction_share=0.3, critic_head_start=0.2, critic_loss=9.0
)


def tiny_gan() -> GanCodec:
    torch.manual_seed(1)
    config = CodecConfig(
        latent=8, entries=16, stage_counts=(1, 2), dim=16, encoder_depth=1, decoder_depth=1
    )
    return GanCodec(config, CRITICS, RECIPE)


def tiny_mel() -> MelAutoencoder:
    torch.manual_seed(1)
    config = MelCodecConfig(
        latent=8, entries=16, stage_counts=(1, 2), dim=16, encoder_depth=1, decoder_depth=1
    )
    return MelAutoencoder(config, RECIPE)


def tiny_vocoder(mel_codec: MelCodec | None = None) -> VocoderTraining:
    torch.manual_seed(1)
    return VocoderTraining(VocoderConfig(channels=16), CRITICS, RECIPE, mel_codec)


def trainer(
    component: Component, folder: Path, out: str, budget: Budget | None = None, **settings: bool
) -> Trainer:
    config = component.config
    recordings = find_recordings(folder / "speech")
    items = read_items(recordings, config.sample_rate, config.hop, 1)
    return Trainer(
        component, recordings, items, Plan(folder / out, budget or Budget(steps=STEPS), **settings)
    )


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Three recordings: 16 kHz, 24 kHz, and one shorter than a crop."""
    (tmp_path / "speech").mkdir()
    random = np.random.default_rng(0)
    for name, rate, seconds in (("a", 16_000, 1.1), ("b", 24_000, 0.9), ("c", 16_000, 0.1)):
        signal = 0.1 * random.standard_normal(int(rate * seconds))
        soundfile.write(tmp_path / "speech" / f"{name}.wav", signal, rate)
    return tmp_path


def state(of: Trainer) -> dict[str, torch.Tensor]:
    own = {f"average.{k}": v for k, v in of.average.state_dict().items()}
    return own | of.component.state_dict()


@pytest.mark.parametrize("make", [tiny_gan, tiny_mel, tiny_vocoder])
def test_resumed_run_equals_undisturbed_run(folder: Path, make) -> None:
    undisturbed = trainer(make(), folder, "whole")
    undisturbed.run()

    first = trainer(make(), folder, "parts")
    first._initialize()
    for _ in range(4):
        first.train_step()
    first.save()
    resumed = trainer(make(), folder, "parts")
    resumed.run()

    assert resumed.step == undisturbed.step == STEPS
    expected = state(undisturbed)
    for name, tensor in state(resumed).items():
        assert torch.equal(tensor, expected[name]), name


KILLED = """
import sys
from pathlib import Path
sys.path.insert(0, sys.argv[1])
import nscbench.codecs.training.trainer as module
import test_trainer as tests
module.CHECKPOINT_SECONDS = 0.0
folder = Path(sys.argv[2])
tests.trainer(tests.tiny_gan(), folder, "killed", tests.Budget(steps=100_000)).run()
"""


def test_killed_process_resumes(folder: Path) -> None:
    arguments = [sys.executable, "-c", KILLED, str(Path(__file__).parent), str(folder)]
    process = subprocess.Popen(arguments, env={**os.environ, "OMP_NUM_THREADS": "1"})
    checkpoint = folder / "killed" / "checkpoint.pt"
    try:
        for _ in range(600):
            if checkpoint.exists():
                break
            time.sleep(0.1)
    finally:
        process.send_signal(signal.SIGKILL)
        process.wait()
    after = trainer(tiny_gan(), folder, "killed")
    after.resume()
    reached = after.step
    assert reached > 0
    again = trainer(tiny_gan(), folder, "killed", Budget(steps=reached + 2))
    weights = again.run()
    assert again.step == reached + 2
    assert load(str(weights), GAN).config == again.component.config


def test_progress_counts_minutes_across_resumptions(folder: Path) -> None:
    first = trainer(tiny_mel(), folder, "out", Budget(minutes=10))
    first._initialize()
    first.train_step()
    first.seconds = 300.0
    first.save()
    second = trainer(tiny_mel(), folder, "out", Budget(minutes=10))
    second.resume()
    assert second.progress == pytest.approx(0.5)


def test_nan_stops_with_the_step_and_keeps_the_checkpoint(folder: Path) -> None:
    run_ = trainer(tiny_mel(), folder, "out")
    run_._initialize()
    run_.train_step()
    run_.save()
    before = run_.checkpoint.read_bytes()
    with torch.no_grad():
        next(run_.component.model.parameters()).fill_(float("nan"))
    with pytest.raises(TrainingError, match=r"step 2: .*mel nan"):
        run_.train_step()
    assert run_.checkpoint.read_bytes() == before


def test_checkpoint_of_another_run_is_refused(folder: Path) -> None:
    first = trainer(tiny_mel(), folder, "out")
    first.save()
    with pytest.raises(CheckpointError, match="component 'mel'"):
        trainer(tiny_gan(), folder, "out").run()


def test_damaged_checkpoint_is_refused(folder: Path) -> None:
    first = trainer(tiny_mel(), folder, "out")
    first.save()
    first.checkpoint.write_bytes(first.checkpoint.read_bytes()[:1000])
    with pytest.raises(CheckpointError, match="not a readable checkpoint"):
        trainer(tiny_mel(), folder, "out").run()


def test_failed_write_leaves_the_old_file(tmp_path: Path) -> None:
    path = tmp_path / "file"
    path.write_text("old")

    def fail(partial: Path) -> None:
        partial.write_text("half")
        raise OSError("disk full")

    with pytest.raises(OSError, match="disk full"):
        write_whole(path, fail)
    assert path.read_text() == "old"


def test_logs_hold_every_step_and_every_point(folder: Path) -> None:
    done = trainer(tiny_gan(), folder, "out")
    done.run()
    rows = list(csv.DictReader((folder / "out" / "train.csv").open()))
    assert {row["step"] for row in rows} == {str(n) for n in range(1, STEPS + 1)}
    assert {row["name"] for row in rows} == {
        *("spectra", "mel", "loudness", "commitment"),
        *("critic", "adversarial", "features"),
    }  # fmt: skip
    names = {row["name"] for row in csv.DictReader((folder / "out" / "validation.csv").open())}
    assert {"1stages/mel_l1", "2stages/mel_l1", "unquantized/mel_l1"} <= names
    assert len(list((folder / "out").glob("*.wav"))) == 3
    card = json.loads((folder / "out" / "gan.json").read_text())
    assert card["steps"] == STEPS
    assert card["data"]["recordings"] == 3
    assert card["data"]["hours"] == pytest.approx(2.1 / 3600, abs=1e-3)
    assert len(card["codebooks"]) == 2


def test_resumption_cuts_the_log(tmp_path: Path) -> None:
    log = Log(tmp_path / "log.csv")
    for step in (1, 2, 3):
        log.append(step, 60.0 * step, 5.0, {"mel": 0.5, "critic": 1.0})
    log.path.write_text(log.path.read_text() + "2,1.0")  # torn by a kill
    log.cut(2)
    rows = list(csv.DictReader(log.path.open()))
    assert [row["step"] for row in rows] == ["1", "1", "2", "2"]
    log.append(3, 180.0, 5.0, {"mel": 0.25})
    assert list(csv.DictReader(log.path.open()))[-1] == {
        "step": "3", "minutes": "3.000", "audio_seconds": "5.0", "name": "mel", "value": "0.25"
    }  # fmt: skip


def test_events_hold_what_the_logs_hold(folder: Path) -> None:
    pytest.importorskip("tensorboard", reason="the extra `tensorboard` is not installed")
    from tensorboard.backend.event_processing.event_accumulator import EventAccumulator

    first = trainer(tiny_mel(), folder, "out", tensorboard=True)
    first.run()
    again = trainer(tiny_mel(), folder, "out", Budget(steps=STEPS + 2), tensorboard=True)
    again.run()
    for name in ("train", "validation"):
        with (folder / "out" / f"{name}.csv").open() as file:
            logged = {(r["name"], int(r["step"])): float(r["value"]) for r in csv.DictReader(file)}
        events = EventAccumulator(str(folder / "out" / "tensorboard" / name)).Reload()
        found = {
            (tag, event.step): event.value
            for tag in events.Tags()["scalars"]
            for event in events.Scalars(tag)
        }
        assert found == pytest.approx(logged, rel=1e-5)


def test_events_after_the_checkpoint_are_purged(tmp_path: Path) -> None:
    pytest.importorskip("tensorboard", reason="the extra `tensorboard` is not installed")
    from tensorboard.backend.event_processing.event_accumulator import EventAccumulator

    killed = Log(tmp_path / "train.csv", tensorboard=True)
    for step in (1, 2, 3):
        killed.append(step, 60.0, 5.0, {"mel": 1.0})
    resumed = Log(tmp_path / "train.csv", tensorboard=True)
    resumed.cut(1)
    resumed.append(2, 60.0, 5.0, {"mel": 0.5})
    events = EventAccumulator(str(tmp_path / "tensorboard" / "train")).Reload()
    assert [(e.step, e.value) for e in events.Scalars("mel")] == [(1, 1.0), (2, 0.5)]


def test_tensorboard_that_is_not_there_is_one_error(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr("nscbench.benchmarks.commands.train.find_spec", lambda name: None)
    parser = argparse.ArgumentParser()
    add_arguments(parser)
    arguments = ["mel", "--data", str(tmp_path), "--steps", "1", "--tensorboard"]
    assert run(parser.parse_args(arguments)) == 2
    assert "pip install 'nscbench[tensorboard]'" in capsys.readouterr().err


def test_critics_learn_before_the_model_hears_them(folder: Path) -> None:
    done = trainer(tiny_gan(), folder, "out")
    done.run()
    first = {}
    for row in csv.DictReader((folder / "out" / "train.csv").open()):
        first.setdefault(row["name"], int(row["step"]))
    # progress before step n is (n - 1) / 6: learning from 0.3 on at even turns, judging from 0.5 on
    assert (first["critic"], first["adversarial"]) == (3, 4)


def test_training_lowers_the_loss(folder: Path) -> None:
    component = tiny_mel()
    component.recipe = replace(RECIPE, learning_rate=5e-3)
    learner = trainer(component, folder, "out", Budget(steps=120))
    learner._initialize()
    losses = [learner.train_step()["mel"] for _ in range(120)]
    assert np.mean(losses[-20:]) < 0.5 * np.mean(losses[:5])


def test_vocoder_is_fine_tuned_on_decoded_mels(folder: Path) -> None:
    codec = tiny_mel().model
    before = {name: value.clone() for name, value in codec.state_dict().items()}
    component = tiny_vocoder(codec)
    clean = trainer(component, folder, "clean").run()
    fine = tiny_vocoder(codec)
    fine.start_from(load(str(clean), VOCODER).network)
    mel = torch.randn(1, 80, 4, generator=torch.Generator().manual_seed(0))
    reference = load(str(clean), VOCODER).network(mel, torch.randn)
    torch.testing.assert_close(fine.model(mel, torch.randn), reference)
    trainer(fine, folder, "fine").run()
    for name, value in codec.state_dict().items():
        assert torch.equal(value, before[name]), name  # the mel codec learned nothing


def test_vocoder_is_fine_tuned_on_sampled_mels(folder: Path) -> None:
    component = tiny_vocoder(tiny_mel().model)
    sampled: list[torch.Tensor] = []

    class Brighter(torch.nn.Module):
        def sample(self, condition: torch.Tensor, sampler, nfe: int, draw) -> torch.Tensor:
            assert float(draw((2, 3000)).std()) == pytest.approx(0.6, rel=0.05)  # mel2mel's own
            sampled.append(condition)
            return condition + 1

    component.mel_decoder = Brighter()  # type: ignore[assignment]
    audio = torch.randn(40, 3200, generator=torch.Generator().manual_seed(0))
    mel = component.model.log_mel(audio)
    fed = component._input(audio, Draws(torch.Generator().manual_seed(0), audio.device))
    clean = (fed == mel).flatten(1).all(dim=1)
    assert 0 < clean.sum() < 40  # a third of the items, which no codec touched
    torch.testing.assert_close(fed[~clean], sampled[0][~clean] + 1)
    assert set(component.renderings(component.model, audio[:1])) == {"clean", "1stages", "2stages"}


def test_batches_depend_on_seed_and_step_alone(folder: Path) -> None:
    recordings = find_recordings(folder / "speech")
    first = open_speech(recordings, 16_000, folder)
    again = open_speech(recordings, 16_000, folder)  # from the pack
    assert first.total == again.total == 17_600 + 14_400 + 1_600
    one = first.batch(0, 7, 4, 3200).audio
    assert torch.equal(one, again.batch(0, 7, 4, 3200).audio)
    assert not torch.equal(one, first.batch(0, 8, 4, 3200).audio)
    assert not torch.equal(one, first.batch(1, 7, 4, 3200).audio)
    assert first.batch(0, 7, 64, 3200).audio.abs().max() <= 0.95 + 1e-6


def test_speakers_are_held_out(folder: Path) -> None:
    manifest = folder / "manifest.csv"
    lines = [f"x{i},speech/a.wav,speaker{i % 20}" for i in range(40)]
    manifest.write_text("\n".join(["id,path,speaker", *lines]))
    training, unseen = hold_out(find_recordings(manifest), 8)
    assert len(unseen) == 2
    assert not {r.speaker for r in training} & {r.speaker for r in unseen}
    assert len(training) == 36


@pytest.mark.parametrize(
    ("name", "content", "message"),
    [
        ("none", None, "neither a folder nor"),
        ("empty.csv", "id,path\n", "names no recording"),
        ("bad.csv", "id,file\n1,a.wav\n", "no column 'path'"),
        ("gone.csv", "id,path,speaker\n1,gone.wav,x\n2,gone.wav,y\n", "no recording"),
    ],
)
def test_bad_data_is_refused(tmp_path: Path, name: str, content: str | None, message: str) -> None:
    source = tmp_path / name
    if content is not None:
        source.write_text(content)
    with pytest.raises(DataError, match=message):
        open_speech(find_recordings(source), 16_000, tmp_path)


def test_command_refuses_bad_input_with_status_2(tmp_path: Path, capsys) -> None:
    parser = argparse.ArgumentParser()
    add_arguments(parser)
    arguments = ["mel", "--data", str(tmp_path / "gone"), "--steps", "1", "--out", str(tmp_path)]
    assert run(parser.parse_args(arguments)) == 2
    assert "neither a folder nor a manifest" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["mel", "--critics", "small"], "mel is trained without discriminators"),
        (["mel", "--batch", "0"], "a batch has at least one crop"),
        (["mel", "--learning-rate", "0"], "a learning rate is positive and finite, not 0.0"),
        (["mel", "--learning-rate", "nan"], "a learning rate is positive and finite, not nan"),
        (["vocoder", "--mel-decoder", "mel2mel"], "--mel-decoder needs --mel-codec"),
        (["mel", "--mel-codec", "mel"], "--mel-codec is for a vocoder"),
    ],
)
def test_settings_that_do_not_fit_are_refused(
    folder: Path, capsys, arguments: list[str], message: str
) -> None:
    parser = argparse.ArgumentParser()
    add_arguments(parser)
    places = ["--data", str(folder / "speech"), "--steps", "1", "--out", str(folder / "out")]
    assert run(parser.parse_args([*arguments, *places])) == 2
    assert message in capsys.readouterr().err


def test_batch_and_discriminators_are_settings() -> None:
    wide = Setup("gan", batch=7, critics="medium").make()
    assert wide.recipe.items == 7
    assert isinstance(wide.critics, Critics)
    assert len(wide.critics.members) == 8  # three over spectra, five over periods


def test_learning_rate_of_the_discriminators_is_in_proportion() -> None:
    own = Setup("gan").make().recipe
    slower = Setup("gan", learning_rate=1e-4).make().recipe
    assert slower.learning_rate == 1e-4
    assert slower.critic_learning_rate / own.critic_learning_rate == pytest.approx(
        slower.learning_rate / own.learning_rate
    )


def test_excerpts_are_of_the_same_moments() -> None:
    draws = Draws(torch.Generator().manual_seed(0), torch.device("cpu"))
    real = torch.arange(200.0).view(2, 100)
    fake = (real + 1000).requires_grad_()
    one, other = excerpts(real, fake, 30, draws)
    assert one.shape == (2, 30)
    assert torch.equal(other, one + 1000)
    assert (one.diff(dim=1) == 1).all()
    assert one[0, 0] != one[1, 0] - 100  # each item's own moment
    other.sum().backward()
    assert fake.grad is not None
    assert fake.grad.sum() == 60
    assert excerpts(real, fake, 0, draws) == (real, fake)
