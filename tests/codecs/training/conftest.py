"""Training of tiny networks, whose validation need not take the time that a judgement takes."""

from pathlib import Path

import pytest

from nscbench.codecs.training.baselines import LadiffTraining, MultiBandTraining
from nscbench.codecs.training.diffusion import DiffusionTraining
from support.tiny_training import write_speech


@pytest.fixture(autouse=True)
def _brief(monkeypatch: pytest.MonkeyPatch) -> None:
    """`test_validation` measures with all metrics."""
    monkeypatch.setattr("nscbench.codecs.training.validation.THOROUGH", ("stoi", "mel_distance"))
    monkeypatch.setattr("nscbench.codecs.training.tokens.COUNTED_SECONDS", 1.0)
    monkeypatch.setattr("nscbench.codecs.training.diffusion.MEASURED_BATCHES", 2)
    for training in (DiffusionTraining, MultiBandTraining, LadiffTraining):
        monkeypatch.setattr(training, "nfe", 2)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return write_speech(tmp_path)
