"""Bitrate-quality curves: a column's mean over the measured bitrate, one labelled line a curve.

Bars are the 95 % intervals of the leaderboard; the dotted line is the transparent control (`pcm`),
the ceiling of the metric on these items. Codecs of one bitrate would lie on one another: they are
grey, and the best of them is named; `equal_rate` tells them apart. Where no codec has two bitrates,
there is no curve, and the figure is a dot plot.
"""

from collections.abc import Iterator, Mapping, Sequence
from itertools import pairwise
from pathlib import Path
from typing import Any

import pandas as pd
from matplotlib.axes import Axes

from ...benchmarks.store.scores import curve_of
from ..columns import heading, overview
from ..tables.rates import equal_rates
from .axes import bitrate_axis, ceiling, common_legend
from .base import counted, of_items
from .equal_rate import dots
from .files import save
from .labels import Drawn, Label, place
from .style import (
    INK,
    Mark,
    Picture,
    drawing,
    marks,
    panels,
    titled,
    tone,
)

CAPTION = (
    "Mean over the common items against the bitrate measured from the payload. Bars: 95 % "
    "intervals over speakers. Dotted: the original recording, the metric's ceiling."
)
_PALE_SAID = " Grey: codecs of one bitrate, of whom the best is named; a dot plot has them all."


def draw_curves(
    leaderboard: pd.DataFrame, directions: Mapping[str, str], folder: Path, title: str
) -> None:
    """Write the curves of every column, and `curves.png`, `.svg` and `.csv`, an overview.

    Args:
        leaderboard: the table of `leaderboard.leaderboard`.
        directions: of the metric columns to draw; those without any value are left out.
        folder: where the files go.
        title: of the overview.
    """
    with drawing():
        for picture in curve_pictures(leaderboard, directions, title):
            save(picture, folder)


def curve_tables(
    leaderboard: pd.DataFrame, directions: Mapping[str, str]
) -> dict[str, pd.DataFrame]:
    """What is drawn, by the name of the figure: `curves`, the overview, then each column's."""
    points = leaderboard[leaderboard["kind"] == "codec"]
    names = zip(points["condition"], points["codec"], strict=True)
    points = points.assign(curve=[curve_of(condition, codec) for condition, codec in names])
    seen = points if len(points) else leaderboard  # what a control alone has is no curve
    drawn = [c for c in directions if c in seen and seen[c].notna().any()]
    figures = {"curves": overview(drawn)} | {column: [column] for column in drawn} if drawn else {}
    return {
        name: points[
            [
                *("curve", "condition", "nominal_kbps", "measured_kbps"),
                *(f"{column}{end}" for column in columns for end in ("", "_lo", "_hi")),
            ]
        ]
        for name, columns in figures.items()
    }


def curve_pictures(
    leaderboard: pd.DataFrame, directions: Mapping[str, str], title: str
) -> Iterator[Picture]:
    """The overview, then each column."""
    for name, data in curve_tables(leaderboard, directions).items():
        columns = {c: direction for c, direction in directions.items() if c in data}
        (first, *_) = columns
        shown = title if name == "curves" else heading(first, columns[first])
        yield _picture(leaderboard, data, columns, name, shown)


def _picture(
    leaderboard: pd.DataFrame,
    data: pd.DataFrame,
    columns: Mapping[str, str],
    name: str,
    title: str,
) -> Picture:
    own = leaderboard[leaderboard["kind"] == "codec"]
    if len(own) and not data["curve"].duplicated().any():
        return dots(own, columns, name, title)._replace(data=data)
    counts = own if len(own) else leaderboard
    styles = marks(list(dict.fromkeys(data["curve"])))
    figure, grid = panels(len(columns), *((4.0, 3.3) if len(columns) > 1 else (6.4, 4.2)))
    groups = _together(own, data)
    drawn = []
    for axes, (column, direction) in zip(grid, columns.items(), strict=True):
        labels, hidden = _draw(axes, data, column, styles, groups, direction)
        axes.set_title(heading(column, direction) if len(columns) > 1 else "")
        lines = [*hidden.lines, *ceiling(axes, leaderboard, column)]
        drawn.append((labels, hidden._replace(lines=lines)))
    titled(figure, title, counted(counts, columns))
    pairs = zip(grid, drawn, strict=True)
    lost = {text for axes, (labels, hidden) in pairs for text in place(axes, labels, hidden)}
    common_legend(figure, grid, lost)
    pale = _PALE_SAID if groups else ""
    return Picture(name, title, f"{CAPTION}{pale} {of_items(counts, columns)}", figure, data)


def _together(own: pd.DataFrame, data: pd.DataFrame) -> list[list[str]]:
    """Codecs of one bitrate, beside one another: the conditions of each group."""
    lone = data.loc[~data["curve"].duplicated(keep=False), "condition"]
    groups = equal_rates(own[own["condition"].isin(lone)])
    return [group["condition"].tolist() for group in groups]


def _draw(
    axes: Axes,
    points: pd.DataFrame,
    column: str,
    styles: Mapping[str, Mark],
    groups: Sequence[Sequence[str]],
    direction: str,
) -> tuple[list[Label], Drawn]:
    """Draw the curves of a column; their labels, and what these shall not hide."""
    bitrate_axis(axes)
    axes.margins(x=0.14, y=0.1)
    points = points.assign(kbps=points["measured_kbps"].fillna(points["nominal_kbps"]))
    points = points.dropna(subset=[column]).sort_values("kbps", kind="stable")
    pale = points["condition"].isin([name for group in groups for name in group])
    named = [
        _errorbars(axes, own, column, str(curve), styles[str(curve)])
        for curve, own in points[~pale].groupby("curve", sort=False)
    ]
    axes.plot(points["kbps"][pale], points[column][pale], "o", color=INK, alpha=0.35, markersize=4)
    for group in groups:
        own = points[points["condition"].isin(group)]
        ordered = own.sort_values(column, ascending=direction == "lower")
        if len(own):
            text = f"{ordered['condition'].iloc[0]}, best of {len(own)}"
            named.append(Label(text, INK, [_point(ordered.iloc[0], column)]))
    return named, _hidden(points, column, pale)


def _point(line: "pd.Series[Any]", column: str) -> tuple[float, float]:
    return float(line["kbps"]), float(line[column])


def _errorbars(axes: Axes, own: pd.DataFrame, column: str, curve: str, mark: Mark) -> Label:
    """One curve with its intervals; its label."""
    stated = own["measured_kbps"].isna().all()  # has values all the same: decoded elsewhere
    spread = own[[f"{column}_lo", f"{column}_hi"]].sub(own[column], axis=0).abs().T
    text = f"{curve} (bitrate stated)" if stated else curve
    axes.errorbar(
        own["kbps"],
        own[column],
        spread.fillna(0).to_numpy(),
        color=mark.colour,
        marker=mark.marker,
        linestyle=mark.line,
        elinewidth=1,
        capsize=2,
        markerfacecolor="none" if stated else mark.colour,
        label=text,
    )
    return Label(
        text, tone(mark.colour), [_point(line, column) for _, line in own[::-1].iterrows()]
    )


def _hidden(points: pd.DataFrame, column: str, pale: "pd.Series[bool]") -> Drawn:
    """Points, intervals and lines of a panel."""
    at = [_point(line, column) for _, line in points.iterrows()]
    lines: list[Any] = []
    for _, own in points[~pale].groupby("curve", sort=False):
        where = [_point(line, column) for _, line in own.iterrows()]
        lines += pairwise(where)
        bars = own[["kbps", f"{column}_lo", f"{column}_hi"]].dropna().to_numpy(float).tolist()
        lines += [((kbps, low), (kbps, high)) for kbps, low, high in bars]
    return Drawn(at, lines)
