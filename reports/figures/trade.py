"""Quality against what it costs: the real-time factor of the decoder, and the NFE."""

import re
from collections.abc import Iterator, Mapping

import numpy as np
import pandas as pd
from matplotlib.axes import Axes

from ..columns import look, overview
from ..scores import Scores, curve_of
from .style import ARROWS, INK, Mark, Picture, common_legend, marks, panels

COST = "decode_rtf"


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
    if COST not in costs:
        return
    timed = costs.dropna(subset=[COST])[[COST, "hardware"]].assign(threads=costs.get("threads"))
    points = leaderboard[leaderboard["kind"] == "codec"].merge(timed, on="condition")
    points = points[points[scores.ranked].notna().any(axis=1)]
    points["machine"] = points["hardware"] + points["threads"].map(_threads)
    machines = list(points.groupby("machine", sort=False))
    for number, (machine, own) in enumerate(machines, 1):
        name = "quality_rtf" if len(machines) == 1 else f"quality_rtf_{number}"
        yield _against_time(scores, own, name, str(machine))


def _threads(count: float) -> str:
    return "" if pd.isna(count) else f", {count:g} {'thread' if count == 1 else 'threads'}"


def _against_time(scores: Scores, points: pd.DataFrame, name: str, machine: str) -> Picture:
    columns = overview([c for c in scores.ranked if points[c].notna().any()])
    styles = marks(list(dict.fromkeys(points["codec"])))
    figure, grid = panels(len(columns))
    for axes, column in zip(grid, columns, strict=True):
        _scatter(axes, points.dropna(subset=[column]), column, styles)
        front = pareto(points.dropna(subset=[column]), COST, column, scores.sign(column))
        axes.plot(front[COST], front[column], color=INK, linewidth=1, linestyle=":", label="front")
        axes.set_xscale("log")
        axes.axvline(1, color=INK, linewidth=0.8, alpha=0.5)
        axes.set_xlabel(look(COST).long)
        axes.set_title(f"{look(column).long} {ARROWS[scores.directions[column]]}")
    common_legend(figure, grid)
    figure.suptitle("Quality against decoding time")
    return Picture(
        name,
        "Quality against decoding time",
        f"Each point is a condition, decoded on {machine}. Dotted: the Pareto front, conditions "
        "that no other beats in both. The vertical line is real time.",
        figure,
        points[["condition", "codec", "measured_kbps", COST, "machine", *columns]],
    )


def pareto(points: pd.DataFrame, cost: str, column: str, sign: int) -> pd.DataFrame:
    """The points that no cheaper or equally cheap one reaches, from the cheapest."""
    ordered = points.assign(gain=sign * points[column]).sort_values(
        [cost, "gain"], ascending=[True, False]
    )
    before = ordered["gain"].cummax().shift(fill_value=-np.inf)
    return ordered.loc[ordered["gain"] > before, list(points.columns)]


def _scatter(axes: Axes, points: pd.DataFrame, column: str, styles: Mapping[str, Mark]) -> None:
    for codec, own in points.groupby("codec", sort=False):
        mark = styles[str(codec)]
        axes.scatter(
            own[COST], own[column], color=mark.colour, marker=mark.marker, s=40, label=str(codec)
        )


def against_nfe(scores: Scores, leaderboard: pd.DataFrame) -> Iterator[Picture]:
    """Quality against the number of denoiser evaluations, a line for each codec and bitrate."""
    points = _over_nfe(scores, leaderboard)
    if points.empty:
        return
    columns = overview([c for c in scores.ranked if points[c].notna().any()])
    styles = marks(list(dict.fromkeys(points["curve"])))
    figure, grid = panels(len(columns))
    for axes, column in zip(grid, columns, strict=True):
        for curve, own in points.groupby("curve", sort=False):
            own, mark = own.sort_values("nfe"), styles[str(curve)]
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
        axes.set_title(f"{look(column).long} {ARROWS[scores.directions[column]]}")
    common_legend(figure, grid)
    figure.suptitle("Quality against NFE")
    kept = [f"{column}{end}" for column in columns for end in ("", "_lo", "_hi")]
    yield Picture(
        "quality_nfe",
        "Quality against NFE",
        "The same bitstreams decoded with more denoiser evaluations. Bars: 95 % intervals.",
        figure,
        points[["curve", "condition", "nfe", *kept]],
    )


def _over_nfe(scores: Scores, leaderboard: pd.DataFrame) -> pd.DataFrame:
    """Lines of codecs that were decoded with several NFE, with their `nfe` and `curve`."""
    points = leaderboard[leaderboard["kind"] == "codec"].copy()
    points["nfe"] = [_nfe(scores.conditions[name]["settings"]) for name in points["condition"]]
    points = points.dropna(subset=["nfe"])
    points["curve"] = [
        f"{_without_nfe(condition, codec)} {kbps:g} kbit/s"
        for condition, codec, kbps in zip(
            points["condition"], points["codec"], points["nominal_kbps"], strict=True
        )
    ]
    return points.groupby("curve").filter(lambda curve: curve["nfe"].nunique() > 1)


def _nfe(settings: str) -> float:
    found = re.search(r"\bnfe=(\d+)", settings)
    return float(found[1]) if found else float("nan")


def _without_nfe(condition: str, codec: str) -> str:
    return re.sub(r"-nfe\d+\b", "", curve_of(condition, codec))
