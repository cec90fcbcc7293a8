"""Bitrate-quality curves: a column's mean over the measured bitrate, one line a curve.

Bars are the 95 % intervals of the leaderboard; the dotted line is the transparent control (`pcm`),
the ceiling of the metric on these items.
"""

from collections.abc import Iterator, Mapping
from pathlib import Path

import pandas as pd
from matplotlib.axes import Axes

from ...benchmarks.store.scores import curve_of
from ..columns import heading, overview
from .style import (
    INK,
    Mark,
    Picture,
    bitrate_axis,
    common_legend,
    drawing,
    marks,
    panels,
    save,
)

CAPTION = (
    "Mean over the common items against the bitrate measured from the payload. Bars: 95 % "
    "intervals by bootstrap over speakers. Dotted: the original recording, the metric's ceiling."
)


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
    drawn = [c for c in directions if c in leaderboard and leaderboard[c].notna().any()]
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
    tables = curve_tables(leaderboard, directions)
    for name, data in tables.items():
        titles = {
            column: heading(column, directions[column]) for column in directions if column in data
        }
        if name == "curves":
            yield _picture(leaderboard, data, titles, name, title)
        else:
            yield _picture(leaderboard, data, {name: ""}, name, titles[name])


def _picture(
    leaderboard: pd.DataFrame,
    data: pd.DataFrame,
    columns: Mapping[str, str],
    name: str,
    title: str,
) -> Picture:
    styles = marks(list(dict.fromkeys(data["curve"])))
    figure, grid = panels(len(columns), *((4.0, 3.3) if len(columns) > 1 else (6.4, 4.2)))
    for axes, (column, subtitle) in zip(grid, columns.items(), strict=True):
        _draw(axes, data, column, styles)
        axes.set_title(subtitle)
        ceiling = leaderboard.loc[leaderboard["condition"] == "pcm", column].dropna()
        if len(ceiling):
            axes.axhline(ceiling.iloc[0], color=INK, linestyle=":", linewidth=1.1, label="pcm")
    common_legend(figure, grid)
    figure.suptitle(title)
    return Picture(name, title, CAPTION, figure, data)


def _draw(axes: Axes, points: pd.DataFrame, column: str, styles: dict[str, Mark]) -> None:
    for curve, own in points.groupby("curve", sort=False):
        stated = own["measured_kbps"].isna()  # has values all the same: decoded elsewhere
        own = own.assign(kbps=own["measured_kbps"].fillna(own["nominal_kbps"]))
        own = own.dropna(subset=[column]).sort_values("kbps")
        spread = own[[f"{column}_lo", f"{column}_hi"]].sub(own[column], axis=0).abs().T
        mark = styles[str(curve)]
        axes.errorbar(
            own["kbps"],
            own[column],
            spread.fillna(0).to_numpy(),
            color=mark.colour,
            marker=mark.marker,
            linestyle=mark.line,
            elinewidth=1,
            capsize=2,
            markerfacecolor="none" if stated.all() else mark.colour,
            label=f"{curve} (bitrate stated)" if stated.all() else str(curve),
        )
    bitrate_axis(axes)
