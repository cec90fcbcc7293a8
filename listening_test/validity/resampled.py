"""Draws of listeners, items and conditions: how a coefficient scatters.

Whole clusters of items are drawn (those of one speaker), listeners where they are known, both with
replacement. Where run and ratings have the same recordings, one draw of items holds for both;
elsewhere each side draws its own. Conditions are drawn on top where they stand for others: the
pigeonhole bootstrap of crossed factors (Owen, Annals of Applied Statistics 1, 2007).
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from ...benchmarks.statistics.bootstrap import cluster_counts
from ...benchmarks.statistics.gaps import Array
from .opinions import Opinions

DRAWS = 1000
_FEWEST_DRAWS, _MOST_NUMBERS = 200, 20_000_000  # of a large test, fewer are drawn
SEED = 0


@dataclass(frozen=True)
class Draws:
    """Draws of one comparison.

    Attributes:
        rated: drawn cells of the ratings [draws, drawn items, conditions]; NaN beyond the items of
            a draw.
        picked: items of the run that were drawn [draws, drawn items]; -1 beyond them.
        conditions: drawn conditions [draws, conditions].
        units: the fewest clusters or listeners that were drawn from.
    """

    rated: Array
    picked: NDArray[np.intp]
    conditions: NDArray[np.intp]
    units: int

    def measured(self, table: Array) -> Array:
        """The same draws of a table of the run [items, conditions], as `rated`."""
        return _at(table, self.picked)


def draw(opinions: Opinions, clusters: Sequence[str], shared: bool) -> Draws:
    """Draws for a comparison.

    Args:
        opinions: of the conditions that are compared; of the run's items, if they are shared.
        clusters: of the run's items.
        shared: are the recordings the same?
    """
    items, conditions = opinions.shape
    size = max(items, len(clusters)) * conditions
    draws = int(np.clip(_MOST_NUMBERS // size, _FEWEST_DRAWS, DRAWS))
    generator = np.random.default_rng(SEED)
    units = [len(set(clusters))]
    picked = _picked(clusters, draws, generator)
    if shared:
        clips = picked
    elif opinions.items:
        clips = _picked(opinions.items, draws, generator)
        units.append(len(opinions.items))
    else:
        clips = np.zeros((draws, 1), dtype=np.intp)
    if opinions.listeners:
        listeners = len(opinions.listeners)
        units.append(listeners)
        weights = cluster_counts(listeners, draws, generator).astype(np.float64)
        rated = np.stack(
            [_at(opinions.cells(w), clips[k : k + 1])[0] for k, w in enumerate(weights)]
        )
    else:
        rated = _at(opinions.cells(), clips)
    again = generator.integers(0, conditions, (draws, conditions))
    return Draws(rated, picked, again, min(units))


def _picked(
    clusters: Sequence[str], draws: int, generator: np.random.Generator
) -> NDArray[np.intp]:
    """Items of drawn clusters [draws, most items in a draw]; -1 beyond those of a draw."""
    names, cluster = np.unique(np.array(clusters, dtype=object), return_inverse=True)
    counts = cluster_counts(len(names), draws, generator)[:, cluster]  # [draws, items]
    picked = np.full((draws, int(counts.sum(axis=1).max())), -1, dtype=np.intp)
    for row, count in zip(picked, counts, strict=True):
        chosen = np.repeat(np.arange(len(cluster)), count)
        row[: len(chosen)] = chosen
    return picked


def _at(table: Array, picked: NDArray[np.intp]) -> Array:
    """Rows of a table [items, conditions] by their numbers [draws, n]; NaN for -1."""
    return np.where((picked >= 0)[:, :, None], table[picked], np.nan)
