"""DNSMOS: predicted MOS of speech, 1 to 5, without a reference.

Columns `dnsmos_p808` (Reddy et al., ICASSP 2021) and `dnsmos_sig`, `dnsmos_bak`, `dnsmos_ovrl`
(P.835: signal, background, overall; Reddy et al., ICASSP 2022), with the models of Microsoft's
`speechmos` and values equal to `speechmos.dnsmos.run`, including its choices:
    clips below 9.01 s are repeated, doubling, until they reach it
    windows of 9.01 s every second, as many as the whole seconds allow, are averaged; those whose
    end rounds down by a sample (the 8th to the 24th, and others) are left out
Values move by 0.03 when a signal is shifted, and with its level: smaller differences say nothing.

Cost. Four convolutions at full resolution are 95 % of a window's work and do not depend on
where the window lies, but for four frames at its borders: they run once over what consecutive
windows share, and each window adds its borders. Windows of a repeated clip that are the same
samples are computed once.
"""

from collections import Counter
from functools import lru_cache
from importlib.util import find_spec
from typing import Any

import numpy as np
from numpy.typing import NDArray

from .base import Column, Meaning, Metric, Signal
from .machinery import spectra
from .machinery.onnx_graph import bundled, part, session

RATE = 16_000
SECONDS = 9.01
SAMPLES = 144_160  # of a window
FRAME, HOP, FRAMES = 320, 160, 900  # of P.835's spectrogram, in a window
STEP = RATE // HOP  # frames between windows
BORDER = 4  # frames whose features see a window's border: one for each 3 x 3 convolution

# Names of tensors inside sig_bak_ovr.onnx: the frames, and the last layer before any pooling.
FRAMED, RATINGS = "mos_estimator_logpow/concat:0", "Identity:0"
FEATURES = "mos_estimator_logpow/conv2d_3/Relu:0"

# Polynomials from the network's output to MOS, highest power first (DNS Challenge, P.835).
TO_MOS = {
    "dnsmos_sig": (-0.08397278, 1.22083953, 0.0052439),
    "dnsmos_bak": (-0.13166888, 1.60915514, -0.39604546),
    "dnsmos_ovrl": (-0.06766283, 1.11546468, 0.04602535),
}

MEL_FFT, MEL_BANDS = 321, 120
Array = NDArray[np.float32]


@lru_cache(maxsize=1)
def _sessions() -> tuple[Any, Any, Any]:
    """P.835 up to its features, its rest, and P.808. Loaded once in a process."""
    p835 = bundled("speechmos", "dnsmos_models/sig_bak_ovr.onnx")
    p808 = bundled("speechmos", "dnsmos_models/model_v8.onnx")
    front, back = part(p835, [FRAMED], [FEATURES]), part(p835, [FEATURES], [RATINGS])
    return session(front), session(back), session(p808)


def _windows(samples: int, period: int) -> Counter[int]:
    """Seconds at which windows of a signal begin, and how many windows are these very samples.

    Args:
        samples: of the signal, at least `SAMPLES`.
        period: samples after which it repeats itself.
    """
    same: dict[int, int] = {}
    count: Counter[int] = Counter()
    for second in range(int(samples // RATE - SECONDS) + 1):
        if int((second + SECONDS) * RATE) - second * RATE == SAMPLES:
            count[same.setdefault(second * RATE % period, second)] += 1
    return count


def _features(frames: Array) -> Array:
    """P.835's features [B, 32, N, 161] of frames [B, N, 320], with nothing around them."""
    (features,) = _sessions()[0].run(None, {FRAMED: frames})
    return np.asarray(features)


class WindowFeatures:
    """Features of the windows of a signal, asked for in the order of time."""

    def __init__(self, signal: Array) -> None:
        self._frames = np.lib.stride_tricks.sliding_window_view(signal, FRAME)[::HOP]
        self._latest: tuple[int, Array] | None = None

    def at(self, second: int) -> Array:
        """Features [1, 32, 900, 161] of the window that begins at this second."""
        begin, end = second * STEP, second * STEP + FRAMES
        if self._latest is None or self._latest[0] != second - 1:
            features = _features(self._frames[None, begin:end])
        else:
            size = 2 * BORDER
            borders = _features(
                np.stack([self._frames[begin : begin + size], self._frames[end - size : end]])
            )
            unseen = _features(self._frames[None, end - STEP - size : end])
            features = np.concatenate(
                [
                    borders[:1, :, :BORDER],
                    self._latest[1][:, :, STEP + BORDER : FRAMES - BORDER],
                    unseen[:, :, BORDER:-BORDER],
                    borders[1:, :, -BORDER:],
                ],
                axis=2,
            )
        self._latest = second, features
        return features


def _mel_spectrogram(window: Signal) -> Array:
    """P.808's input [frames, bands]: mel power in dB below its maximum, -80 at least, scaled."""
    padded = np.pad(window[:-HOP], MEL_FFT // 2)
    filters = spectra.mel_filters(RATE, MEL_FFT, MEL_BANDS, 0.0, RATE / 2)
    power = spectra.power_spectra(padded, spectra.hann(MEL_FFT), HOP) @ filters.T
    db = 10 * np.log10(np.maximum(power, 1e-10))
    return np.asarray((np.maximum(db - db.max(), -80.0) + 40) / 40, dtype=np.float32)


def score(reference: Signal, degraded: Signal) -> dict[str, float]:
    """Columns `dnsmos_*` of the degraded signal [T] at 16 kHz; the reference is not looked at."""
    repeats = 1
    while len(degraded) * repeats < SAMPLES:
        repeats *= 2
    signal = np.tile(degraded, repeats)
    windows = _windows(len(signal), len(degraded))
    features = WindowFeatures(signal.astype(np.float32))
    _, back, p808 = _sessions()
    p835_ratings, p808_ratings = [], list[float]()
    for second in windows:
        p835_ratings.append(back.run(None, {FEATURES: features.at(second)})[0][0])
        mels = _mel_spectrogram(signal[second * RATE : second * RATE + SAMPLES])
        p808_ratings.append(p808.run(None, {"input_1": mels[None]})[0].item())
    weights = list(windows.values())
    ratings = np.array(p835_ratings, dtype=np.float64).T
    columns = {"dnsmos_p808": float(np.average(p808_ratings, weights=weights))}
    for (column, polynomial), rating in zip(TO_MOS.items(), ratings, strict=True):
        columns[column] = float(np.average(np.polyval(polynomial, rating), weights=weights))
    return columns


def unavailable() -> str:
    """Why DNSMOS cannot run here; "" if it can."""
    missing = [name for name in ("speechmos", "onnxruntime") if find_spec(name) is None]
    return f"pip install {' '.join(missing)}" if missing else ""


METRIC = Metric(
    score=score,
    columns=(
        Column(
            "dnsmos_p808",
            "higher",
            short="P.808",
            long="DNSMOS P.808",
            place=80,
            shown="tables",
            meaning=Meaning(
                span="1 to 5; clean speech has about 3.9",
                mode="without reference",
                hears="noise and clipping, as listeners of a P.808 test would rate them.",
                misses=(
                    "what was said, who said it, and whether it is the right recording: "
                    "swapped items score as the references do."
                ),
                traps=(
                    "It moves with level and by 0.03 with a shift: smaller differences "
                    "say nothing. It was trained on noisy calls and their enhancement, "
                    "not on codecs."
                ),
            ),
        ),
        Column(
            "dnsmos_sig",
            "higher",
            short="SIG",
            long="DNSMOS signal",
            place=60,
            shown="page",
            meaning=Meaning(
                span="1 to 5",
                mode="without reference",
                hears="distortion of the voice itself (P.835's signal).",
                misses=("what was said, who said it, and whether it is the right recording."),
                traps="A clean voice of the wrong person is rated clean.",
            ),
        ),
        Column(
            "dnsmos_bak",
            "higher",
            short="BAK",
            long="DNSMOS background",
            place=70,
            shown="page",
            meaning=Meaning(
                span="1 to 5",
                mode="without reference",
                hears="noise behind the voice (P.835's background).",
                misses="distortion of the voice, and what was said.",
                traps=(
                    "A decoder that removes the recording's own noise gains: it is then "
                    "above the reference."
                ),
            ),
        ),
        Column(
            "dnsmos_ovrl",
            "higher",
            short="OVRL",
            long="DNSMOS overall",
            place=50,
            meaning=Meaning(
                span="1 to 5; clean speech has about 3.2",
                mode="without reference",
                hears="signal and background together (P.835's overall).",
                misses=(
                    "what was said, who said it, and whether it is the right recording: "
                    "swapped items score as the references do."
                ),
                traps=(
                    "It saturates near 3.3, so that good codecs lie within each other's "
                    "noise; hard clipping hardly moves it; it moves by 0.03 with a "
                    "shift."
                ),
            ),
        ),
    ),
    packages=("speechmos", "onnxruntime"),
    shortest=0.5,
    needs_reference_activity=False,
    unavailable=unavailable,
    place=6,
    misled={"quiet": "DNSMOS signal and overall fall", "narrow": "DNSMOS falls"},
)
