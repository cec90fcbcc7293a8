"""One look for all figures, and files of each: PNG, SVG, and a CSV of what is drawn.

Hues are Okabe & Ito's, which colour-blind readers tell apart; every curve has a marker and a line
style of its own as well, so that it can be told apart in grey.
"""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from io import BytesIO
from itertools import cycle, islice
from pathlib import Path
from typing import Any, NamedTuple

import matplotlib
import pandas as pd
from matplotlib import pyplot as plt
from matplotlib.artist import Artist
from matplotlib.axes import Axes
from matplotlib.axis import Axis
from matplotlib.figure import Figure

from ...benchmarks.store.atomic import write_atomically
from ...benchmarks.store.received import csv_text

INK = "#1b1b1f"  # of text and lines; a page replaces it by its own colour of text
PAPER = "#fffffe"  # of backgrounds; a page lets its own shine through
HUES = ("#0072B2", "#D55E00", "#009E73", "#CC79A7", "#E69F00", "#56B4E9")
MARKERS = "osD^vPX*<>hp"
LINES = ("-", "--", "-.", ":")
REFERENCE = "opus"  # the curve that readers know: always ink
FORMATS = (".png", ".svg", ".csv")  # of each figure
SEQUENTIAL, DIVERGING = "cividis", "PuOr_r"

_SETTINGS: dict[Any, Any] = {
    "axes.axisbelow": True,
    "axes.edgecolor": INK,
    "axes.facecolor": PAPER,
    "axes.grid": True,
    "axes.labelcolor": INK,
    "axes.labelsize": 10.5,
    "axes.spines.right": False,
    "axes.spines.top": False,
    "axes.titlesize": 11.5,
    "axes.titleweight": "bold",
    "figure.facecolor": PAPER,
    "figure.titlesize": 13,
    "figure.titleweight": "bold",
    "font.size": 10,
    "grid.alpha": 0.14,
    "grid.color": INK,
    "legend.frameon": False,
    "text.parse_math": False,  # a title may hold "$"
    "lines.linewidth": 1.8,
    "lines.markersize": 6,
    "svg.fonttype": "path",
    "svg.hashsalt": "nscbench",
    "text.color": INK,
    "xtick.color": INK,
    "ytick.color": INK,
}


class Picture(NamedTuple):
    """A figure and what belongs to it.

    Attributes:
        name: of its files.
        title: a few words.
        caption: what is drawn, and how to read it.
        figure: the drawing.
        data: what is drawn, as a table.
    """

    name: str
    title: str
    caption: str
    figure: Figure
    data: pd.DataFrame


class Mark(NamedTuple):
    """How a curve is drawn."""

    colour: str
    marker: str
    line: str


@contextmanager
def drawing() -> Iterator[None]:
    """Draw without a display, in the common look; figures are closed at the end."""
    matplotlib.use("Agg")
    with matplotlib.rc_context(_SETTINGS):
        try:
            yield
        finally:
            plt.close("all")


def marks(names: Sequence[str]) -> dict[str, Mark]:
    """A mark for each curve."""
    others = [name for name in names if name != REFERENCE]
    drawn = dict(zip(others, islice(_marks(), len(others)), strict=True))
    return {name: Mark(INK, "o", "--") if name == REFERENCE else drawn[name] for name in names}


def _marks() -> Iterator[Mark]:
    hues, markers = cycle(HUES), cycle(MARKERS[1:])
    for line in cycle(LINES):
        for _ in HUES:
            yield Mark(next(hues), next(markers), line)


def panels(count: int, width: float = 4.0, height: float = 3.3) -> tuple[Figure, list[Axes]]:
    """A figure of `count` axes, three in a row."""
    columns = min(3, count)
    lines = -(-count // columns)
    figure, grid = plt.subplots(
        lines,
        columns,
        figsize=(width * columns, height * lines),
        layout="constrained",
        squeeze=False,
    )
    for axes in grid.flat[count:]:
        axes.set_axis_off()
    return figure, list(grid.flat[:count])


LEGEND_LETTERS = 130  # that fit below a figure of full width


def common_legend(figure: Figure, axes: Sequence[Axes]) -> None:
    """One legend of all curves below the figure."""
    entries: dict[str, Artist] = {}
    for one in axes:
        handles, labels = one.get_legend_handles_labels()
        entries |= dict(zip(map(str, labels), handles, strict=True))
    figure.legend(
        list(entries.values()),
        list(entries),
        loc="outside lower center",
        ncols=max(
            1, min(7, len(entries), LEGEND_LETTERS // (8 + max(map(len, entries), default=0)))
        ),
    )


def bitrate_axis(axes: Axes) -> None:
    """A logarithmic axis of measured bitrates, labelled by plain numbers."""
    axes.set_xscale("log", base=2)
    axes.xaxis.set_major_formatter(lambda kbps, _: f"{kbps:g}")
    axes.set_xlabel("measured bitrate (kbit/s)")


def time_axis(axis: Axis) -> None:
    """Plain numbers at 1, 2 and 5 of each decade: matplotlib's own are TeX, which is not parsed."""
    axis.set_major_formatter(lambda factor, _: f"{factor:g}")
    axis.set_minor_formatter(lambda factor, _: f"{factor:g}" if f"{factor:e}"[0] in "25" else "")


def save(picture: Picture, folder: Path, suffixes: Sequence[str] = FORMATS) -> None:
    """Write NAME.png, NAME.svg and NAME.csv, or those of these suffixes, and close the figure."""
    for suffix in (suffix for suffix in suffixes if suffix != ".csv"):
        drawn = BytesIO()
        kind = suffix.removeprefix(".")
        picture.figure.savefig(drawn, format=kind, dpi=160, metadata=_metadata(suffix))
        # a name may have a dot: design_space_1.5
        write_atomically(folder / f"{picture.name}{suffix}", drawn.getvalue())
    plt.close(picture.figure)
    if ".csv" in suffixes:
        write_atomically(folder / f"{picture.name}.csv", csv_text(picture.data))


def _metadata(suffix: str) -> dict[str, None] | None:
    return {"Date": None} if suffix == ".svg" else None  # the same data make the same file
