"""Quality against bitrate of all families of codecs: the figure to begin with.

Two columns stand for all: the one to name where there is room for one, which hears the difference
to the recording, and one that hears the decoded speech alone, as decoders that invent speech keep
little of a waveform. Of a family's codecs that begin at one bitrate, the best few there have their
names beside them, and the others are pale.
"""

from collections.abc import Iterator, Sequence
from itertools import pairwise
from typing import Any

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.lines import Line2D

from ...benchmarks.store.scores import Scores, curve_of, records
from ..columns import heading, headline, look, overview
from ..tables.rates import EQUAL, rate
from .axes import bitrate_axis, ceiling
from .base import Figure, Given, counted, of_items
from .labels import Drawn, Label, Line, place
from .style import (
    FAMILY_MARKS,
    OTHER,
    Mark,
    Picture,
    layout,
    panels,
    titled,
    tone,
)

NAME = "front"
NAMED = 2  # of a family's codecs that begin at one bitrate
_WORDS = {"neural": "neural, no diffusion", OTHER: "other codecs"}
_ALONE = "without reference"


def front(given: Given) -> Iterator[Picture]:
    """The picture; none of a run without codecs or without a column that ranks."""
    points = _points(given)
    columns = [c for c in chosen(given.scores) if len(points) and points[c].notna().any()]
    if not columns:
        return
    figure, grid = panels(len(columns), 6.2, 4.9)
    labels: dict[str, list[Label]] = {}
    hidden: dict[str, Drawn] = {}
    for axes, column in zip(grid, columns, strict=True):
        labels[column] = _panel(axes, points, column, given.scores.sign(column))
        axes.set_title(heading(column, given.scores.directions[column]))
        hidden[column] = _hidden(points, column, ceiling(axes, given.table, column))
    title = "Quality against bitrate"
    titled(figure, f"{title}: {given.title}" if given.title else title, counted(points, columns))
    families = [f for f in FAMILY_MARKS if f in set(points["family"])]
    handles = [_entry(family) for family in families] if len(families) > 1 else []
    if handles:
        across = 2 if layout().width else len(handles)
        figure.legend(handles=handles, loc="outside lower center", ncols=across)
    for axes, column in zip(grid, columns, strict=True):
        place(axes, labels[column], hidden[column])
    kept = [f"{column}{end}" for column in columns for end in ("", "_lo", "_hi")]
    yield Picture(
        NAME,
        title,
        f"Mean and 95 % interval over speakers against the bitrate measured from the payload; "
        f"dotted: the original recording. Of a family's codecs that begin at one bitrate, the best "
        f"{NAMED} there are named. {of_items(points, columns)}",
        figure,
        points[["condition", "codec", "family", "nominal_kbps", "measured_kbps", *kept]],
    )


def chosen(scores: Scores) -> list[str]:
    """The columns to draw: the headline, and the first of quality that asks for no recording."""
    first = headline(scores.ranked)
    others = [c for c in overview(scores.ranked) if c != first and look(c).family == "quality"]
    alone = [c for c in others if (meaning := look(c).meaning) and meaning.mode == _ALONE]
    return [c for c in (first, *(alone or others)[:1]) if c]


def _points(given: Given) -> pd.DataFrame:
    """The codecs that have a bitrate, with it, their curve and their family."""
    own = given.table[given.table["kind"] == "codec"]
    lines = records(own)
    points = own.assign(
        kbps=[rate(line) for line in lines],
        curve=[curve_of(line["condition"], line["codec"]) for line in lines],
        family=[given.families.get(line["condition"], OTHER) for line in lines],
    )
    return points[points["kbps"] > 0].sort_values("kbps", kind="stable")


def _panel(axes: Axes, points: pd.DataFrame, column: str, sign: int) -> list[Label]:
    """Draw a column; the labels of its curves, the best of each family and bitrate first."""
    bitrate_axis(axes)
    axes.margins(x=0.13, y=0.08)
    points = points.dropna(subset=[column])
    named = best_curves(points, column, sign)
    labels: list[Label] = []
    for curve, own in points.groupby("curve", sort=False):
        mark = FAMILY_MARKS[own["family"].iloc[0]]
        if str(curve) not in named:
            axes.plot(
                own["kbps"], own[column], color=mark.colour, marker=mark.marker, markersize=4,
                linestyle=mark.line, linewidth=1, alpha=0.25,
            )  # fmt: skip
            continue
        _errorbars(axes, own, column, mark)
        text = str(curve) if len(own) > 1 else own["condition"].iloc[0]
        labels.append(Label(text, tone(mark.colour), _anchors(own[::-1], column)))
    return labels


def best_curves(points: pd.DataFrame, column: str, sign: int) -> set[str]:
    """Of curves of one family that begin at one bitrate, the best few there."""
    begins = points.drop_duplicates("curve")  # the points rise in bitrate
    found: set[str] = set()
    for _, left in begins.groupby("family", sort=False):
        while len(left):
            alike = left["kbps"] <= EQUAL * left["kbps"].iloc[0]
            ordered = left[alike].sort_values(column, ascending=sign < 0)
            found |= set(ordered["curve"].head(NAMED))
            left = left[~alike]
    return found


def _errorbars(axes: Axes, own: pd.DataFrame, column: str, mark: Mark) -> None:
    spread = own[[f"{column}_lo", f"{column}_hi"]].sub(own[column], axis=0).abs().fillna(0).T
    axes.errorbar(
        own["kbps"], own[column], spread.to_numpy(), color=mark.colour, marker=mark.marker,
        linestyle=mark.line, elinewidth=0.9, capsize=1.5,
    )  # fmt: skip


def _anchors(own: pd.DataFrame, column: str) -> list[tuple[float, float]]:
    return [(float(kbps), float(value)) for kbps, value in own[["kbps", column]].to_numpy(float)]


def _hidden(points: pd.DataFrame, column: str, ceiling: Sequence[Line]) -> Drawn:
    points = points.dropna(subset=[column])
    lines: list[Any] = [*ceiling]
    for _, own in points.groupby("curve", sort=False):
        at = _anchors(own, column)
        lines += pairwise(at)
    bars = points[["kbps", f"{column}_lo", f"{column}_hi"]].dropna().to_numpy(float).tolist()
    lines += [((kbps, low), (kbps, high)) for kbps, low, high in bars]
    return Drawn(_anchors(points, column), lines)


def _entry(family: str) -> Line2D:
    mark = FAMILY_MARKS[family]
    label = _WORDS.get(family, family)
    entry = Line2D([], [], color=mark.colour, marker=mark.marker, label=label)
    entry.set_linestyle(mark.line)
    return entry


FIGURE = Figure(NAME, 0, front)
