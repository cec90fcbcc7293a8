"""Where a signal holds speech: the detector of WebRTC, by `webrtcvad` (package `webrtcvad-wheels`).

It says yes or no for each 30 ms of 16-bit samples, and knows the frames before: one detector hears
one signal from its beginning. What its answers are made into differs between the metrics that ask.
"""

from importlib.util import find_spec

import numpy as np
from numpy.typing import NDArray

RATE = 16_000
FRAME = 480  # samples
PACKAGE = "webrtcvad-wheels"


def active(samples: NDArray[np.int16], mode: int) -> NDArray[np.bool_]:
    """Is there speech in each whole frame of 30 ms? [T // 480] of 16-bit samples [T] at 16 kHz.

    Args:
        mode: 0 to 3; the higher, the less is taken for speech.
    """
    import webrtcvad

    detector = webrtcvad.Vad(mode)
    frames = samples[: len(samples) // FRAME * FRAME].reshape(-1, FRAME)
    return np.array([detector.is_speech(frame.tobytes(), RATE) for frame in frames], dtype=bool)


def unavailable() -> str:
    """Why the detector cannot run here; "" if it can."""
    return "" if find_spec("webrtcvad") else f"no webrtcvad: pip install {PACKAGE}"
