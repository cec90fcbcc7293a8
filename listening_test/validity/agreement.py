"""Every objective column of a run against listeners: coefficients, errors, pairs out of order.

Two levels:
    conditions  one point per condition: the mean over its items
    items       one point per item and condition, where run and ratings have the same recordings

Pearson's r, Spearman's rho and Kendall's tau-b keep the metric's own sign: a distance correlates
negatively. Each has two 95 % intervals: one for other items (and listeners) like these, with the
conditions as they are; and one for other conditions like these as well, which is the one to ask
whether a metric can be trusted with a codec that nobody has judged.
"""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from ...benchmarks.statistics.coefficients import KINDS, coefficient
from ...benchmarks.statistics.gaps import Array, mean_of_known
from ...benchmarks.statistics.intervals import FEWEST, Interval, quantile_interval, widened_tail
from ...benchmarks.statistics.mapping import (
    ORDERS,
    Deviation,
    deviation,
    fit_mapping,
)
from ...benchmarks.statistics.mapping import (
    Mapping as Fit,
)
from ...benchmarks.statistics.rank_interval import FEWEST_POINTS, coefficient_interval
from .compared import Compared, Table
from .resampled import Draws, draw
from .reversals import Reversal, of_draws, reversals

CONDITIONS, ITEMS = "conditions", "items"


@dataclass(frozen=True)
class Coefficient:
    """A coefficient and its 95 % intervals; None where they do not exist."""

    value: float | None
    over_items: Interval | None = None
    over_conditions: Interval | None = None


@dataclass(frozen=True)
class Error:
    """What is left after mapping to the listeners' scale."""

    order: int
    mapping: Fit
    deviation: Deviation | None


@dataclass(frozen=True)
class Level:
    """One column at one level: how many points, coefficients by kind, errors by order."""

    name: str
    points: int
    coefficients: Mapping[str, Coefficient]
    errors: tuple[Error, ...]


@dataclass(frozen=True)
class ColumnValidity:
    """One objective column against listeners.

    Attributes:
        column: its name.
        direction: "higher", "lower", or "none", for which there are no errors and no reversals.
        levels: conditions, and items where the recordings are the same.
        values: mean by condition, over the items that both sides have.
        pairs: how many pairs of conditions have both sides.
        reversals: those that the metric orders against the listeners.
    """

    column: str
    direction: str
    levels: tuple[Level, ...]
    values: Mapping[str, float]
    pairs: int
    reversals: tuple[Reversal, ...]

    def level(self, name: str) -> Level | None:
        """One of its levels; None where it was not computed."""
        return next((level for level in self.levels if level.name == name), None)


def agreement(compared: Compared) -> tuple[tuple[ColumnValidity, ...], tuple[str, ...]]:
    """Every column's validity, and notes on the columns that have none."""
    drawn = draw(compared.opinions, compared.clusters, compared.shared)
    reports, notes = [], []
    for table in compared.tables:
        known = table.known(compared)
        if known.any(axis=0).sum() < 2:
            notes.append(f"{table.column}: fewer than 2 conditions have both a value and ratings")
        else:
            reports.append(_validity(compared, table, drawn))
    return tuple(reports), tuple(notes)


def _validity(compared: Compared, table: Table, drawn: Draws) -> ColumnValidity:
    known = table.known(compared)
    rated, values = compared.rated(known), table.means(known)
    drawn_rated, drawn_values = _drawn_means(compared, table, drawn)
    levels = [
        Level(
            CONDITIONS,
            int(np.isfinite(rated * values).sum()),
            _of_conditions(rated, values, drawn_rated, drawn_values, drawn.units),
            _errors(values, rated, compared.half_widths(known, by_item=False), table.direction),
        )
    ]
    if compared.shared:
        levels.append(_of_items(compared, table, drawn))
    pairs, found = 0, tuple[Reversal, ...]()
    if table.direction != "none":
        sign = 1 if table.direction == "higher" else -1
        chance = compared.chance(known) or of_draws(rated, drawn_rated, drawn.units)
        pairs, found = reversals(
            compared.conditions,
            rated,
            sign * values,
            (chance, of_draws(values, drawn_values, drawn.units)),
        )
    return ColumnValidity(
        column=table.column,
        direction=table.direction,
        levels=tuple(levels),
        values={
            name: float(value)
            for name, value in zip(compared.conditions, values, strict=True)
            if np.isfinite(value)
        },
        pairs=pairs,
        reversals=found,
    )


def _drawn_means(compared: Compared, table: Table, drawn: Draws) -> tuple[Array, Array]:
    """Means of conditions in every draw [draws, conditions], of ratings and of values."""
    measured, weight = drawn.measured(table.values), drawn.measured(table.weights)
    rated = drawn.rated
    if compared.shared:
        both = np.isfinite(measured) & np.isfinite(rated)
        measured, rated = np.where(both, measured, np.nan), np.where(both, rated, np.nan)
    weight = np.where(np.isfinite(measured), weight, 0.0)
    total = weight.sum(axis=1)
    summed = (np.nan_to_num(measured) * weight).sum(axis=1)
    values = np.divide(summed, total, out=np.full(total.shape, np.nan), where=total > 0)
    return mean_of_known(rated, axis=1), values


def _of_conditions(
    rated: Array, values: Array, drawn_rated: Array, drawn_values: Array, units: int
) -> dict[str, Coefficient]:
    points = int(np.isfinite(rated * values).sum())
    found = {}
    for kind in KINDS:
        value = float(coefficient(kind, rated[None], values[None])[0])
        if not np.isfinite(value):
            found[kind] = Coefficient(None)
            continue
        over_items = None
        if units >= FEWEST:
            draws = coefficient(kind, drawn_rated, drawn_values)
            over_items = quantile_interval(draws, widened_tail(units))
        found[kind] = Coefficient(value, over_items, coefficient_interval(kind, value, points))
    return found


def _of_items(compared: Compared, table: Table, drawn: Draws) -> Level:
    """Level of items: `opinions` and values of the same recordings stand opposite each other."""
    known = table.known(compared)
    rated = np.where(known, compared.opinions.cells(), np.nan)
    values = np.where(known, table.values, np.nan)
    measured = drawn.measured(table.values)
    again = drawn.conditions[:, None, :]
    rated_again, measured_again = (
        np.take_along_axis(side, again, axis=2) for side in (drawn.rated, measured)
    )
    conditions = int(known.any(axis=0).sum())
    found = {}
    for kind in KINDS:
        value = float(coefficient(kind, rated.reshape(1, -1), values.reshape(1, -1))[0])
        if not np.isfinite(value):
            found[kind] = Coefficient(None)
            continue
        found[kind] = Coefficient(
            value,
            _interval(kind, drawn.rated, measured, drawn.units, FEWEST),
            _interval(
                *(kind, rated_again, measured_again),
                units=min(drawn.units, conditions),
                fewest=FEWEST_POINTS,
            ),
        )
    widths = compared.half_widths(known, by_item=True)
    errors = _errors(values.ravel(), rated.ravel(), widths.ravel(), table.direction)
    return Level(ITEMS, int(known.sum()), found, errors)


def _interval(kind: str, rated: Array, values: Array, units: int, fewest: int) -> Interval | None:
    """Quantiles of a coefficient over drawn points [draws, items, conditions]."""
    if units < fewest:
        return None
    flat = rated.reshape(len(rated), -1), values.reshape(len(values), -1)
    return quantile_interval(coefficient(kind, *flat), widened_tail(units))


def _errors(values: Array, rated: Array, widths: Array, direction: str) -> tuple[Error, ...]:
    """Errors of the mapped values [n] by the order of the mapping."""
    known = np.isfinite(values) & np.isfinite(rated)
    if direction == "none":
        return ()
    errors = []
    for order in ORDERS:
        fit = fit_mapping(values[known], rated[known], order, rising=direction == "higher")
        if fit is not None:
            left = deviation(fit, values[known], rated[known], widths[known])
            errors.append(Error(order, fit, left))
    return tuple(errors)
