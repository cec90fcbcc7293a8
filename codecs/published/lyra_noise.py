"""Background noise as Lyra's receiver hears it, and noise like it for the time after a loss.

The noise floor of each of 160 mel bands is followed by minimum statistics in the log domain, on
what the decoder itself made of packets that came (R. Martin, "Noise power spectral density
estimation based on optimal smoothing and minimum statistics", IEEE TSAP 2001; in the form of
google/lyra 1.3.2, `noise_estimator.cc`). Comfort noise has the magnitudes of this floor and random
phases (`comfort_noise_generator.cc`). Bands are triangles on the mel scale of HTK, 0 to 7.92 kHz;
samples are on the scale of 16-bit integers.

The published program draws its phases anew in every run; here they are the same in every signal.
"""

from functools import lru_cache
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]

HOP = 320
BANDS = 160
_WINDOW = 640
_FFT = 1024
_RATE = 16_000
_TOP = 0.495 * _RATE  # Hz
_SCALE = 10.0  # of the logarithms
_QUIETEST = 500.0  # magnitude below which a band counts as silent
_SMOOTHING = 0.5 ** (HOP / _RATE / 0.7)  # at most: halves in 0.7 s
_DECAY = 0.5 ** (HOP / _RATE / 1.0)  # of the bounds: halves in 1 s
_RENEWED = _RATE // HOP  # hops after which a minimum is forgotten: 1 s
_NEAR = 0.3  # difference of log powers over which the smoothing falls to 1 / e
_BOUND = 0.9
_SEED = 0


class MelBands(NamedTuple):
    """Weights [bands, 513] of the bins in each band, and back [513, bands]."""

    analysis: Floats
    synthesis: Floats


class LogMel:
    """Logarithmic magnitudes of mel bands, a tenth of them, hop by hop."""

    def __init__(self, bands: int = BANDS) -> None:
        self._bands = _mel_bands(bands)
        self._past = np.zeros(_WINDOW)

    def __call__(self, hop: Floats) -> Floats:
        """Bands of the window that ends with these samples [320]."""
        self._past = np.concatenate([self._past[HOP:], hop])
        window = 0.5 - 0.5 * np.cos(2 * np.pi * np.arange(_WINDOW) / _WINDOW)
        magnitude = np.abs(np.fft.rfft(self._past * window, _FFT))
        floored: Floats = np.maximum(self._bands.analysis @ magnitude, _QUIETEST)
        return np.log(floored) / _SCALE


class NoiseFloor:
    """Follows the noise floor of the hops that it is given.

    Attributes:
        estimate: its log-mel bands [160]; 0 before the first hop, which is silence.
    """

    def __init__(self) -> None:
        self.estimate = np.zeros(BANDS)
        self._bound = np.zeros(BANDS)
        self._power: Floats | None = None
        self._square = np.zeros(BANDS)
        self._coming = np.zeros(BANDS)  # the minimum since the last renewal
        self._hops = 0
        self._log_mel = LogMel()

    def hear(self, hop: Floats) -> None:
        """Take in samples [320] that were decoded from a packet."""
        bands = self._log_mel(hop)
        if self.is_noise(bands):
            self._bound *= _DECAY  # or one loud bound would keep the estimate for ever
        else:
            self.update(bands)

    def is_noise(self, bands: Floats) -> bool:
        """Are these log-mel bands [160] all within the bounds of the estimate?"""
        return bool((np.abs(bands - self.estimate) <= self._bound).all())

    def update(self, bands: Floats) -> None:
        """Move the estimate by a hop of log-mel bands [160]."""
        if self._power is None:
            self._power, self._square, self._coming = bands, bands**2, bands
        moved = np.exp(-(((self._power.mean() - bands.mean()) / _NEAR) ** 2))
        above = np.exp(-(((self._power - self.estimate) / _NEAR) ** 2))
        kept = _SMOOTHING * moved * above
        self._power = kept * self._power + (1 - kept) * bands
        self._square = kept * self._square + (1 - kept) * bands**2
        if self._hops == 0:
            self.estimate = np.minimum(self._coming, self._power)
            self._coming = self._power
        else:
            self.estimate = np.minimum(self.estimate, self._power)
            self._coming = np.minimum(self._coming, self._power)
        variance = np.maximum(0, self._square - self._power**2)
        self._bound = _BOUND * np.sqrt(variance * np.log(BANDS))
        self._hops = (self._hops + 1) % _RENEWED


class ComfortNoise:
    """Noise with the magnitudes of log-mel bands, hop by hop; hops overlap in frames of 1024."""

    def __init__(self) -> None:
        self._random = np.random.default_rng(_SEED)
        self._tail = np.zeros(_FFT - HOP)

    def __call__(self, bands: Floats) -> Floats:
        """The next samples [320] of noise with these bands [160]: whole numbers of 16 bits."""
        magnitude = _mel_bands(BANDS).synthesis @ np.exp(_SCALE * bands)
        phase = self._random.uniform(0, 2 * np.pi, len(magnitude))
        frame = np.fft.irfft(magnitude * np.exp(1j * phase), _FFT)
        frame[: len(self._tail)] += self._tail
        self._tail = frame[HOP:]
        return np.trunc(np.clip(frame[:HOP], -32768, 32767))


@lru_cache(maxsize=2)
def _mel_bands(count: int) -> MelBands:
    bins = np.arange(_FFT // 2 + 1) * _RATE / _FFT
    spacing = _mel(np.array(_TOP)) / (count + 1)
    place = _mel(bins) / spacing - 1  # the k-th band is centred at k
    weights = np.maximum(0, 1 - np.abs(place - np.arange(count)[:, None]))
    weights[:, bins > _TOP] = 0
    weights[:, 0] = 0
    return MelBands(weights, (weights / weights.sum(axis=1, keepdims=True)).T)


def _mel(hertz: Floats) -> Floats:
    mel: Floats = 1127 * np.log1p(hertz / 700)
    return mel
