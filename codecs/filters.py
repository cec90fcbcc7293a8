"""The low-pass filters of MUSHRA's anchors (ITU-R BS.1534-3).

The template of the 3.5 kHz anchor:

    0 .. 3.5 kHz    within +-0.1 dB
    4 kHz           at least 25 dB down
    4.5 kHz and up  at least 50 dB down

The filter is a linear-phase FIR, a sinc under a Kaiser window, applied without delay. At any
cut-off it is flat to 0.01 dB up to there, and 64 dB down from 500 Hz above: inside the template.
Window and length: J. F. Kaiser, Nonrecursive digital filter design using the I0-sinh window
function, ISCAS 1974.
"""

from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

ATTENUATION_DB = 65.0
TRANSITION_HZ = 500.0


@lru_cache(maxsize=16)
def lowpass_taps(cutoff: float, rate: int) -> NDArray[np.float64]:
    """Symmetric impulse response, of odd length and unit gain at 0 Hz.

    Args:
        cutoff: Hz, upper end of the pass band.
        rate: Hz, of the signal.

    Raises:
        ValueError: the stop band would begin above half the rate.
    """
    if not 0 < cutoff <= rate / 2 - TRANSITION_HZ:
        raise ValueError(
            f"a low-pass at {cutoff:g} Hz needs a rate of {2 * (cutoff + TRANSITION_HZ):g} Hz "
            f"or more, not {rate}"
        )
    width = 2 * np.pi * TRANSITION_HZ / rate  # of the transition, radians per sample
    half = int(np.ceil((ATTENUATION_DB - 7.95) / (2.285 * width) / 2))
    beta = 0.1102 * (ATTENUATION_DB - 8.7)
    middle = 2 * (cutoff + TRANSITION_HZ / 2) / rate  # of the transition, in half the rate
    taps = np.sinc(middle * np.arange(-half, half + 1)) * np.kaiser(2 * half + 1, beta)
    taps /= taps.sum()
    taps.setflags(write=False)
    return np.asarray(taps)


def lowpass(signal: NDArray[np.float64], cutoff: float, rate: int) -> NDArray[np.float64]:
    """The signal [T] without what is above `cutoff` Hz, of equal length and not delayed."""
    if not signal.size:
        return signal
    taps = lowpass_taps(cutoff, rate)
    half = len(taps) // 2
    return np.convolve(signal, taps)[half : half + len(signal)]
