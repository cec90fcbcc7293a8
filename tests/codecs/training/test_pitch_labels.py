from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from pathlib import Path
from threading import Barrier, BrokenBarrierError
from typing import Any

import numpy as np
import pytest

from nscbench.codecs.training import pitch_labels
from nscbench.codecs.training.data import Speech
from nscbench.codecs.training.pitch_labels import open_labels

RATE = 16_000


def sweep(low: float, high: float, seconds: float) -> np.ndarray:
    """A voice-like sum of harmonics whose F0 rises linearly, 16-bit."""
    time = np.arange(int(seconds * RATE)) / RATE
    cycles = low * time + (high - low) * time**2 / (2 * seconds)
    signal = sum(np.cos(2 * np.pi * k * cycles) / k for k in range(1, 15))
    return (signal / np.abs(signal).max() * 20_000).astype(np.int16)


@pytest.fixture
def packed() -> tuple[np.ndarray, np.ndarray]:
    recordings = [
        sweep(120, 180, 1.0),
        np.zeros(4000, np.int16),
        sweep(200, 160, 0.8),
        sweep(100, 110, 0.03),
    ]
    index = np.array([(len(r), int(np.abs(r).max())) for r in recordings])
    return np.concatenate(recordings), index


def test_labels_lie_where_the_pitch_is(tmp_path: Path, packed):
    labels = open_labels(tmp_path / "p.pitch", *packed, RATE)
    found = labels.of(0)
    assert len(found) == 100
    middle = (np.arange(100) + 0.5) / 100
    voiced = found > 0
    assert voiced[5:-5].all()
    assert found[voiced] == pytest.approx((120 + 60 * middle)[voiced], rel=0.01)
    assert not labels.of(1).any()
    assert len(labels.of(3)) == 3


def test_crops_carry_their_labels(tmp_path: Path, packed):
    samples, index = packed
    speech = Speech(samples, index, RATE, open_labels(tmp_path / "p.pitch", samples, index, RATE))
    checked = 0
    for step in range(20):
        crops = speech.batch(0, step, 2, 6400)
        assert crops.pitch is not None
        assert crops.pitch.shape == (2, 40)
        for audio, pitch in zip(crops.audio.numpy(), crops.pitch.numpy(), strict=True):
            if (pitch[5:-5] > 0).all():
                # the mean of the measured pitch is the number of periods in the crop
                rising = np.diff(np.signbit(np.convolve(audio, np.ones(40), "same")).astype(int))
                assert pitch.mean() == pytest.approx((rising == -1).sum() / 0.4, rel=0.05)
                checked += 1
    assert checked > 5


def test_a_killed_run_goes_on_and_ends_with_the_same_labels(tmp_path: Path, packed):
    whole = tmp_path / "whole.pitch"
    open_labels(whole, *packed, RATE)
    values = whole.read_bytes()
    torn = tmp_path / "torn.pitch"
    torn.with_name("torn.pitch.partial").write_bytes(values[:450])  # within the second recording
    open_labels(torn, *packed, RATE)
    assert torn.read_bytes() == values
    assert not torn.with_name("torn.pitch.partial").exists()


def test_labels_of_another_number_are_made_again(tmp_path: Path, packed):
    path = tmp_path / "p.pitch"
    open_labels(path, *packed, RATE)
    values = path.read_bytes()
    path.write_bytes(values[:400] + values)
    labels = open_labels(path, *packed, RATE)
    assert path.read_bytes() == values
    assert len(labels.of(3)) == 3


def test_trainings_that_start_together_make_labels_once(
    tmp_path: Path, packed, monkeypatch: pytest.MonkeyPatch
):
    alone = tmp_path / "alone.pitch"
    open_labels(alone, *packed, RATE)
    measure, together, made = pitch_labels.measure_pitch, Barrier(3), []

    def slow(*signal: Any) -> np.ndarray:
        made.append(signal)
        with suppress(BrokenBarrierError):  # nobody else comes: they wait for the labels
            together.wait(0.1)
        return measure(*signal)

    monkeypatch.setattr(pitch_labels, "measure_pitch", slow)
    shared = tmp_path / "shared.pitch"
    with ThreadPoolExecutor(3) as pool:
        futures = [pool.submit(open_labels, shared, *packed, RATE) for _ in range(3)]
        assert all(np.array_equal(f.result().of(2), futures[0].result().of(2)) for f in futures)
    assert len(made) == 4  # recordings
    assert shared.read_bytes() == alone.read_bytes()
    assert not shared.with_name("shared.pitch.partial").exists()
