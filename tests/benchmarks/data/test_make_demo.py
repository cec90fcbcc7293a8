"""The embedded demo set: labels, durations, levels, and voices that can be told apart."""

import csv
from collections import Counter
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest
import soundfile

from nscbench.benchmarks.data import make_demo
from nscbench.benchmarks.data.items import EMBEDDED, Item, read_audio, read_items

FOLDER = EMBEDDED["demo"]
FRAME = 320  # samples, 20 ms


@pytest.fixture(scope="module")
def items() -> list[Item]:
    return read_items("demo")


@pytest.fixture(scope="module")
def signals(items: list[Item]) -> dict[str, np.ndarray]:
    return {item.id: read_audio(item.path)[0] for item in items}


def frames(signal: np.ndarray, length: int = FRAME, hop: int = FRAME) -> np.ndarray:
    return np.lib.stride_tricks.sliding_window_view(signal, length)[::hop]


def active(signal: np.ndarray) -> np.ndarray:
    power = np.mean(frames(signal) ** 2, axis=1)
    return power > power.max() * 10**-3.5


def test_composition(items: list[Item]) -> None:
    assert len(items) == 16
    assert len({item.text for item in items}) == 16
    assert set(Counter(item.speaker for item in items).values()) == {2}
    assert Counter(sex for _, sex in {(i.speaker, i.sex) for i in items}) == {"F": 4, "M": 4}


def test_files_are_small_and_16_khz_mono_flac(items: list[Item]) -> None:
    for item in items:
        info = soundfile.info(item.path)
        assert (info.format, info.samplerate, info.channels) == ("FLAC", 16_000, 1)
        assert 4.51 <= item.seconds < 5.0, item.id
    assert sum(path.stat().st_size for path in FOLDER.iterdir()) < 4_000_000
    assert {path.suffix for path in FOLDER.iterdir()} == {".flac", ".csv", ".md"}
    assert len(list(FOLDER.glob("*.flac"))) == len(items)


def test_labelled_synthetic_everywhere(items: list[Item]) -> None:
    with (FOLDER / "manifest.csv").open(encoding="utf-8", newline="") as file:
        assert all(row["origin"] == "synthetic" for row in csv.DictReader(file))
    for item in items:
        assert item.id.startswith("synthetic_")
        assert item.speaker.startswith("synthetic_")
        assert item.path.name.startswith("synthetic_")
        with soundfile.SoundFile(item.path) as file:
            assert file.comment.startswith("Synthetic speech")
    readme = (FOLDER / "README.md").read_text(encoding="utf-8")
    for voice in make_demo.VOICES:
        row = next(line for line in readme.splitlines() if f"`{voice.speaker}`" in line)
        assert voice.name in row
        assert voice.synthesizer in row


def test_manifest_is_what_the_script_says(items: list[Item]) -> None:
    made = [
        (f"{voice.speaker}_{number:02}", voice.speaker, voice.sex, text)
        for voice in make_demo.VOICES
        for number, text in enumerate(voice.sentences, 1)
    ]
    assert [(item.id, item.speaker, item.sex, item.text) for item in items] == made


def test_levels_and_silence(signals: dict[str, np.ndarray]) -> None:
    for name, signal in signals.items():
        speech = active(signal)
        level = 10 * np.log10(np.mean(frames(signal)[speech] ** 2))
        assert level == pytest.approx(-26, abs=0.5), name
        assert 0.1 < np.abs(signal).max() < 0.9, name
        edges = np.flatnonzero(speech)[[0, -1]] * FRAME / 16_000
        assert edges[0] <= 0.3, name
        assert len(signal) / 16_000 - edges[1] <= 0.3, name
        assert speech.mean() > 0.6, name


def median_f0(signal: np.ndarray) -> float:
    """Hz; the first high peak of each loud frame's autocorrelation, 60 to 400 Hz."""
    lags = np.arange(16_000 // 400, 16_000 // 60)
    found = []
    for frame in frames(signal, 1280, 640):
        if np.mean(frame**2) < np.mean(signal**2):
            continue
        head = frame[:640]
        shifted = frames(frame, 640, 1)[lags]
        norms = np.linalg.norm(shifted, axis=1) * np.linalg.norm(head)
        peaks = shifted @ head / norms
        if peaks.max() > 0.8:
            high = peaks > 0.9 * peaks.max()
            first = int(np.argmax(high))
            last = first + int(np.argmin(np.append(high[first:], False)))
            found.append(16_000 / lags[first + int(np.argmax(peaks[first:last]))])
    return float(np.median(found))


def test_f0_is_that_of_the_sex(items: list[Item], signals: dict[str, np.ndarray]) -> None:
    for item in items:
        low, high = (150, 280) if item.sex == "F" else (80, 145)
        assert low < median_f0(signals[item.id]) < high, item.id


def spectrum(signal: np.ndarray) -> np.ndarray:
    """Mean and deviation over speech frames of 20 log bands, 100 Hz to 7.8 kHz, in dB; [40]."""
    short = frames(signal, 512, 160)
    power = np.abs(np.fft.rfft(short * np.hanning(512))) ** 2
    energy = np.mean(short**2, axis=1)
    edges = np.geomspace(3, 250, 21).astype(int)
    bands = [power[:, a : b + 1].mean(axis=1) for a, b in pairwise(edges)]
    decibels = 10 * np.log10(np.stack(bands, 1)[energy > energy.max() * 1e-3] + 1e-9)
    decibels -= decibels.mean(axis=1, keepdims=True)
    return np.concatenate([decibels.mean(axis=0), decibels.std(axis=0)])


def test_voices_can_be_told_apart(items: list[Item], signals: dict[str, np.ndarray]) -> None:
    """A sentence's spectrum is nearest to the other one of its voice: 2 of 16 would be chance."""
    spectra = {item.id: spectrum(signals[item.id]) for item in items}
    right = 0
    for item in items:
        others = {
            speaker: [spectra[i.id] for i in items if i.speaker == speaker and i is not item]
            for speaker in {i.speaker for i in items}
        }
        distances = {
            speaker: np.linalg.norm(spectra[item.id] - np.mean(group, axis=0))
            for speaker, group in others.items()
        }
        right += min(distances, key=lambda speaker: distances[speaker]) == item.speaker
    assert right >= 14


def test_preparation_levels_and_trims() -> None:
    time = np.arange(24_000) / 24_000
    tone = 0.9 * np.sin(2 * np.pi * 500 * time)
    quiet = np.zeros(24_000)
    signal = make_demo.prepared(np.concatenate([quiet, tone, quiet]), 24_000)
    assert len(signal) / 16_000 == pytest.approx(1 + 2 * make_demo.MARGIN, abs=0.04)
    middle = signal[4000:12_000]
    assert 20 * np.log10(np.sqrt(np.mean(middle**2))) == pytest.approx(-26, abs=0.2)


def test_items_of_another_folder_called_demo(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "demo").mkdir()
    soundfile.write(tmp_path / "demo" / "mine.wav", np.full(800, 0.1), 8000)
    monkeypatch.chdir(tmp_path)
    for source in ("./demo", Path("demo")):
        assert [item.id for item in read_items(source)] == ["mine"]
    assert len(read_items("demo")) == 16
