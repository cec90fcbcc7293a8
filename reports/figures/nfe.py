"""Quality against the number of denoiser evaluations, and what the evaluations cost in time."""

from collections.abc import Iterator, Mapping

import numpy as np
import pandas as pd
from matplotlib.axes import Axes

from ...benchmarks.store.scores import Scores
from ..columns import heading, look, overview
from ..tables.nfe import over_nfe
from .axes import common_legend, time_axis
from .base import Figure, counted, of_items
from .cost import COST, machines
from .style import INK, Mark, Picture, marks, panels, titled

CAPTION = "The same bitstreams decoded with more denoiser evaluations. Bars: 95 % intervals."


def against_nfe(
    scores: Scores, leaderboard: pd.DataFrame, costs: pd.DataFrame
) -> Iterator[Picture]:
    """A line for each codec, sampler and bitrate; with costs, a last panel has the times.

    Args:
        scores: of the run.
        leaderboard: its table.
        costs: what `costs.read_costs` gives; times of the machine that timed most points are drawn,
            as times of one say nothing of another.
    """
    curves = over_nfe(scores)
    if curves.empty:
        return
    points = curves.merge(leaderboard.drop(columns="codec"), on="condition", how="left")
    columns = overview([c for c in scores.ranked if points[c].notna().any()])
    points, machine = _timed(points, costs)
    drawn = [*columns, COST] if machine else columns
    styles = marks(list(dict.fromkeys(points["curve"])))
    figure, grid = panels(len(drawn))
    for axes, column in zip(grid, drawn, strict=True):
        _lines(axes, points, column, styles)
        axes.set_title(heading(column, scores.directions.get(column, look(column).direction)))
        if column == COST:
            axes.set_yscale("log")
            time_axis(axes.yaxis)
            axes.axhline(1, color=INK, linewidth=0.8, alpha=0.5)
    common_legend(figure, grid)
    titled(figure, "Quality against NFE", counted(points, columns))
    kept = [f"{column}{end}" for column in columns for end in ("", "_lo", "_hi")]
    times = f" Times: {machine}; the horizontal line is real time." if machine else ""
    yield Picture(
        "quality_nfe",
        "Quality against NFE",
        f"{CAPTION}{times} {of_items(points, columns)}",
        figure,
        points[["curve", "condition", "nfe", *kept, *([COST] if machine else [])]],
    )


def _timed(points: pd.DataFrame, costs: pd.DataFrame) -> tuple[pd.DataFrame, str]:
    """The points with their times on one machine, and that machine; "" without times."""
    found = machines(costs)
    found = found[found.index.isin(points["condition"])]
    if found.empty:
        return points, ""
    machine = str(found["machine"].value_counts(sort=True).index[0])
    own = found.loc[found["machine"] == machine, COST]
    timed = points.assign(**{COST: points["condition"].map(own)})
    if timed.groupby("curve")[COST].count().max() < 2:  # points that are no curve
        return points, ""
    return timed, machine


def _lines(axes: Axes, points: pd.DataFrame, column: str, styles: Mapping[str, Mark]) -> None:
    for curve, own in points.dropna(subset=[column]).groupby("curve", sort=False):
        own, mark = own.sort_values("nfe"), styles[str(curve)]
        spread = np.zeros((2, len(own)))
        if f"{column}_lo" in own:
            bounds = own[[f"{column}_lo", f"{column}_hi"]].to_numpy(np.float64).T
            spread = np.nan_to_num(np.abs(bounds - own[column].to_numpy(np.float64)))
        axes.errorbar(
            own["nfe"], own[column], spread, color=mark.colour, marker=mark.marker,
            linestyle=mark.line, elinewidth=1, capsize=2, label=str(curve),
        )  # fmt: skip
    axes.set_xscale("log")
    axes.set_xticks(sorted(points["nfe"].unique()))
    axes.xaxis.set_major_formatter(lambda nfe, _: f"{nfe:g}")
    axes.xaxis.set_minor_formatter(lambda nfe, _: "")
    axes.set_xlabel("denoiser evaluations (NFE)")


FIGURE = Figure("NFE", 30, lambda given: against_nfe(given.scores, given.table, given.costs))
