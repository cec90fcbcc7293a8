"""Quality against what it costs: the decoder's real-time factor, or multiply-accumulates."""

from collections.abc import Iterator, Mapping, Sequence

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure as Canvas

from ...benchmarks.store.scores import Scores
from ..columns import heading, look, overview
from .axes import common_legend, time_axis
from .base import Figure, counted, of_items
from .style import INK, Mark, Picture, marks, panels, titled

COST = "decode_rtf"
MACS, GIGAMACS = "macs_per_second", "gigamacs"
FRONT = "Dotted: the Pareto front, conditions that no other beats in both."


def against_cost(
    scores: Scores, leaderboard: pd.DataFrame, costs: pd.DataFrame
) -> Iterator[Picture]:
    """Quality against the decoder's real-time factor, with the Pareto front.

    Args:
        scores: of the run.
        leaderboard: its table.
        costs: what `costs.read_costs` gives; a picture for each machine and number of threads,
            as times of one say nothing of another.
    """
    points = leaderboard[leaderboard["kind"] == "codec"].merge(machines(costs), on="condition")
    points = points[points[scores.ranked].notna().any(axis=1)]
    found = list(points.groupby("machine", sort=False))
    for number, (machine, own) in enumerate(found, 1):
        name = "quality_rtf" if len(found) == 1 else f"quality_rtf_{number}"
        yield _against_time(scores, own, name, str(machine))


def against_computing(
    scores: Scores, leaderboard: pd.DataFrame, costs: pd.DataFrame
) -> Iterator[Picture]:
    """Quality against what both ends multiply, with the Pareto front; nothing without counts.

    Args:
        scores, leaderboard, costs: as `against_cost`.
    """
    if MACS not in costs:
        return
    counted_ones = (costs[MACS].dropna() / 1e9).rename(GIGAMACS)
    points = leaderboard[leaderboard["kind"] == "codec"].merge(counted_ones, on="condition")
    columns = overview([c for c in scores.ranked if points[c].notna().any()])
    if len(points) < 2 or not columns:
        return
    figure = _drawn(scores, points, columns, GIGAMACS, "GMAC per second of audio")
    titled(figure, "Quality against computing", counted(points, columns))
    yield Picture(
        "quality_macs",
        "Quality against computing",
        "Each point is a condition: what encoder and decoder multiply and accumulate for a second "
        f"of audio, in billions. {FRONT} {of_items(points, columns)}",
        figure,
        points[["condition", "codec", "measured_kbps", GIGAMACS, *columns]],
    )


def machines(costs: pd.DataFrame) -> pd.DataFrame:
    """The decoder's real-time factor of what was timed, by condition, and the `machine` in words.

    Args:
        costs: what `costs.read_costs` gives.
    """
    if COST not in costs:
        return pd.DataFrame(columns=[COST, "machine"], index=pd.Index([], name="condition"))
    timed = costs.dropna(subset=[COST])
    threads = timed["threads"].map(_threads) if "threads" in timed else ""
    return timed[[COST]].assign(machine=timed["hardware"] + threads)


def _threads(count: float) -> str:
    return "" if pd.isna(count) else f", {count:g} {'thread' if count == 1 else 'threads'}"


def _against_time(scores: Scores, points: pd.DataFrame, name: str, machine: str) -> Picture:
    columns = overview([c for c in scores.ranked if points[c].notna().any()])
    figure = _drawn(scores, points, columns, COST, look(COST).title)
    for axes in figure.axes[: len(columns)]:
        axes.axvline(1, color=INK, linewidth=0.8, alpha=0.5)
    titled(figure, "Quality against decoding time", counted(points, columns))
    return Picture(
        name,
        "Quality against decoding time",
        f"Each point is a condition, decoded on {machine}. {FRONT} The vertical line is real time. "
        f"{of_items(points, columns)}",
        figure,
        points[["condition", "codec", "measured_kbps", COST, "machine", *columns]],
    )


def _drawn(
    scores: Scores, points: pd.DataFrame, columns: Sequence[str], cost: str, label: str
) -> Canvas:
    """A panel for each column: points and front against a cost on a logarithmic axis."""
    styles = marks(list(dict.fromkeys(points["codec"])))
    figure, grid = panels(len(columns))
    for axes, column in zip(grid, columns, strict=True):
        own = points.dropna(subset=[column])
        _scatter(axes, own, cost, column, styles)
        front = pareto(own, cost, column, scores.sign(column))
        axes.plot(front[cost], front[column], color=INK, linewidth=1, linestyle=":", label="front")
        axes.set_xscale("log")
        time_axis(axes.xaxis)
        axes.set_xlabel(label)
        axes.set_title(heading(column, scores.directions[column]))
    common_legend(figure, grid)
    return figure


def pareto(points: pd.DataFrame, cost: str, column: str, sign: int) -> pd.DataFrame:
    """The points that no cheaper or equally cheap one reaches, from the cheapest."""
    ordered = points.assign(gain=sign * points[column]).sort_values(
        [cost, "gain"], ascending=[True, False]
    )
    before = ordered["gain"].cummax().shift(fill_value=-np.inf)
    return ordered.loc[ordered["gain"] > before, list(points.columns)]


def _scatter(
    axes: Axes, points: pd.DataFrame, cost: str, column: str, styles: Mapping[str, Mark]
) -> None:
    for codec, own in points.groupby("codec", sort=False):
        mark = styles[str(codec)]
        axes.scatter(
            own[cost], own[column], color=mark.colour, marker=mark.marker, s=40, label=str(codec)
        )


FIGURE = Figure("cost", 20, lambda given: against_cost(given.scores, given.table, given.costs))
