"""The timing of training data: what it runs, and what it says."""

from pathlib import Path

import numpy as np
import pytest
import soundfile

from nscbench.benchmarks.selftime import data_speed
from nscbench.codecs.training.component import Recipe
from nscbench.codecs.training.mel import MelAutoencoder
from nscbench.codecs.training.presets import make_component

RATE, HOP = 16_000, 320


@pytest.fixture
def speech(tmp_path: Path) -> Path:
    folder = tmp_path / "speech"
    folder.mkdir()
    noise = 0.1 * np.random.default_rng(0).standard_normal(RATE)
    soundfile.write(folder / "a.wav", noise, RATE)
    return folder


def test_rates_are_told_for_every_component(
    speech: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def tiny(size: str) -> MelAutoencoder:
        config = make_component("mel", size).config
        return MelAutoencoder(config, Recipe(items=1, crop=10 * HOP))

    seconds = iter([0.5, *[0.001] * 201, 0.7, 0.25, 0.05, 0.2])  # pack, batches, three steps

    class Clock:
        now, ticks = 0.0, 0

        @classmethod
        def perf_counter(cls) -> float:
            cls.ticks += 1
            if cls.ticks % 2 == 0:
                cls.now += next(seconds)
            return cls.now

    monkeypatch.setattr(data_speed, "time", Clock)
    monkeypatch.setattr(data_speed, "make_component", lambda name, size: tiny(size))
    assert data_speed.main(["--data", str(speech), "--device", "cpu", "--steps", "3"]) == 0
    row = capsys.readouterr().out.splitlines()[-1].split()
    # 16000 samples in 0.5 s, 3200 in 1 ms, 3200 in 0.2 s: the first step does not count
    assert row == [
        *("mel", "3.2e+04", "2", "s/s", "3.2e+06", "200", "s/s", "1.6e+04", "1", "s/s", "200"),
    ]


def test_no_speech_is_an_error(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert data_speed.main(["--data", str(tmp_path / "none"), "--device", "cpu"]) == 2
    assert "neither a folder nor a manifest" in capsys.readouterr().err
