"""Codecs of one bitrate side by side: a dot plot with intervals, sorted, each line with its name.

A curve needs bitrates; where codecs share one, their points lie on one another in any plot over it.
"""

from collections.abc import Iterator, Mapping

import numpy as np
import pandas as pd
from matplotlib.axes import Axes

from ..columns import heading, headline, overview
from ..tables.rates import equal_rates
from .base import Figure, Given, counted, of_items
from .style import FAMILY_MARKS, HUES, INK, OTHER, Mark, Picture, panels, titled, tone

MOST = 60  # codecs in a figure
_PLAIN = Mark(HUES[0], "o", "-")  # where no family is known


def equal_rate(given: Given) -> Iterator[Picture]:
    """One picture for each bitrate that several codecs have."""
    columns = {c: given.scores.directions[c] for c in overview(given.scores.ranked)}
    for group in equal_rates(given.table):
        own = {c: direction for c, direction in columns.items() if group[c].notna().any()}
        if own:
            rate = f"{group['nominal_kbps'].min():g}"
            yield dots(group, own, f"equal_rate_{rate}", f"At {rates(group)}", given.families)


def rates(group: pd.DataFrame) -> str:
    """The bitrates of codecs in words: `3 kbit/s`, `3–3.2 kbit/s`."""
    low, high = (f"{rate:.2g}" for rate in (group["kbps"].min(), group["kbps"].max()))
    return f"{low} kbit/s" if low == high else f"{low}–{high} kbit/s"


def dots(
    codecs: pd.DataFrame,
    columns: Mapping[str, str],
    name: str,
    title: str,
    families: Mapping[str, str] | None = None,
) -> Picture:
    """A line for each codec, the best at the top, a panel for each column.

    Args:
        codecs: lines of a leaderboard.
        columns: to draw, and where each is better.
        name: of the picture.
        title: of the picture.
        families: of the codecs, where they are known: colours and marks.
    """
    first = headline(columns)
    columns = {first: columns[first], **columns}
    codecs = codecs.dropna(subset=list(columns), how="all")
    ordered = codecs.sort_values(first, ascending=columns[first] == "lower", na_position="last")
    shown = ordered.head(MOST)
    figure, grid = panels(len(columns), 3.4, 0.75, lines_of_text=len(shown))
    for axes, (column, direction) in zip(grid, columns.items(), strict=True):
        _panel(axes, shown, column, families or {})
        axes.set_title(heading(column, direction))
    titled(figure, title, counted(codecs, columns))
    left_out = f" The best {MOST} of {len(codecs)}." if len(codecs) > MOST else ""
    text = (
        f"Codecs from the best in {heading(first, columns[first])} downwards: mean and 95 % "
        f"interval over speakers.{left_out} {of_items(codecs, columns)}"
    )
    kept = [f"{column}{end}" for column in columns for end in ("", "_lo", "_hi")]
    leading = ["condition", "codec", "nominal_kbps", "measured_kbps"]
    return Picture(name, title, text, figure, ordered[[*leading, *kept]])


def _panel(axes: Axes, codecs: pd.DataFrame, column: str, families: Mapping[str, str]) -> None:
    names = codecs["condition"].tolist()
    marks = [FAMILY_MARKS[families.get(n, OTHER)] if families else _PLAIN for n in names]
    values = codecs[[column, f"{column}_lo", f"{column}_hi"]].to_numpy(np.float64)
    for place, (mark, (mean, low, high)) in enumerate(zip(marks, values, strict=True)):
        axes.plot([low, high], [place, place], color=mark.colour, linewidth=1.4)
        axes.plot(mean, place, mark.marker, color=mark.colour, markersize=5)
    axes.set_yticks(range(len(names)), names)
    for label, mark in zip(axes.get_yticklabels(), marks, strict=False):  # none beside the first
        label.set(color=tone(mark.colour), parse_math=False)
    axes.set_ylim(len(names) - 0.4, -0.6)
    axes.tick_params(axis="y", length=0)
    axes.spines["left"].set_visible(False)
    axes.grid(axis="y", color=INK, alpha=0.07)


FIGURE = Figure("equal rate", 5, equal_rate)
