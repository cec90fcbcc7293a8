"""The two inner loops of ViSQOL, compiled: gammatone filters and patch matching.

They do the arithmetic of visqol-python 3.8.0 in the same order, so that results are equal to
the last bit, but let the compiler use vector instructions (bands, and cells of a patch, are
independent), compute what depends on the degraded patch alone once instead of once for each
reference patch, and use one thread: the suite's workers are processes.

Patches are flat: a patch of [bands, frames] with a border of one replicated cell all around is
one row of (bands + 2) x (frames + 2) cells, so that a neighbour is a constant step away.
"""

import numpy as np
from numpy.typing import NDArray

from ..compiled import compiled

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

# NSIM's Gaussian window (Hines & Harte 2012) and its two stabilizers, as in Google's ViSQOL.
CORNER, EDGE, CENTRE = 0.0113033910173052, 0.0838251475442633, 0.619485845753726
C1 = (0.01 * 1.0) ** 2
C3 = (0.03 * 1.0) ** 2 / 2.0


@compiled
def gammatone_spectrogram(
    signal: Floats, window: Floats, hop: int, first: Floats, second: Floats, poles: Floats
) -> Floats:
    """RMS of every band in every frame, [bands, frames], each frame filtered from rest.

    Args:
        signal: [T], at least one window long.
        window: [W].
        hop: samples between frames.
        first, second: numerator coefficients [4 stages, bands]; the third is zero.
        poles: denominator coefficients [2, bands], shared by the stages.
    """
    bands = poles.shape[1]
    frames = 1 + (signal.shape[0] - window.shape[0]) // hop
    pole1, pole2 = poles[0], poles[1]
    spectrogram = np.empty((bands, frames))
    flow = np.empty(bands)
    energy = np.empty(bands)
    state1 = np.empty((4, bands))
    state2 = np.empty((4, bands))
    for frame in range(frames):
        state1[:] = 0.0
        state2[:] = 0.0
        energy[:] = 0.0
        for k in range(window.shape[0]):
            flow[:] = signal[frame * hop + k] * window[k]
            for stage in range(4):
                for band in range(bands):
                    x = flow[band]
                    y = first[stage, band] * x + state1[stage, band]
                    state1[stage, band] = (
                        second[stage, band] * x - pole1[band] * y + state2[stage, band]
                    )
                    state2[stage, band] = -(pole2[band] * y)
                    flow[band] = y
            for band in range(bands):
                energy[band] += flow[band] * flow[band]
        spectrogram[:, frame] = np.sqrt(energy / window.shape[0])
    return spectrogram


@compiled
def smooth(cells: Floats, width: int, smoothed: Floats) -> None:
    """Gaussian-weighted 3 x 3 sums of flat cells, summed row by row as the package does."""
    for i in range(smoothed.shape[0]):
        j = i + width
        k = j + width
        smoothed[i] = (
            CORNER * cells[i]
            + EDGE * cells[i + 1]
            + CORNER * cells[i + 2]
            + EDGE * cells[j]
            + CENTRE * cells[j + 1]
            + EDGE * cells[j + 2]
            + CORNER * cells[k]
            + EDGE * cells[k + 1]
            + CORNER * cells[k + 2]
        )


@compiled
def flatten(spectrogram: Floats, start: int, frames: int, flat: Floats) -> None:
    """Flat cells of the patch that begins at frame `start`; zeros beyond the spectrogram's end."""
    bands, available = spectrogram.shape
    for row in range(bands + 2):
        band = min(max(row - 1, 0), bands - 1)
        for column in range(frames + 2):
            source = start + min(max(column - 1, 0), frames - 1)
            value = spectrogram[band, source] if source < available else 0.0
            flat[row * (frames + 2) + column] = value


@compiled
def local_statistics(flat: Floats, width: int, mean: Floats, variance: Floats) -> None:
    """Local means and variances of flat cells."""
    smooth(flat, width, mean)
    smooth(flat * flat, width, variance)
    variance -= mean * mean


@compiled
def compare_cells(
    reference: tuple[Floats, Floats],
    degraded: tuple[Floats, Floats],
    cross: Floats,
    cells: Floats,
) -> None:
    """NSIM of every cell, from local means and variances of both sides and their cross term."""
    mean, variance = reference
    deg_mean, deg_variance = degraded
    for i in range(cells.shape[0]):
        both = mean[i] * deg_mean[i]
        squares = mean[i] * mean[i] + deg_mean[i] * deg_mean[i]
        spread = np.sqrt(max(variance[i] * deg_variance[i], 0.0)) + C3
        cells[i] = (2.0 * both + C1) / (squares + C1) * ((cross[i] - both + C3) / spread)


@compiled
def mean_of_patch(cells: Floats, bands: int, frames: int) -> float:
    """Mean of flat cells over the frames of each band, then over bands."""
    total = 0.0
    for band in range(bands):
        row = 0.0
        for column in range(frames):
            row += cells[band * (frames + 2) + column]
        total += row / frames
    return total / bands


@compiled
def similarities(
    reference: Floats, degraded: Floats, starts: Ints, frames: int, radius: int
) -> Floats:
    """Mean NSIM of every reference patch with every degraded patch within its search window.

    Args:
        reference: spectrogram in dB [bands, N].
        degraded: spectrogram in dB [bands, M].
        starts: first frames of the P reference patches, ascending.
        frames: of a patch.
        radius: frames on both sides of a start that are searched.

    Returns:
        [P, min(M, 2 radius + 1)]; column j is the degraded patch that begins j frames after the
        first one searched, max(0, start - radius).
    """
    bands, total = degraded.shape
    width = frames + 2
    size = bands * width  # two cells at every row's end are computed and not used
    patches = starts.shape[0]
    flat = np.zeros((patches, (bands + 2) * width + 2))
    mean = np.empty((patches, size))
    variance = np.empty((patches, size))
    for p in range(patches):
        flatten(reference, starts[p], frames, flat[p])
        local_statistics(flat[p], width, mean[p], variance[p])
    deg_flat = np.zeros(flat.shape[1])
    deg_mean, deg_variance = np.empty(size), np.empty(size)
    cross, cells = np.empty(size), np.empty(size)
    result = np.zeros((patches, min(total, 2 * radius + 1)))
    for offset in range(total):
        flatten(degraded, offset, frames, deg_flat)
        local_statistics(deg_flat, width, deg_mean, deg_variance)
        for p in range(patches):
            if offset < starts[p] - radius or offset > starts[p] + radius:
                continue
            smooth(flat[p] * deg_flat, width, cross)
            compare_cells((mean[p], variance[p]), (deg_mean, deg_variance), cross, cells)
            result[p, offset - max(0, starts[p] - radius)] = mean_of_patch(cells, bands, frames)
    return result


@compiled
def trace_back(came_from: Ints, starts: Ints, radius: int, last: int) -> tuple[Ints, Ints]:
    """What `best_path` returns, from the predecessors [P, W] and the last patch's first frame."""
    patches, width = came_from.shape
    offset = last
    path, origins = np.empty(patches, dtype=np.int64), np.empty(patches, dtype=np.int64)
    for p in range(patches - 1, -1, -1):
        column = offset - max(0, starts[p] - radius)
        path[p] = offset
        origins[p] = came_from[p, column] if 0 <= column < width else -1
        offset = origins[p]
    return path, origins


@compiled
def best_path(similarity: Floats, starts: Ints, total: int, radius: int) -> tuple[Ints, Ints]:
    """The ascending sequence of degraded patches that is most similar to the reference's.

    Args:
        similarity: of `similarities`.
        starts: first frames of the P reference patches.
        total: frames of the degraded spectrogram.
        radius: of `similarities`.

    Returns:
        First frame of the degraded patch of every reference patch [P], and its predecessor's on
        the path [P]; where both are equal, the patch was lost in transmission.
    """
    patches, width = similarity.shape
    came_from = np.full((patches, width), -1, dtype=np.int64)
    best, previous = np.zeros(total), np.zeros(total)
    for p in range(patches):
        low, high = max(0, starts[p] - radius), min(total - 1, starts[p] + radius)
        previous, best = best, previous
        best[:] = 0.0
        highest, where = -1e308, -1
        scan = max(0, starts[p - 1] - radius) if p else low
        for offset in range(scan, high + 1):
            if offset >= low:
                value, origin = similarity[p, offset - low], -1
                if p:
                    value += highest
                    origin = where
                    if previous[offset] > value:
                        value, origin = previous[offset], offset
                best[offset] = value
                came_from[p, offset - low] = origin
            if previous[offset] >= highest:
                highest, where = previous[offset], offset
    low = max(0, starts[patches - 1] - radius)
    high = min(total - 1, starts[patches - 1] + radius)
    return trace_back(came_from, starts, radius, low + np.argmax(best[low : high + 1]))
