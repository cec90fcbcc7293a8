"""Signals and weights that tests of several modules share."""

import gc
import os
from collections.abc import Callable
from functools import lru_cache
from importlib.util import find_spec
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from nscbench.benchmarks.workers.pool import ONE_THREAD

# A pool sets these for its processes, and numba refuses to go on when they change after its start.
os.environ.update(dict.fromkeys(ONE_THREAD, "1"))


def pytest_collection_finish() -> None:
    """No collection of garbage looks again through what the imports made: it takes seconds."""
    gc.freeze()


SpeechLike = Callable[..., NDArray[np.float32]]


@lru_cache(maxsize=32)
def _speech_like(seconds: float, rate: int, seed: int = 0) -> NDArray[np.float32]:
    """A signal [T] that codecs take for speech: it has no words, but all that they model.

    Syllables of 0.2 s: a gliding F0 of 90 to 220 Hz whose harmonics follow three formants, a short
    fricative before each, and a pause after every fourth. Peak 0.5.
    """
    rng = np.random.default_rng(seed)
    time = np.arange(round(seconds * rate)) / rate
    syllables = int(np.ceil(seconds / 0.2)) + 1
    where = np.minimum((time / 0.2).astype(int), syllables - 1)
    inside = time / 0.2 - where  # 0..1 within the syllable
    f0 = np.interp(time, 0.2 * np.arange(syllables), rng.uniform(90, 220, syllables))
    phase = 2 * np.pi * np.cumsum(f0) / rate
    formants = rng.uniform((300, 900, 2200), (800, 2000, 3200), (syllables, 3))[where]  # [T, 3]
    voiced = np.zeros_like(time)
    for harmonic in range(1, int(0.45 * rate / 90)):
        frequency = harmonic * f0
        envelope = (1 / (1 + ((frequency[:, None] - formants) / 120) ** 2)).sum(axis=1)
        envelope *= frequency < 0.45 * rate
        voiced += envelope * np.sin(harmonic * phase + rng.uniform(0, 2 * np.pi)) / harmonic**0.5
    fricative = np.diff(rng.standard_normal(len(time)), prepend=0.0)  # rises with frequency
    signal = voiced * np.sin(np.pi * np.clip((inside - 0.25) / 0.75, 0, 1))
    signal += 0.1 * fricative * (inside < 0.25)
    signal *= where % 4 != 3
    return (0.5 * signal / max(np.abs(signal).max(initial=0), 1e-9)).astype(np.float32)


@pytest.fixture(scope="session")
def speech_like() -> SpeechLike:
    """`speech_like(seconds, rate, seed=0)`: a float32 signal [T]."""
    return lambda seconds, rate, seed=0: _speech_like(seconds, rate, seed).copy()


@pytest.fixture(scope="session")
def closed_form() -> dict[str, NDArray[np.float64]]:
    """Signals [T] of 3 s at 16 kHz by name, from formulas alone, so that values can be stored.

    `clean` is 40 harmonics of a gliding F0 (130 Hz and up to 35 Hz to either side), harmonic k of
    amplitude k ** -tilt with a tilt of 0.6 to 1.6, in bursts of 0.2 s; the others are degraded:
    `clipped` at 0.3, `echo` (0.3 of it, 50 ms later, to 0.7 of it) and `muffled` (mean of nine
    samples).
    """
    time = np.arange(48_000) / 16_000
    phase = 2 * np.pi * (130 * time + 8 * np.sin(2 * np.pi * 0.7 * time))
    tilt = 1.1 + 0.5 * np.sin(2 * np.pi * 1.3 * time)
    voice = sum(np.sin(k * phase) / k**tilt for k in range(1, 41))
    clean = 0.15 * voice * np.maximum(0, np.sin(2 * np.pi * 2.5 * time))
    return {
        "clean": clean,
        "clipped": np.clip(clean, -0.3, 0.3),
        "echo": 0.7 * clean + 0.3 * np.concatenate([np.zeros(800), clean[:-800]]),
        "muffled": np.convolve(clean, np.ones(9) / 9, mode="same"),
    }


@pytest.fixture(scope="session")
def stand_in_weights(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder of weights with a small model in the place of each published one."""
    pytest.importorskip("onnx")
    pytest.importorskip("transformers")
    from support.weight_stand_ins import write_stand_ins

    return write_stand_ins(tmp_path_factory.mktemp("weights"))


@pytest.fixture
def stand_ins(stand_in_weights: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The same folder, where metrics look for their weights."""
    from support.unpinned import put_in_place

    put_in_place(monkeypatch, stand_in_weights)
    return stand_in_weights


@pytest.fixture(scope="session")
def stand_in_checkpoints(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder of weights with a small checkpoint of every codec that a library loads.

    It lacks those whose library is missing: the codecs themselves say so. For the others there are
    no small ones: what is here of the real ones is linked.
    """
    from nscbench.codecs import available
    from nscbench.codecs.published.published_codec import PublishedCodec
    from nscbench.metrics.machinery import weights

    folder = tmp_path_factory.mktemp("checkpoints")
    from support.tiny_checkpoints import write_checkpoint

    for name in ("lyra", "opus-ml"):
        if (weights.folder() / name).is_dir():
            (folder / name).symlink_to(weights.folder() / name)

    for name, codec in available().items():
        if issubclass(codec, PublishedCodec) and find_spec(codec.library.replace("-", "_")):
            written = write_checkpoint(folder, name)
            Path(written).rename(folder / codec.checkpoint.name)
    return folder
