"""One look for all figures.

Hues are Okabe & Ito's, which colour-blind readers tell apart; every curve has a marker and a line
style of its own as well, so that it can be told apart in grey. Lettering stays text in SVG and PDF.

A figure is drawn in one of two layouts: `WIDE`, several panels in a row, or `COLUMN`, as wide as a
column of a two-column paper.
"""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from itertools import cycle, islice
from typing import Any, NamedTuple

import matplotlib
import pandas as pd
from matplotlib import pyplot as plt
from matplotlib import rcParams
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.layout_engine import PlaceHolderLayoutEngine
from matplotlib.typing import LineStyleType

INK = "#1b1b1f"  # of text and lines; a page replaces it by its own colour of text
PAPER = "#fffffe"  # of backgrounds; a page lets its own shine through
HUES = ("#0072B2", "#D55E00", "#009E73", "#CC79A7", "#E69F00", "#56B4E9")
TONES = ("#005C90", "#A64900", "#00704F", "#A0436F", "#7F5700", "#1B6F9F")  # of text in a hue
MARKERS = "osD^vPX*<>hp"
LINES: tuple[LineStyleType, ...] = ("-", "--", "-.", ":")
REFERENCE = "opus"  # the curve that readers know: always ink
_ACROSS = 3  # panels in a row
_POINTS = 72  # of an inch
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
    "pdf.fonttype": 42,  # TrueType: text that can be searched and edited
    "svg.fonttype": "none",
    "svg.hashsalt": "nscbench",
    "text.color": INK,
    "xtick.color": INK,
    "ytick.color": INK,
}


class Layout(NamedTuple):
    """How wide figures are.

    Attributes:
        suffix: behind the names of their files.
        across: panels in a row, at most.
        width: of a figure, in inches; 0: as its panels are.
        settings: of matplotlib, beside the common ones.
    """

    suffix: str
    across: int
    width: float
    settings: dict[str, Any]


WIDE = Layout("", _ACROSS, 0.0, {})
COLUMN = Layout(
    "_column",
    1,
    3.15,  # inches: a column of ISCA's paper, and nearly one of IEEE's
    {
        "axes.labelsize": 7.5,
        "axes.titlesize": 8,
        "figure.titlesize": 7,
        "figure.titleweight": "normal",
        "font.size": 7,
        "legend.fontsize": 6.5,
        "lines.linewidth": 1.2,
        "lines.markersize": 4,
    },
)
_layout: ContextVar[Layout] = ContextVar("layout", default=WIDE)


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
    line: LineStyleType


# Families of codecs, and how each is drawn where a figure is of families, not of curves
OTHER = "other"
FAMILY_MARKS = {
    "neural": Mark(HUES[0], "s", "-"),
    "diffusion": Mark(HUES[1], "D", "-"),
    "published": Mark(HUES[2], "^", "-"),
    "conventional": Mark(INK, "o", "--"),
    OTHER: Mark(HUES[3], "P", "-"),
}


@contextmanager
def drawing(wanted: Layout = WIDE) -> Iterator[None]:
    """Draw without a display, in the common look; figures are closed at the end."""
    matplotlib.use("Agg")
    token = _layout.set(wanted)
    with matplotlib.rc_context(_SETTINGS | wanted.settings):
        try:
            yield
        finally:
            plt.close("all")
            _layout.reset(token)


def layout() -> Layout:
    """The layout in which is drawn."""
    return _layout.get()


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


def settle(figure: Figure) -> None:
    """Lay a figure out for good; at once if that is done."""
    engine = figure.get_layout_engine()
    # "none" leaves an engine that does nothing
    if engine is not None and not isinstance(engine, PlaceHolderLayoutEngine):
        engine.execute(figure)
        figure.set_layout_engine("none")


def tone(colour: str) -> str:
    """The colour of text beside what has this colour: dark enough to be read on paper.

    A page replaces it by one of its own, light where its paper is dark.
    """
    return dict(zip(HUES, TONES, strict=True)).get(colour, colour)


def panels(
    count: int, width: float = 4.0, height: float = 3.3, lines_of_text: int = 0
) -> tuple[Figure, list[Axes]]:
    """A figure of `count` axes, as many in a row as the layout has room for.

    Args:
        count: of axes.
        width: of one, in inches; in a layout of a given width, the ratio to the height counts.
        height: of one.
        lines_of_text: that stand beside the axes, one above the other, and make them higher. All
            axes of a row share them.
    """
    wanted = layout()
    lines = -(-count // min(wanted.across, count))
    columns = -(-count // lines)
    if wanted.width:
        width, height = wanted.width / columns, height * min(1, wanted.width / width)
    height += lines_of_text * 2 * rcParams["font.size"] / _POINTS
    figure, grid = plt.subplots(
        lines,
        columns,
        figsize=(width * columns, height * lines),
        layout="constrained",
        squeeze=False,
        sharey="row" if lines_of_text else False,
    )
    for axes in grid.flat[count:]:
        axes.set_axis_off()
    return figure, list(grid.flat[:count])


def titled(figure: Figure, title: str, counted: str) -> None:
    """A figure's title and, at its right, of how many items it is.

    A figure of a paper has a caption: in a column, the count stands alone.
    """
    if not layout().width:
        figure.suptitle(title, x=0.012, ha="left")
        figure.text(0.992, 0.98, counted, ha="right", va="top", fontsize=8.5)
    else:
        figure.suptitle(counted, x=0.98, ha="right")
