"""What visqol-python's `measure_from_arrays` computes in speech mode, faster.

The stages, constants and quirks are the port's, and so are the filters, the comparison of
spectrograms, the final similarity, the statistics and the lattice, which are called. Done here:
    spectrograms and patch matching   by `kernels`, equal to the last bit
    voice activity                    on arrays instead of sample by sample
    the reference's share             kept for the next degraded signal of the same reference
    FFTs                              by scipy, also where pyFFTW is installed, whose planning
                                      costs more than it saves; lags come out equal
The port offers no call between a pair and its MOS, hence the imports from its inner modules;
`tests/metrics/test_visqol.py` holds the result against its public call.
"""

from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from scipy import fft
from visqol.analysis_window import AnalysisWindow
from visqol.audio_utils import AudioSignal, scale_to_match_sound_pressure_level
from visqol.gammatone import Spectrogram, make_erb_filters, prepare_spectrograms_for_comparison
from visqol.nsim import PatchSimilarityResult, measure_patch_similarity
from visqol.quality_mapper import TFLiteSpeechQualityMapper
from visqol.visqol_core import (
    alter_for_similarity_extremes,
    calc_per_patch_freq_band_quantile,
    calc_per_patch_mean_freq_band_deg_energy,
    calc_per_patch_mean_freq_band_means,
    calc_per_patch_mean_freq_band_stddevs,
)
from visqol.visqol_manager import (
    _DEFAULT_LATTICE_MODEL,
    MINIMUM_FREQ,
    NUM_BANDS_SPEECH,
    OVERLAP,
    PATCH_SIZE_SPEECH,
)

from ...base import MetricError, Signal
from ..remember import remember
from .kernels import Floats, Ints, best_path, gammatone_spectrogram, similarities

RATE = 16_000
FRAME = 320 / 16_000  # seconds between frames
HIGHEST_FREQUENCY = 8000.0
SEARCH_RADIUS = 60 * PATCH_SIZE_SPEECH  # frames: 24 s
ACTIVE_RMS = 5000.0  # of 16-bit samples, after the peak is scaled to full scale
CACHED_SAMPLES = 120 * RATE  # of references that a process keeps: about 80 MB


@lru_cache(maxsize=1)
def _window() -> AnalysisWindow:
    return AnalysisWindow(RATE, OVERLAP)


@lru_cache(maxsize=1)
def _filters() -> tuple[Floats, Floats, Floats, Floats]:
    """Centre frequencies, and the coefficients that `gammatone_spectrogram` takes."""
    filters = make_erb_filters(RATE, NUM_BANDS_SPEECH, MINIMUM_FREQ, HIGHEST_FREQUENCY)
    a0, a11, a12, a13, a14, a2, _, b1, b2, gain = filters.filter_coeffs[:, ::-1]
    assert not a2.any()
    first, second = np.array([a0 / gain, a0, a0, a0]), np.array([a11 / gain, a12, a13, a14])
    return filters.center_freqs[::-1], first, second, np.array([b1, b2])


@lru_cache(maxsize=1)
def _lattice() -> Callable[..., float]:
    """Loaded once in a process."""
    mapper = TFLiteSpeechQualityMapper(_DEFAULT_LATTICE_MODEL)
    mapper.init()
    return mapper.predict_quality


def _spectrogram(signal: Signal) -> Spectrogram:
    window = _window()
    centres, first, second, poles = _filters()
    data = gammatone_spectrogram(
        np.ascontiguousarray(signal), window.hann_window, window.hop_size, first, second, poles
    )
    return Spectrogram(data, centres)


def _envelope(signal: Signal) -> Signal:
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


def _delayed(signal: Signal, lag: int) -> Signal:
    """The signal with `lag` zeros before it, or without its first -`lag` samples."""
    return np.concatenate([np.zeros(lag), signal]) if lag > 0 else signal[-lag:]


@dataclass(frozen=True)
class Piece:
    """Samples of one patch, and where they begin in their signal; None: they are no part of it."""

    samples: Signal
    first: int | None

    def part(self, start: int, length: int) -> "Piece":
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
        window = _window()
        if piece.first is None or piece.first % window.hop_size:
            return _spectrogram(piece.samples)
        column = piece.first // window.hop_size
        frames = 1 + (len(piece.samples) - window.size) // window.hop_size
        return Spectrogram(self.spectrogram.data[:, column : column + frames])


class Reference(Side):
    """All that depends on the reference alone."""

    def __init__(self, signal: Signal) -> None:
        super().__init__(signal)
        self.envelope = Envelope(_envelope(signal))
        self.starts = _active_patches(signal, self.spectrogram.num_frames)
        self.pieces = [self.piece(*_seconds(start)) for start in self.starts]
        self.envelopes = [Envelope(_envelope(piece.samples)) for piece in self.pieces]


def _seconds(start: int) -> tuple[float, float]:
    """When the patch that begins at frame `start` begins and ends."""
    return start * FRAME, start * FRAME + FRAME * PATCH_SIZE_SPEECH


def _active_patches(signal: Signal, frames: int) -> Ints:
    """First frames of the reference's patches in which any frame is active.

    A frame is silent when it and the two before it are below `ACTIVE_RMS`. The port reads its
    frames from sample 9 on, which is the first patch's number of frames, not of samples.
    """
    hop, size = _window().hop_size, PATCH_SIZE_SPEECH
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
def prepared(signal: Signal) -> Reference:
    """The reference's share of the work."""
    return Reference(signal.copy())


def _matched(reference: Reference, degraded: Side) -> list[PatchSimilarityResult]:
    """The most similar degraded patch of every reference patch, in the order of time."""
    ref_db, deg_db = prepare_spectrograms_for_comparison(
        reference.spectrogram, degraded.spectrogram
    )
    size, total = PATCH_SIZE_SPEECH, deg_db.shape[1]
    starts = reference.starts[reference.starts - size // 2 <= total]
    if not len(starts):
        raise MetricError("no patch of the reference lies within the aligned degraded signal")
    similarity = similarities(ref_db, deg_db, starts, size, SEARCH_RADIUS)
    padded = np.pad(deg_db, ((0, 0), (0, size)))
    results = []
    for start, offset, origin in zip(
        starts, *best_path(similarity, starts, total, SEARCH_RADIUS), strict=True
    ):
        result = measure_patch_similarity(
            ref_db[:, start : start + size], padded[:, offset : offset + size]
        )
        result.ref_patch_start_time, result.ref_patch_end_time = _seconds(start)
        if offset == origin:  # lost in transmission
            result.similarity = 0.0
            result.freq_band_means = np.zeros(NUM_BANDS_SPEECH)
        else:
            result.deg_patch_start_time, result.deg_patch_end_time = _seconds(offset)
        results.append(result)
    return results


def _refined(
    result: PatchSimilarityResult, number: int, reference: Reference, degraded: Side
) -> PatchSimilarityResult:
    """The patch after its own alignment in time, if that is more similar."""
    if result.deg_patch_start_time == result.deg_patch_end_time == 0.0:
        return result
    ref = reference.pieces[number]
    deg = degraded.piece(result.deg_patch_start_time, result.deg_patch_end_time)
    lag = reference.envelopes[number].lag(_envelope(deg.samples))
    ref, deg = _aligned(ref, deg, lag)
    if min(len(ref.samples), len(deg.samples)) <= _window().size:
        return result
    ref_db, deg_db = prepare_spectrograms_for_comparison(
        reference.spectrogram_of(ref), degraded.spectrogram_of(deg)
    )
    again = measure_patch_similarity(ref_db, deg_db)
    if again.similarity < result.similarity:
        return result
    again.ref_patch_start_time = result.ref_patch_start_time + max(lag, 0) / float(RATE)
    again.ref_patch_end_time = again.ref_patch_start_time + len(ref.samples) / RATE
    return again


def _aligned(reference: Piece, degraded: Piece, lag: int) -> tuple[Piece, Piece]:
    """Both pieces, the degraded one moved by `lag`, cut to equal length.

    Where the reference begins before the moved piece, its beginning goes, but only if the moved
    piece ends later; otherwise silence stands there.
    """
    if lag > 0 and len(reference.samples) < len(degraded.samples) + lag:
        reference = reference.part(lag, len(reference.samples))
    elif lag > 0:
        degraded = Piece(_delayed(degraded.samples, lag), None)
    elif lag < 0:
        degraded = degraded.part(-lag, len(degraded.samples))
    length = min(len(reference.samples), len(degraded.samples))
    return reference.part(0, length), degraded.part(0, length)


def mos(reference: Signal, degraded: Signal) -> float:
    """Predicted MOS of a pair [T], [T'] at 16 kHz; NaN if the degraded signal is silent.

    Raises:
        MetricError: no patch of the reference can be compared.
    """
    ref = prepared(reference)
    moved = _delayed(degraded, ref.envelope.lag(_envelope(degraded)))
    loudness = scale_to_match_sound_pressure_level(
        AudioSignal(ref.signal, RATE), AudioSignal(moved, RATE)
    )
    deg = Side(loudness.data)
    patches = [_refined(patch, number, ref, deg) for number, patch in enumerate(_matched(ref, deg))]
    means = calc_per_patch_mean_freq_band_means(patches)
    predicted = _lattice()(
        means,
        calc_per_patch_freq_band_quantile(patches, 0.10),
        calc_per_patch_mean_freq_band_stddevs(patches, FRAME),
        calc_per_patch_mean_freq_band_deg_energy(patches),
    )
    return float(alter_for_similarity_extremes(float(np.mean(means)), predicted))
