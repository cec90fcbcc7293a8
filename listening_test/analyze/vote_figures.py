"""Figures of the tests beside MUSHRA: category bars, preference matrix, scale over bitrate.

Matplotlib is imported when a figure is drawn.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

import numpy as np

from ..read.category_words import NAMES
from .bitrates import Curves
from .categories.opinions import Opinion
from .conclusion import Conclusion, Picture
from .figures import MOST_DRAWN, shortened
from .preference.shares import Preference
from .words.intelligibility import ALL, Intelligibility

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

_INK = "#1f4e79"
_SHADES = {  # from the lowest category upwards, told apart by lightness too
    5: ("#8c3b1f", "#d98a5f", "#e6dcc8", "#8fb8d6", "#1f4e79"),
    7: ("#8c3b1f", "#c4693d", "#e5b08a", "#e6dcc8", "#a9cbe2", "#5b93bf", "#1f4e79"),
}


def pictures(conclusion: Conclusion, test: str, curves: Curves | None) -> list[Picture]:
    """The figures that this test has."""
    records = {table.name: table.records for table in conclusion.tables}
    drawn = []
    if opinions := records.get("conditions"):
        caption = "Shares of the categories in all votes of a condition, the best mean on top"
        drawn.append(Picture("categories", caption, category_bars(opinions, test)))
    if preferences := records.get("preferences"):
        caption = "Share of decided votes that prefer the row to the column; bold: p (Holm) ≤ 0.05"
        drawn.append(Picture("preferences", caption, preference_matrix(preferences)))
    if scores := records.get("intelligibility"):
        caption = "Intelligibility by condition and phonetic feature, adjusted for guessing, 95 %"
        drawn.append(Picture("intelligibility", caption, feature_dots(scores)))
    if conclusion.points:
        caption = f"{conclusion.scale} by condition, with 95 % intervals"
        drawn.append(Picture("scale", caption, scale_dots(conclusion)))
    if curves and curves.kbps.keys() & conclusion.points.keys():
        caption = (
            f"{conclusion.scale} over measured bitrate (dotted: conditions without one), and the "
            "run's objective columns beside, the better end on top"
        )
        drawn.append(Picture("bitrate", caption, over_bitrate(conclusion, curves)))
    return drawn


def category_bars(opinions: Sequence[Opinion], test: str) -> Figure:
    """Stacked bars, a condition each."""
    names, shades = NAMES[test], _SHADES[len(NAMES[test])]
    shown = list(opinions)[:MOST_DRAWN][::-1]
    figure, axes = _rows([opinion.condition for opinion in shown])
    left = np.zeros(len(shown))
    for category, (name, shade) in enumerate(zip(names, shades, strict=True)):
        width = np.array([100 * opinion.shares[category] for opinion in shown])
        axes.barh(range(len(shown)), width, left=left, color=shade, label=name, height=0.75)
        left += width
    axes.set_xlim(0, 100)
    axes.set_xlabel("% of votes")
    columns = len(names) if len(names) < 6 else 4
    figure.legend(loc="outside lower center", ncols=columns, fontsize="small", frameon=False)
    return figure


def scale_dots(conclusion: Conclusion) -> Figure:
    """Each condition's place on the scale of the test."""
    shown = list(conclusion.points.items())[:MOST_DRAWN][::-1]
    figure, axes = _rows([name for name, _ in shown])
    for place, (_, (value, interval)) in enumerate(shown):
        if interval:
            axes.hlines(place, interval.low, interval.high, color=_INK)
        axes.plot(value, place, "o", color=_INK, markersize=5)
    axes.set_xlabel(conclusion.scale)
    axes.grid(axis="x", color="#dddddd")
    return figure


def feature_dots(scores: Sequence[Intelligibility]) -> Figure:
    """Each condition's scores by feature."""
    from matplotlib import colormaps

    conditions = list(dict.fromkeys(score.condition for score in scores))
    features = list(dict.fromkeys(score.feature for score in scores))
    figure, axes = _rows([feature or "all words" for feature in features][::-1])
    shades = colormaps["viridis"](np.linspace(0, 0.85, len(conditions)))
    for k, condition in enumerate(conditions):
        shift = 0.6 * ((k + 0.5) / len(conditions) - 0.5)
        for score in (s for s in scores if s.condition == condition):
            place = len(features) - 1 - features.index(score.feature) - shift
            if score.interval:
                axes.hlines(place, score.interval.low, score.interval.high, color=shades[k])
            label = shortened(condition) if score.feature == ALL else None
            axes.plot(score.adjusted, place, "o", color=shades[k], markersize=5, label=label)
    axes.set_xlabel("adjusted %")
    axes.grid(axis="x", color="#dddddd")
    figure.legend(loc="outside lower center", ncols=3, fontsize="small", frameon=False)
    return figure


def preference_matrix(preferences: Sequence[Preference]) -> Figure:
    """Shares of all pairs, as numbers on a shade."""
    from matplotlib.figure import Figure

    names = list(dict.fromkeys(name for p in preferences for name in (p.first, p.second)))
    shares = np.full((len(names), len(names)), np.nan)
    sure = np.zeros(shares.shape, dtype=bool)
    for pair in preferences:
        a, b = names.index(pair.first), names.index(pair.second)
        sure[a, b] = sure[b, a] = pair.p_holm <= 0.05
        if pair.share is not None:
            shares[a, b], shares[b, a] = pair.share, 1 - pair.share
    side = max(3.5, 1.5 + 0.7 * len(names))
    figure = Figure(figsize=(side + 1, side), layout="constrained")
    axes = figure.add_subplot()
    axes.imshow(shares, cmap="PuOr", vmin=0, vmax=1)
    labels = [shortened(name) for name in names]
    axes.set_xticks(range(len(names)), labels, rotation=35, ha="right", parse_math=False)
    axes.set_yticks(range(len(names)), labels, parse_math=False)
    for a, b in np.argwhere(np.isfinite(shares)):
        axes.text(
            *(b, a, f"{100 * shares[a, b]:.0f}"),
            ha="center",
            va="center",
            color="white" if abs(shares[a, b] - 0.5) > 0.3 else "black",
            fontweight="bold" if sure[a, b] else "normal",
        )
    axes.set_ylabel("% prefer this ...")
    axes.set_xlabel("... to this")
    return figure


def over_bitrate(conclusion: Conclusion, curves: Curves) -> Figure:
    """The scale of the listeners first, then each objective column, better ones upwards."""
    from matplotlib.figure import Figure

    points = {name: value for name, (value, _) in conclusion.points.items()}
    panels: list[tuple[str, Mapping[str, float], bool]] = [(conclusion.scale, points, False)]
    panels += [
        (column, {name: values[name] for name in points if name in values}, lower)
        for column, (values, lower) in curves.columns.items()
    ]
    panels = [panel for panel in panels if panel[1]]
    lines = math.ceil(len(panels) / 3)
    figure = Figure(figsize=(3.7 * min(3, len(panels)), 3.0 * lines + 0.8), layout="constrained")
    for place, (title, values, lower) in enumerate(panels, 1):
        axes = figure.add_subplot(lines, min(3, len(panels)), place)
        _curves(axes, values, curves)
        axes.set_ylabel(title)
        if lower:
            axes.invert_yaxis()
        if place == 1:
            for name, (value, interval) in conclusion.points.items():
                if interval and _finite(curves.kbps.get(name)):
                    axes.vlines(curves.kbps[name], interval.low, interval.high, color="#8a8a8a")
                elif not _finite(curves.kbps.get(name)):
                    axes.axhline(value, color="#8a8a8a", linestyle=":", linewidth=1)
            handles, labels = axes.get_legend_handles_labels()
            figure.legend(handles, labels, loc="outside lower center", ncols=4, fontsize="small")
    return figure


def _curves(axes: Axes, values: Mapping[str, float], curves: Curves) -> None:
    marks, markers = iter(range(10**6)), "osD^v<>PX"
    for curve in dict.fromkeys(curves.curve.values()):
        found = sorted(
            (curves.kbps[name], value)
            for name, value in values.items()
            if curves.curve.get(name) == curve and _finite(curves.kbps.get(name))
        )
        k = next(marks)
        if found:
            style = f"{markers[k % len(markers)]}-"
            rates, heights = zip(*found, strict=True)
            axes.plot(
                rates, heights, style, color=f"C{k % 10}", markersize=5, label=shortened(curve)
            )
    axes.set_xscale("log", base=2)
    axes.xaxis.set_major_formatter(lambda kbps, _: f"{kbps:g}")
    axes.set_xlabel("measured bitrate (kbit/s)")
    axes.grid(color="#dddddd")


def _finite(value: float | None) -> bool:
    return value is not None and math.isfinite(value)


def _rows(names: Sequence[str]) -> tuple[Figure, Axes]:
    """An empty figure with a row for each name, from below upwards."""
    from matplotlib.figure import Figure

    figure = Figure(figsize=(7.0, 1.6 + 0.33 * len(names)), layout="constrained")
    axes = figure.add_subplot()
    axes.set_yticks(range(len(names)), [shortened(name) for name in names], parse_math=False)
    axes.set_ylim(-0.6, max(len(names), 1) - 0.4)
    axes.tick_params(axis="y", length=0)
    axes.set_axisbelow(True)
    return figure, axes
