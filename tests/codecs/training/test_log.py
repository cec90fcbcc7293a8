"""The log of a training, its resumption, and the same as TensorBoard's events."""

import csv
from pathlib import Path

import pytest

from nscbench.codecs.training.log import Log
from nscbench.codecs.training.plan import Budget
from support.tiny_training import STEPS, tiny_mel, trainer


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
