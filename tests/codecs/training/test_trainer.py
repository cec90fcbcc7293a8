"""The training loop: exact resumption, survival of a kill, failure, and its files."""

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
import torch

from nscbench.codecs.training.checkpoint import CheckpointError
from nscbench.codecs.training.plan import Budget
from nscbench.codecs.training.trainer import Trainer, TrainingError
from nscbench.codecs.weights.parts import GAN
from nscbench.codecs.weights.pretrained import load
from support.tiny_training import RECIPE, STEPS, tiny_gan, tiny_mel, tiny_vocoder, trainer

TESTS = Path(__file__).parents[2]


def state(of: Trainer) -> dict[str, torch.Tensor]:
    own = {f"average.{k}": v for k, v in of.average.state_dict().items()}
    return own | of.component.state_dict()


@pytest.mark.parametrize("make", [tiny_gan, tiny_mel, tiny_vocoder])
def test_resumed_run_equals_undisturbed_run(folder: Path, make) -> None:
    undisturbed = trainer(make(), folder, "whole")
    undisturbed.run()

    first = trainer(make(), folder, "parts")
    first.initialize()
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
from nscbench.codecs.training.plan import Budget
from support.tiny_training import tiny_gan, trainer
module.CHECKPOINT_SECONDS = 0.0
trainer(tiny_gan(), Path(sys.argv[2]), "killed", Budget(steps=100_000)).run()
"""


@pytest.mark.slow
def test_killed_process_resumes(folder: Path) -> None:
    arguments = [sys.executable, "-c", KILLED, str(TESTS), str(folder)]
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
    first.initialize()
    first.train_step()
    first.seconds = 300.0
    first.save()
    second = trainer(tiny_mel(), folder, "out", Budget(minutes=10))
    second.resume()
    assert second.progress == pytest.approx(0.5)


def test_nan_stops_with_the_step_and_keeps_the_checkpoint(folder: Path) -> None:
    run_ = trainer(tiny_mel(), folder, "out")
    run_.initialize()
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


def test_critics_learn_before_the_model_hears_them(folder: Path) -> None:
    done = trainer(tiny_gan(), folder, "out")
    done.run()
    first = {}
    for row in csv.DictReader((folder / "out" / "train.csv").open()):
        first.setdefault(row["name"], int(row["step"]))
    # progress before step n is (n - 1) / 6: learning from 0.3 on at even turns, judging from 0.5 on
    assert (first["critic"], first["adversarial"]) == (3, 4)


def test_training_lowers_the_loss(folder: Path) -> None:
    component = tiny_gan()
    component.recipe = replace(RECIPE, learning_rate=5e-3, reconstruction_share=1.0)
    learner = trainer(component, folder, "out", Budget(steps=120))
    learner.initialize()
    losses = [learner.train_step()["mel"] for _ in range(120)]
    assert np.mean(losses[-20:]) < 0.5 * np.mean(losses[:5])


def test_a_mel_codec_begins_with_the_log_mel(folder: Path) -> None:
    learner = trainer(tiny_mel(), folder, "out", Budget(steps=120))
    untrained = learner.train_step()["mel"]
    learner.initialize()
    assert learner.train_step()["mel"] < 0.5 * untrained
