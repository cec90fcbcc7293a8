"""Both sides of a pair: signals with their spectrograms and envelopes, and pieces of them.

The reference's share of the work is kept for the next degraded signal of the same reference.
"""

from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from scipy import fft
from visqol.analysis_window import AnalysisWindow
from visqol.gammatone import Spectrogram, make_erb_filters
from visqol.visqol_manager import MINIMUM_FREQ, NUM_BANDS_SPEECH, OVERLAP, PATCH_SIZE_SPEECH

from ...base import Signal
from ..remember import remember
from .kernels import Floats, Ints, gammatone_spectrogram

RATE = 16_000
FRAME = 320 / 16_000  # seconds between frames
HIGHEST_FREQUENCY = 8000.0
ACTIVE_RMS = 5000.0  # of 16-bit samples, after the peak is scaled to full scale
CACHED_SAMPLES = 120 * RATE  # of references that a process keeps: about 80 MB


@lru_cache(maxsize=1)
def analysis_window() -> AnalysisWindow:
    """Size, hop and Hann window of the frames."""
    return AnalysisWindow(RATE, OVERLAP)


@lru_cache(maxsize=1)
def _filters() -> tuple[Floats, Floats, Floats, Floats]:
    """Centre frequencies, and the coefficients that `gammatone_spectrogram` takes."""
    filters = make_erb_filters(RATE, NUM_BANDS_SPEECH, MINIMUM_FREQ, HIGHEST_FREQUENCY)
    a0, a11, a12, a13, a14, a2, _, b1, b2, gain = filters.filter_coeffs[:, ::-1]
    assert not a2.any()
    first, second = np.array([a0 / gain, a0, a0, a0]), np.array([a11 / gain, a12, a13, a14])
    return filters.center_freqs[::-1], first, second, np.array([b1, b2])


def _spectrogram(signal: Signal) -> Spectrogram:
    window = analysis_window()
    centres, first, second, poles = _filters()
    data = gammatone_spectrogram(
        np.ascontiguousarray(signal), window.hann_window, window.hop_size, first, second, poles
    )
    return Spectrogram(data, centres)


def upper_envelope(signal: Signal) -> Signal:
    """Upper envelope [T]: magnitude of the analytic signal."""
    mean = np.mean(signal)
    centred = signal - mean
    half = fft.rfft(centred)
    half[0] = 0.0
    if len(signal) % 2 == 0:
        half[-1] = 0.0
    return np.asarray(np.hypot(centred, fft.irfft(-1j * half, len(signal))) + mean)


class Envelope:
    """Spectrum of an envelope [T] to which others, at most one sample longer, are moved."""

    def __init__(self, envelope: Signal) -> None:
        self.samples = len(envelope)
        self._points = fft.next_fast_len(2 * self.samples + 1, real=True)
        self._spectrum = fft.rfft(envelope, self._points)

    def lag(self, degraded: Signal) -> int:
        """Samples by which the envelope `degraded` must be delayed to fit this one; 0 where that
        is more than half of this one."""
        correlation = fft.irfft(
            self._spectrum * np.conj(fft.rfft(degraded, self._points)), self._points
        )
        reach = self.samples - 1
        ordered = np.concatenate((correlation[-reach:], correlation[: reach + 1]))
        lag = int(np.argmax(ordered)) - reach
        return 0 if abs(lag) > self.samples / 2 else lag


@dataclass(frozen=True)
class Piece:
    """Samples of one patch, and where they begin in their signal; None: they are no part of it."""

    samples: Signal
    first: int | None

    def part(self, start: int, length: int) -> "Piece":
        """At most `length` samples of it from `start` on."""
        first = None if self.first is None else self.first + start
        return Piece(self.samples[start : start + length], first)


class Side:
    """A signal and its spectrogram."""

    def __init__(self, signal: Signal) -> None:
        self.signal = signal
        self.spectrogram = _spectrogram(signal)

    def piece(self, start: float, end: float) -> Piece:
        """Samples between two times in seconds, as the port cuts them: the last sample of the
        signal is never part of it, and zeros for what lies beyond its end come first."""
        first = int(start * RATE)
        samples = self.signal[first : min(len(self.signal) - 1, int(end * RATE))]
        if (beyond := int(end * RATE - len(self.signal))) > 0:
            return Piece(np.concatenate([np.zeros(beyond), samples]), None)
        return Piece(samples, first)

    def spectrogram_of(self, piece: Piece) -> Spectrogram:
        """Every frame is filtered from rest, so those on the signal's grid are known already."""
        window = analysis_window()
        if piece.first is None or piece.first % window.hop_size:
            return _spectrogram(piece.samples)
        column = piece.first // window.hop_size
        frames = 1 + (len(piece.samples) - window.size) // window.hop_size
        return Spectrogram(self.spectrogram.data[:, column : column + frames])


class Reference(Side):
    """All that depends on the reference alone."""

    def __init__(self, signal: Signal) -> None:
        super().__init__(signal)
        self.envelope = Envelope(upper_envelope(signal))
        self.starts = _active_patches(signal, self.spectrogram.num_frames)
        self.pieces = [self.piece(*seconds_of(start)) for start in self.starts]
        self.envelopes = [Envelope(upper_envelope(piece.samples)) for piece in self.pieces]


def seconds_of(start: int) -> tuple[float, float]:
    """When the patch that begins at frame `start` begins and ends."""
    return start * FRAME, start * FRAME + FRAME * PATCH_SIZE_SPEECH


def _active_patches(signal: Signal, frames: int) -> Ints:
    """First frames of the reference's patches in which any frame is active.

    A frame is silent when it and the two before it are below `ACTIVE_RMS`. The port reads its
    frames from sample 9 on, which is the first patch's number of frames, not of samples.
    """
    hop, size = analysis_window().hop_size, PATCH_SIZE_SPEECH
    first = size // 2 - 1
    count = (frames - first) // size
    peak = signal.max()
    part = signal[first : first + count * size * hop] / peak if peak else np.zeros(count)
    samples = np.trunc(np.clip(part * 2.0**15, -(2.0**15), 2.0**15 - 1))
    samples = samples[: len(samples) // hop * hop].reshape(-1, hop)
    loud = np.sqrt(np.mean(samples**2, axis=1)) >= ACTIVE_RMS
    active = np.ones(len(loud), dtype=bool)
    active[2:] = loud[2:] | loud[1:-1] | loud[:-2]
    patches = [first + i * size for i in range(count) if active[i * size : (i + 1) * size].any()]
    return np.array(patches, dtype=np.int64)


def _samples(reference: Reference) -> int:
    return len(reference.signal)


@remember(CACHED_SAMPLES, size=_samples)
def prepared_reference(signal: Signal) -> Reference:
    """The reference's share of the work."""
    return Reference(signal.copy())
