"""PLCMOS v2: predicted MOS of speech after packet loss concealment, 1 to 5, without a reference.

Diener et al., "PLCMOS - a data-driven non-intrusive metric for the evaluation of packet loss
concealment algorithms" (Interspeech 2023); the model is the one of Microsoft's `speechmos`.
The network rates a signal as a rater drawn at random would, and `speechmos` averages 15 draws
of NumPy's global generator: a value that changes from call to call (sd 0.02). Here the same 15
raters, drawn once from a fixed seed, rate every signal: `numpy.random.seed(0)` before
`speechmos.plcmos.run` gives the same values. All but the network's last layers do not depend
on the rater and run once instead of 15 times.
"""

from functools import lru_cache
from importlib.util import find_spec
from typing import Any

import numpy as np
from numpy.typing import NDArray

from .base import Column, Meaning, Metric, Signal
from .machinery.onnx_graph import bundled, part, session

RATERS, RATER_SIZE, SEED = 15, 64, 0
WINDOW, HOP = 512, 256
FLOOR_DB, SILENCE_DB = -120.0, -80.0  # of bins that are zero: below the quietest other, or alone
SCALE = 20.0

# Names of tensors inside plcmos_v2.onnx: last states of the two GRUs, where the trunk ends.
TRUNK = ("onnx::Concat_335", "onnx::Concat_337")


@lru_cache(maxsize=1)
def _sessions() -> tuple[Any, Any]:
    """The network up to the raters, and its rest. Loaded once in a process."""
    model = bundled("speechmos", "plcmos_models/plcmos_v2.onnx")
    trunk = part(model, ["degraded_audio"], TRUNK)
    head = part(model, [*TRUNK, "rater_embed"], ["plcmos"])
    return session(trunk), session(head)


@lru_cache(maxsize=1)
def _raters() -> NDArray[np.float32]:
    """Embeddings [raters, 64]; the legacy generator, because its stream is frozen."""
    draws = np.random.RandomState(SEED).normal(size=(RATERS, RATER_SIZE))
    return draws.astype(np.float32)


def _log_spectrogram(signal: Signal) -> NDArray[np.float32]:
    """Natural logarithm of power over 20, [frames, bins], of frames from half a window early."""
    frames = -(-(len(signal) + HOP) // HOP)
    padded = np.zeros((frames - 1) * HOP + WINDOW)
    padded[HOP : HOP + len(signal)] = signal
    windows = np.lib.stride_tricks.sliding_window_view(padded, WINDOW)[::HOP]
    power = np.abs(np.fft.rfft(windows * np.hamming(WINDOW + 1)[:-1])) ** 2
    audible = power > 0
    per_db = np.log(10) / 10
    floor = np.log(power[audible].min()) + FLOOR_DB * per_db if audible.any() else 0.0
    log_power = np.full_like(power, floor if audible.any() else SILENCE_DB * per_db)
    np.log(power, out=log_power, where=audible)
    return (log_power / SCALE).astype(np.float32)


def score(reference: Signal, degraded: Signal) -> dict[str, float]:
    """Column `plcmos` of the degraded signal [T] at 16 kHz; the reference is not looked at."""
    trunk, head = _sessions()
    states = trunk.run(None, {"degraded_audio": _log_spectrogram(degraded)[None, None]})
    inputs = {
        name: np.broadcast_to(state, (RATERS, state.shape[-1])).copy()
        for name, state in zip(TRUNK, states, strict=True)
    }
    (ratings,) = head.run(None, {**inputs, "rater_embed": _raters()})
    return {"plcmos": float(np.mean(ratings, dtype=np.float64))}


def unavailable() -> str:
    """Why PLCMOS cannot run here; "" if it can."""
    missing = [name for name in ("speechmos", "onnxruntime") if find_spec(name) is None]
    return f"pip install {' '.join(missing)}" if missing else ""


METRIC = Metric(
    score=score,
    columns=(
        Column(
            "plcmos",
            "higher",
            short="PLCMOS",
            long="PLCMOS",
            place=90,
            meaning=Meaning(
                span="1 to 5",
                mode="without reference",
                hears="gaps, clicks and what conceals them.",
                misses=(
                    "noise: the control of noise alone scores above several codecs. What was "
                    "said, and who said it."
                ),
                traps=(
                    "It is a metric of packet loss concealment; beside codecs it tells "
                    "artefacts in time, not overall quality."
                ),
            ),
        ),
    ),
    packages=("speechmos", "onnxruntime"),
    shortest=0.5,
    needs_reference_activity=False,
    unavailable=unavailable,
    place=7,
    misled={"narrow": "PLCMOS falls"},
)
