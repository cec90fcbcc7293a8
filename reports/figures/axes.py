"""Axes of bitrates and of times, and the legend that panels share."""

from collections.abc import Container, Sequence

import pandas as pd
from matplotlib.artist import Artist
from matplotlib.axes import Axes
from matplotlib.axis import Axis
from matplotlib.figure import Figure

from .labels import Line
from .style import INK, layout

LEGEND_LETTERS = 130  # that fit below a figure of full width
_COLUMN_LETTERS = 62


def common_legend(figure: Figure, axes: Sequence[Axes], only: Container[str] | None = None) -> None:
    """One legend of all curves below the figure, or of those of these names."""
    entries: dict[str, Artist] = {}
    for one in axes:
        handles, labels = one.get_legend_handles_labels()
        entries |= dict(zip(map(str, labels), handles, strict=True))
    if only is not None:
        entries = {name: handle for name, handle in entries.items() if name in only}
    if not entries:
        return
    figure.set_layout_engine("constrained")  # makes room for it
    letters = _COLUMN_LETTERS if layout().width else LEGEND_LETTERS
    columns = max(1, min(7, len(entries), letters // (8 + max(map(len, entries)))))
    figure.legend(list(entries.values()), list(entries), loc="outside lower center", ncols=columns)


def bitrate_axis(axes: Axes) -> None:
    """A logarithmic axis of measured bitrates, labelled by plain numbers."""
    axes.set_xscale("log", base=2)
    axes.xaxis.set_major_formatter(lambda kbps, _: f"{kbps:g}")
    axes.set_xlabel("measured bitrate (kbit/s)")


def ceiling(axes: Axes, leaderboard: pd.DataFrame, column: str) -> list[Line]:
    """Draw what the original recording has, dotted; the line, which no label shall hide.

    Args:
        axes: with all else in it, so that its limits are known.
        leaderboard: without a line `pcm`, nothing is drawn.
        column: that the axes are of.
    """
    found = leaderboard.loc[leaderboard["condition"] == "pcm", column].dropna()
    if not len(found):
        return []
    value = float(found.iloc[0])
    axes.axhline(value, color=INK, linestyle=":", linewidth=1.1, label="pcm")
    low, high = axes.get_xlim()
    return [((low, value), (high, value))]


def time_axis(axis: Axis) -> None:
    """Plain numbers at 1, 2 and 5 of each decade: matplotlib's own are TeX, which is not parsed."""
    axis.set_major_formatter(lambda factor, _: f"{factor:g}")
    axis.set_minor_formatter(lambda factor, _: f"{factor:g}" if f"{factor:e}"[0] in "25" else "")
