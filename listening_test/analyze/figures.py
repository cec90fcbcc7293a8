"""Figures of a listening test: box, violin and interval plots, as matplotlib figures.

Conditions stand below one another, the best at the top, so that each has its whole name. Box and
violin plots show single ratings; the points over them are listener means, the unit of every
interval and test. Matplotlib is imported when a figure is drawn.
"""

from __future__ import annotations

import io
from typing import TYPE_CHECKING

import numpy as np

from ...benchmarks.statistics.gaps import Array
from .analysis import Analysis, ConditionSummary
from .opinion_scores import OpinionScores

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

BANDS = ("Bad", "Poor", "Fair", "Good", "Excellent")  # of BS.1534-3, 20 points each
LONGEST_LABEL = 40  # characters
MOST_DRAWN = 60  # conditions: more have no room, and take minutes
INK = "#1b1b1f"  # of text and axes; a page replaces it by its own colour of text
PAPER = "#fffffe"  # of backgrounds; a page lets its own shine through
_FILL = "#2f7cc059"
_LINE = "#2f7cc0"  # seen on light and on dark paper
_PALE = "#8a8a8a"
_GRID = "#8a8a8a55"
_HEIGHT = 0.36  # inches of a condition


def box_plot(scores: OpinionScores, analysis: Analysis) -> Figure:
    """Boxes: quartiles and median of the ratings, whiskers to 1.5 interquartile ranges."""
    figure, axes, names = _scale(analysis)
    axes.boxplot(
        [_ratings(scores, name) for name in names],
        positions=range(len(names)),
        widths=0.6,
        orientation="horizontal",
        patch_artist=True,
        manage_ticks=False,
        boxprops={"facecolor": _FILL, "edgecolor": _LINE},
        medianprops={"color": INK, "linewidth": 2},
        whiskerprops={"color": INK},
        capprops={"color": INK},
        flierprops={"marker": ".", "markersize": 4, "markeredgecolor": _PALE},
    )
    _listener_points(axes, scores, names)
    return figure


def violin_plot(scores: OpinionScores, analysis: Analysis) -> Figure:
    """Violins: the density of the ratings, cut at the lowest and highest; the bar is the median."""
    figure, axes, names = _scale(analysis)
    parts = axes.violinplot(
        [_ratings(scores, name) for name in names],
        positions=range(len(names)),
        widths=0.8,
        orientation="horizontal",
        showmedians=True,
        showextrema=False,
    )
    for body in parts["bodies"]:  # type: ignore[attr-defined]
        body.set(facecolor=_FILL, edgecolor=_LINE, alpha=None)
    parts["cmedians"].set(color=INK, linewidth=2)
    _listener_points(axes, scores, names)
    return figure


def interval_plot(analysis: Analysis, before: Analysis | None = None) -> Figure:
    """Means with t intervals, and medians of listener means with bootstrap intervals, 95 %.

    Args:
        analysis: of the listeners that count.
        before: of all listeners; its means are drawn pale.
    """
    figure, axes, names = _scale(analysis)
    for position, summary in enumerate(_drawn(analysis)):
        for offset, centre, interval, marker, label in (
            (-0.16, summary.mean, summary.mean_t, "o", "mean, t"),
            (0.0, summary.mean, summary.mean_bootstrap, "s", "mean, bootstrap"),
            (0.16, summary.median, summary.median_bootstrap, "D", "median, bootstrap"),
        ):
            if interval:
                axes.hlines(position + offset, interval.low, interval.high, color=_LINE)
            axes.plot(
                centre,
                position + offset,
                marker,
                color=_LINE,
                markerfacecolor=_LINE if marker == "o" else PAPER,
                markersize=5,
                label=label if position == 0 else None,
            )
    if before is not None:
        means = {summary.condition: summary.mean for summary in before.conditions}
        positions = [k for k, name in enumerate(names) if name in means]
        axes.plot(
            [means[names[k]] for k in positions],
            [k - 0.3 for k in positions],
            "o",
            color=_PALE,
            markersize=4,
            label="mean before screening",
        )
    figure.legend(
        loc="outside lower center", fontsize="small", frameon=False, ncols=2, labelcolor=INK
    )
    return figure


def to_svg(figure: Figure) -> bytes:
    """The figure as SVG, the same bytes for the same figure."""
    import matplotlib

    buffer = io.BytesIO()
    with matplotlib.rc_context({"svg.hashsalt": "nscbench", "svg.fonttype": "none"}):
        figure.savefig(buffer, format="svg", metadata={"Date": None})
    return buffer.getvalue()


def _scale(analysis: Analysis) -> tuple[Figure, Axes, list[str]]:
    """An empty figure with MUSHRA's scale, and the conditions from the top down, best first."""
    from matplotlib.figure import Figure

    names = [summary.condition for summary in _drawn(analysis)]
    size = (7.0, 1.6 + _HEIGHT * max(len(names), 1))
    figure = Figure(figsize=size, layout="constrained", facecolor=PAPER)
    axes = figure.add_subplot(facecolor=PAPER)
    axes.set_xlim(-2, 102)
    axes.set_ylim(max(len(names), 1) - 0.4, -0.6)
    axes.set_xticks(range(0, 101, 20))
    axes.set_xlabel("MUSHRA score", color=INK)
    axes.grid(axis="x", color=_GRID)
    axes.set_axisbelow(True)
    axes.set_yticks(range(len(names)), [shortened(name) for name in names], parse_math=False)
    bands = axes.secondary_xaxis("top")
    bands.set_xticks([10 + 20 * k for k in range(len(BANDS))], BANDS)
    for own in (axes, bands):
        own.tick_params(colors=INK, labelcolor=INK)
        own.spines[:].set_color(INK)
    bands.tick_params(length=0)
    axes.tick_params(axis="y", length=0)
    if len(names) < (count := len(analysis.conditions)):
        text = f"{len(names)} of {count} conditions: those that most listeners rated"
        axes.set_title(text, color=INK)
    return figure, axes, names


def _drawn(analysis: Analysis) -> list[ConditionSummary]:
    """Best first: all, or the `MOST_DRAWN` that most listeners rated."""
    by_listeners = sorted(analysis.conditions, key=lambda summary: -summary.listeners)
    kept = {summary.condition for summary in by_listeners[:MOST_DRAWN]}
    return [summary for summary in analysis.conditions if summary.condition in kept]


def shortened(name: str) -> str:
    """A name as a figure has room for it."""
    return name if len(name) <= LONGEST_LABEL else f"{name[: LONGEST_LABEL - 1]}…"


def _ratings(scores: OpinionScores, condition: str) -> Array:
    values = scores.of_condition(condition)
    return np.asarray(values[np.isfinite(values)])


def _listener_points(axes: Axes, scores: OpinionScores, names: list[str]) -> None:
    means = scores.listener_means()
    generator = np.random.default_rng(0)
    for position, name in enumerate(names):
        own = means[:, scores.conditions.index(name)]
        own = own[np.isfinite(own)]
        sideways = position + generator.uniform(-0.12, 0.12, len(own))
        axes.scatter(own, sideways, s=9, color=INK, alpha=0.6, linewidths=0, zorder=3)
