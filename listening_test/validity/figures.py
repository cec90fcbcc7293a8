"""Figures of a comparison of metrics and listeners, as matplotlib figures."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np

from .agreement import CONDITIONS, ITEMS, ColumnValidity
from .compared import Compared

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

_LINE, _PALE, _LIGHT = "#1f4e79", "#8a8a8a", "#a6c8e4"
_ACROSS = 4  # panels in a row


def coefficient_plot(columns: Sequence[ColumnValidity]) -> Figure:
    """Spearman's rho of each column with both intervals, in the metric's own direction.

    Args:
        columns: with a better end, best first.
    """
    from matplotlib.figure import Figure

    figure = Figure(figsize=(7.5, 1.4 + 0.32 * len(columns)), layout="constrained")
    axes = figure.add_subplot()
    named: set[str] = set()
    for place, column in enumerate(columns):
        for offset, name, colour in ((-0.14, CONDITIONS, _LINE), (0.16, ITEMS, _PALE)):
            level = column.level(name)
            rho = level.coefficients["spearman"] if level else None
            if rho is None or rho.value is None:
                continue
            sign = -1 if column.direction == "lower" else 1
            for interval, width in ((rho.over_conditions, 1.2), (rho.over_items, 4.0)):
                if interval:
                    low, high = sorted((sign * interval.low, sign * interval.high))
                    axes.hlines(place + offset, low, high, color=colour, linewidth=width, alpha=0.8)
            label = None if name in named else name
            named.add(name)
            axes.plot(sign * rho.value, place + offset, "o", color=colour, ms=5, label=label)
    axes.axvline(0, color="#bbbbbb", linewidth=1)
    axes.set_yticks(range(len(columns)), [column.column for column in columns], parse_math=False)
    axes.invert_yaxis()
    axes.set_xlim(-1.02, 1.02)
    axes.grid(axis="x", color="#dddddd")
    axes.set_axisbelow(True)
    axes.set_xlabel("Spearman's rho with listeners, positive where both agree")
    if named:
        axes.legend(loc="lower left", fontsize="small")
    return figure


def mapping_plot(columns: Sequence[ColumnValidity], compared: Compared) -> Figure:
    """Opinion over value, a panel a column: items pale, conditions dark, third-order mapping.

    Args:
        columns: with a better end, best first.
        compared: the two sides.
    """
    from matplotlib.figure import Figure

    rows = max(1, -(-len(columns) // _ACROSS))
    figure = Figure(figsize=(2.9 * _ACROSS, 2.4 * rows), layout="constrained")
    tables = {table.column: table for table in compared.tables}
    for place, column in enumerate(columns):
        axes = figure.add_subplot(rows, _ACROSS, place + 1)
        table = tables[column.column]
        known = table.known(compared)
        if compared.shared:
            axes.scatter(
                table.values[known],
                compared.opinions.cells()[known],
                s=7,
                color=_LIGHT,
                linewidths=0,
            )
        axes.scatter(table.means(known), compared.rated(known), s=22, color=_LINE, zorder=3)
        _draw_mapping(axes, column)
        axes.set_title(column.column, fontsize="medium", parse_math=False)
        axes.grid(color="#eeeeee")
        axes.set_axisbelow(True)
        if place % _ACROSS == 0:
            axes.set_ylabel(f"{compared.opinions.test.upper()} score")
    return figure


def _draw_mapping(axes: Axes, column: ColumnValidity) -> None:
    level = column.level(CONDITIONS)
    for error in level.errors if level else ():
        x = np.linspace(error.mapping.low, error.mapping.high, 100)
        style = "-" if error.order == 3 else ":"
        axes.plot(x, error.mapping(x), style, color=_LINE, linewidth=1)
