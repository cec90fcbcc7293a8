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
from functools import lru_cache

import numpy as np
from visqol.audio_utils import AudioSignal, scale_to_match_sound_pressure_level
from visqol.gammatone import prepare_spectrograms_for_comparison
from visqol.nsim import PatchSimilarityResult, measure_patch_similarity
from visqol.quality_mapper import TFLiteSpeechQualityMapper
from visqol.visqol_core import (
    alter_for_similarity_extremes,
    calc_per_patch_freq_band_quantile,
    calc_per_patch_mean_freq_band_deg_energy,
    calc_per_patch_mean_freq_band_means,
    calc_per_patch_mean_freq_band_stddevs,
)
from visqol.visqol_manager import _DEFAULT_LATTICE_MODEL, NUM_BANDS_SPEECH, PATCH_SIZE_SPEECH

from ...base import MetricError, Signal
from ..chatter import held_back
from .kernels import best_path, similarities
from .sides import (
    FRAME,
    RATE,
    Piece,
    Reference,
    Side,
    analysis_window,
    prepared_reference,
    seconds_of,
    upper_envelope,
)

SEARCH_RADIUS = 60 * PATCH_SIZE_SPEECH  # frames: 24 s


@lru_cache(maxsize=1)
def _lattice() -> Callable[..., float]:
    """Loaded once in a process."""
    mapper = TFLiteSpeechQualityMapper(_DEFAULT_LATTICE_MODEL)
    with held_back():
        mapper.init()
    return mapper.predict_quality


def _delayed(signal: Signal, lag: int) -> Signal:
    """The signal with `lag` zeros before it, or without its first -`lag` samples."""
    return np.concatenate([np.zeros(lag), signal]) if lag > 0 else signal[-lag:]


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
        result.ref_patch_start_time, result.ref_patch_end_time = seconds_of(start)
        if offset == origin:  # lost in transmission
            result.similarity = 0.0
            result.freq_band_means = np.zeros(NUM_BANDS_SPEECH)
        else:
            result.deg_patch_start_time, result.deg_patch_end_time = seconds_of(offset)
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
    lag = reference.envelopes[number].lag(upper_envelope(deg.samples))
    ref, deg = _aligned(ref, deg, lag)
    if min(len(ref.samples), len(deg.samples)) <= analysis_window().size:
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
    ref = prepared_reference(reference)
    moved = _delayed(degraded, ref.envelope.lag(upper_envelope(degraded)))
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
