"""Pictures of signals."""

import io
from functools import lru_cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ...metrics.machinery.signals import resample

_WINDOW, _PICTURE = 512, (560, 150)  # samples; pixels, width and height
_EMPHASIS, _RANGE_DB = 0.95, 65.0
_QUIETEST_DB = -20.0  # level of white: noise of a silent signal stays dark


def spectrogram(signal: NDArray[np.float64], rate: int) -> bytes:
    """PNG of a signal's [T] spectrogram up to 8 kHz, its highs raised by pre-emphasis."""
    from PIL import Image

    at_rate = resample(signal, rate, 16_000)
    raised = np.append(at_rate[:1], at_rate[1:] - _EMPHASIS * at_rate[:-1])
    width, height = _PICTURE
    padded = np.pad(raised, _WINDOW // 2)
    starts = np.linspace(0, len(padded) - _WINDOW, width).astype(int)
    frames = padded[starts[:, None] + np.arange(_WINDOW)] * np.hanning(_WINDOW)
    level = 20 * np.log10(np.abs(np.fft.rfft(frames)[:, 1:]) + 1e-6)  # [width, 256]
    top = max(np.percentile(level, 99.8), _QUIETEST_DB)
    shades = np.clip(255 * (1 + (level - top) / _RANGE_DB), 0, 255).astype(np.uint8)
    picture = Image.fromarray(np.ascontiguousarray(shades.T[::-1]), mode="L")
    picture = picture.resize((width, height), Image.Resampling.BILINEAR).quantize(64)
    picture.putpalette(_palette(picture))
    file = io.BytesIO()
    picture.save(file, "PNG", optimize=True)
    return file.getvalue()


def _palette(grey: Any) -> list[int]:
    """Colours of a picture's own grey levels."""
    levels = np.array(grey.getpalette()[: 3 * 64 : 3])
    return [int(value) for value in _magma()[levels].ravel()]


@lru_cache(maxsize=1)
def _magma() -> NDArray[np.uint8]:
    from matplotlib import colormaps

    return (colormaps["magma"](np.arange(256))[:, :3] * 255).astype(np.uint8)
