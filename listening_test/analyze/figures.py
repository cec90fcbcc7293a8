"""Figures of a listening test: box, violin and interval plots, as matplotlib figures.

Box and violin plots show single ratings; the points over them are listener means, the unit of every
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
_FILL = "#a6c8e4"
_LINE = "#1f4e79"
_PALE = "#8a8a8a"


def box_plot(scores: OpinionScores, analysis: Analysis) -> Figure:
    """Boxes: quartiles and median of the ratings, whiskers to 1.5 interquartile ranges."""
    figure, axes, names = _scale(analysis)
    axes.boxplot(
        [_ratings(scores, name) for name in names],
        positions=range(len(names)),
        widths=0.6,
        patch_artist=True,
        manage_ticks=False,
        boxprops={"facecolor": _FILL, "edgecolor": _LINE},
        medianprops={"color": _LINE, "linewidth": 2},
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
        showmedians=True,
        showextrema=False,
    )
    for body in parts["bodies"]:  # type: ignore[attr-defined]
        body.set(facecolor=_FILL, edgecolor=_LINE, alpha=1)
    parts["cmedians"].set(color=_LINE, linewidth=2)
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
            (-0.14, summary.mean, summary.mean_t, "o", "mean, t"),
            (0.0, summary.mean, summary.mean_bootstrap, "s", "mean, bootstrap"),
            (0.14, summary.median, summary.median_bootstrap, "D", "median, bootstrap"),
        ):
            if interval:
                axes.vlines(position + offset, interval.low, interval.high, color=_LINE)
            axes.plot(
                position + offset,
                centre,
                marker,
                color=_LINE,
                markerfacecolor=_LINE if marker == "o" else "white",
                markersize=5,
                label=label if position == 0 else None,
            )
    if before is not None:
        means = {summary.condition: summary.mean for summary in before.conditions}
        positions = [k for k, name in enumerate(names) if name in means]
        axes.plot(
            [k - 0.28 for k in positions],
            [means[names[k]] for k in positions],
            "o",
            color=_PALE,
            markersize=4,
            label="mean before screening",
        )
    axes.legend(loc="upper right", fontsize="small", frameon=True)
    return figure


def to_svg(figure: Figure) -> bytes:
    """The figure as SVG, the same bytes for the same figure."""
    import matplotlib

    buffer = io.BytesIO()
    with matplotlib.rc_context({"svg.hashsalt": "nscbench", "svg.fonttype": "path"}):
        figure.savefig(buffer, format="svg", metadata={"Date": None})
    return buffer.getvalue()


def _scale(analysis: Analysis) -> tuple[Figure, Axes, list[str]]:
    """An empty figure with MUSHRA's scale, and the conditions from left to right, best first."""
    from matplotlib.figure import Figure

    names = [summary.condition for summary in _drawn(analysis)]
    figure = Figure(figsize=(max(5.0, 2 + 0.8 * len(names)), 4.6), layout="constrained")
    axes = figure.add_subplot()
    axes.set_ylim(-2, 102)
    axes.set_xlim(-0.6, max(len(names), 1) - 0.4)
    axes.set_yticks(range(0, 101, 20))
    axes.set_ylabel("MUSHRA score")
    axes.grid(axis="y", color="#dddddd")
    axes.set_axisbelow(True)
    labels = [shortened(name) for name in names]
    axes.set_xticks(range(len(names)), labels, rotation=35, ha="right", parse_math=False)
    bands = axes.secondary_yaxis("right")
    bands.set_yticks([10 + 20 * k for k in range(len(BANDS))], BANDS)
    bands.tick_params(length=0)
    axes.tick_params(axis="x", length=0)
    if len(names) < (count := len(analysis.conditions)):
        axes.set_title(f"{len(names)} of {count} conditions: those that most listeners rated")
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
        axes.scatter(sideways, own, s=9, color="black", alpha=0.6, linewidths=0, zorder=3)
