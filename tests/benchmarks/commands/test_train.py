"""`nscbench train`: what it refuses; `--campaign`: two tiny components, killed and taken up."""

import argparse
from pathlib import Path

import pytest
import soundfile

from nscbench.benchmarks.commands.train import add_arguments, run
from nscbench.codecs.networks.mel_autoencoder import MelCodecConfig
from nscbench.codecs.training.component import Recipe
from nscbench.codecs.training.mel import MelAutoencoder
from support.tiny_training import write_speech

FILE = """
[[train]]
component = "mel"
steps = 2

[[train]]
component = "mel"
name = "mel-longer"
init = "mel"
steps = 1
"""


def tiny_mel() -> MelAutoencoder:
    sizes = {"latent": 8, "entries": 16, "stage_counts": (1, 2), "dim": 8}
    config = MelCodecConfig(**sizes, encoder_depth=1, decoder_depth=1)
    return MelAutoencoder(config, Recipe(2, 3200))


@pytest.fixture
def arguments(tmp_path: Path, speech_like, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    (tmp_path / "speech").mkdir()
    for number in range(2):
        signal = speech_like(0.7, 16_000, number)
        soundfile.write(tmp_path / "speech" / f"{number}.wav", signal, 16_000)
    (tmp_path / "c.toml").write_text(FILE)
    monkeypatch.setattr(
        "nscbench.codecs.training.setup.make_component", lambda name, size, folder: tiny_mel()
    )
    monkeypatch.setattr("nscbench.codecs.training.tokens.COUNTED_SECONDS", 1.0)
    monkeypatch.setattr("nscbench.codecs.training.validation.THOROUGH", ("mel_distance",))
    places = ["--data", str(tmp_path / "speech"), "--out", str(tmp_path / "out")]
    return ["--campaign", str(tmp_path / "c.toml"), *places]


def call(arguments: list[str]) -> int:
    parser = argparse.ArgumentParser()
    add_arguments(parser)
    return run(parser.parse_args(arguments))


def test_a_campaign_trains_its_stages_in_order_and_says_what_is_next(
    arguments: list[str], tmp_path: Path, capsys
):
    assert call(arguments) == 0
    told = capsys.readouterr().out
    assert told.index(">   0%  mel\n") < told.index(">   0%  mel-longer\n")
    assert "  100%  mel-longer" in told
    page = (tmp_path / "out" / "trainings" / "trainings.html").read_text()
    assert "<svg" in page
    assert "mel-longer" in page
    card = (tmp_path / "out" / "mel-longer" / "mel.json").read_text()
    assert '"steps": 3' in card  # those of its predecessor included


def test_what_is_done_is_not_done_again(arguments: list[str], tmp_path: Path, capsys):
    assert call(arguments) == 0
    before = (tmp_path / "out" / "mel" / "checkpoint.pt").stat().st_mtime_ns
    capsys.readouterr()
    assert call(arguments) == 0
    assert (tmp_path / "out" / "mel" / "checkpoint.pt").stat().st_mtime_ns == before
    assert ">" not in capsys.readouterr().out


@pytest.mark.parametrize(
    ("more", "message"),
    [
        (["mel"], "name either a component or a --campaign"),
        (["--minutes", "3"], "--minutes: the campaign's file says that"),
        (["--init", "mel"], "--init: the campaign's file says that"),
        (["--size", "paper"], "--size: the campaign's file says that"),
    ],
)
def test_arguments_that_do_not_go_together(
    arguments: list[str], more: list[str], message: str, capsys
):
    assert call([*more, *arguments]) == 2
    assert message in capsys.readouterr().err


def test_a_component_wants_a_budget(tmp_path: Path, capsys):
    assert call(["mel", "--data", str(tmp_path)]) == 2
    assert "say how long: --minutes or --steps" in capsys.readouterr().err


def test_tensorboard_that_is_not_there_is_one_error(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr("nscbench.benchmarks.commands.train.find_spec", lambda name: None)
    parser = argparse.ArgumentParser()
    add_arguments(parser)
    arguments = ["mel", "--data", str(tmp_path), "--steps", "1", "--tensorboard"]
    assert run(parser.parse_args(arguments)) == 2
    assert "pip install 'nscbench[tensorboard]'" in capsys.readouterr().err


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
    tmp_path: Path, capsys, arguments: list[str], message: str
) -> None:
    parser = argparse.ArgumentParser()
    add_arguments(parser)
    speech = write_speech(tmp_path) / "speech"
    places = ["--data", str(speech), "--steps", "1", "--out", str(tmp_path / "out")]
    assert run(parser.parse_args([*arguments, *places])) == 2
    assert message in capsys.readouterr().err
