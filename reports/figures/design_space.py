"""The design space as pictures: conditioning domain down, output domain across, a column each.

Beside each grid stands the scale of its colours, and on it what the cells are held against: the
codec without diffusion, the ablations and the ceilings.

The means are those of the leaderboard that is given, of the items that all its codecs have: who
draws the grid beside a table gives the table's lines, or a leaderboard of `compared` alone.
"""

import re
from collections.abc import Iterator, Sequence
from typing import NamedTuple

import numpy as np
import pandas as pd
import seaborn
from matplotlib import colormaps
from matplotlib.axes import Axes
from matplotlib.colors import ListedColormap
from seaborn.utils import relative_luminance

from ...benchmarks.store.scores import Scores, curve_of
from ..columns import heading, look, overview
from .base import Figure, counted, of_items
from .style import INK, SEQUENTIAL, Picture, panels, titled

DOMAINS = ("wav", "mel", "lat")
REFERENCES = ("gan", "mel-regression", "mel-vocoder")  # at the bitrate of the cells
CEILINGS = ("gan-oracle", "mel-oracle")
_CELL = re.compile(rf"({'|'.join(DOMAINS)})2({'|'.join(DOMAINS)})")
_EQUAL_CONTRAST = 0.19  # relative luminance at which dark and white text have the same
_LETTERING = 0.085  # least distance of two labels beside the scale, in heights of it


class Grid(NamedTuple):
    """Cells of one bitrate and the same settings, and what they are held against."""

    kbps: float
    settings: str
    cells: list[str]
    references: list[str]


def grids(scores: Scores) -> list[Grid]:
    """One for each bitrate at which there are cells, from the lowest.

    All cells of a grid have the same settings: the default ones, or, where a run has none of
    these, those that most cells have (`nfe10`).
    """
    settings: dict[float, dict[str, list[str]]] = {}
    for name, entry in scores.conditions.items():
        if _CELL.fullmatch(codec := entry["codec"]):
            words = curve_of(name, codec)[len(codec) + 1 :]
            settings.setdefault(entry["nominal_kbps"], {}).setdefault(words, []).append(name)
    found = []
    for kbps, cells in sorted(settings.items()):
        words = "" if "" in cells else max(cells, key=lambda one: len(cells[one]))
        held = [*(f"{name}-{kbps:g}" for name in REFERENCES), *CEILINGS]
        references = [name for name in scores.conditions if name in held]
        found.append(Grid(kbps, words, cells[words], references))
    return found


def compared(scores: Scores) -> list[str]:
    """The conditions of all grids."""
    return list(dict.fromkeys(n for grid in grids(scores) for n in (*grid.cells, *grid.references)))


def design_space(scores: Scores, leaderboard: pd.DataFrame) -> Iterator[Picture]:
    """One picture for each bitrate at which there are cells."""
    for grid in grids(scores):
        alike = leaderboard[leaderboard["condition"].isin(grid.cells)]
        columns = overview([c for c in scores.ranked if alike[c].notna().any()])
        if columns:
            references = leaderboard[leaderboard["condition"].isin(grid.references)]
            yield _picture(scores, alike, references, columns, grid.kbps, grid.settings)


def _picture(
    scores: Scores,
    cells: pd.DataFrame,
    references: pd.DataFrame,
    columns: list[str],
    kbps: float,
    settings: str,
) -> Picture:
    title = f"Design space at {kbps:g} kbit/s" + (f", {settings}" if settings else "")
    figure, grid = panels(len(columns), 4.6, 3.3)
    for axes, column in zip(grid, columns, strict=True):
        _panel(axes, cells, references, column, scores.sign(column))
        axes.set_title(heading(column, scores.directions[column]))
    titled(figure, title, counted(cells, columns))
    kept = [f"{column}{end}" for column in columns for end in ("", "_lo", "_hi")]
    return Picture(
        f"design_space_{kbps:g}",
        title,
        "What the diffusion model is given (rows) by what it makes (columns), brighter is better: "
        "mean and half the width of its 95 % interval. The scale has the means of what the cells "
        "are held against at the same bitrate, and of the ceilings (oracles). Hatched: not in "
        f"this run. {of_items(cells, columns)}",
        figure,
        pd.concat([cells, references])[["condition", "nominal_kbps", "measured_kbps", *kept]],
    )


def _panel(
    axes: Axes, cells: pd.DataFrame, references: pd.DataFrame, column: str, sign: int
) -> None:
    held = references.set_index("condition")[column].dropna()
    values = np.array([*cells[column].dropna(), *held], dtype=np.float64)
    least, most = values.min(), values.max()
    reach = 0.04 * (most - least) or 0.5
    means = _matrix(cells, column)
    scale = axes.inset_axes((1.06, 0, 0.07, 1))
    seaborn.heatmap(
        means,
        ax=axes,
        annot=_texts(cells, column),
        fmt="",
        cmap=_shades(sign),
        vmin=least - reach,
        vmax=most + reach,
        cbar_ax=scale,
        square=True,
        linewidths=1.5,
        linecolor="white",
    )
    _letter(axes, means)
    axes.grid(False)
    axes.patch.set(hatch="///", facecolor="0.93", edgecolor="0.75")
    axes.set_xlabel("the diffusion model makes")
    axes.set_ylabel("its condition")
    axes.tick_params(length=0, colors=INK)
    if sign < 0:
        scale.invert_yaxis()  # the better end is always the upper one
    _mark(scale, held, look(column).digits, sign)


def _letter(axes: Axes, means: pd.DataFrame) -> None:
    """Dark or white text on each cell, whichever has the more contrast."""
    mesh = axes.collections[0]
    for text in axes.texts:
        column, row = (int(place) for place in text.get_position())
        shade = mesh.to_rgba(means.to_numpy(np.float64)[row, column : column + 1])
        text.set_color("white" if relative_luminance(shade) < _EQUAL_CONTRAST else "#1a1a1a")


def _mark(scale: Axes, held: "pd.Series[float]", digits: int, sign: int) -> None:
    """Lines across the scale, and their labels beside it, none over another."""
    scale.tick_params(length=0, labelleft=False, labelright=False)
    low, high = sorted(scale.get_ylim())
    heights = (held - low) / (high - low)
    heights = (heights if sign > 0 else 1 - heights).sort_values()
    names = [str(name) for name in heights.index]
    places = apart(heights.to_list())
    for name, height, place in zip(names, heights, places, strict=True):
        ceiling = name in CEILINGS
        line, lettering = ("--", "italic") if ceiling else ("-", "normal")
        for colour, width in (("white", 2.6), (INK, 1.2)):  # to be seen on light and dark
            scale.axhline(held[name], color=colour, linewidth=width, linestyle=line)
        scale.annotate(
            f"{name} {held[name]:.{digits}f}",
            (1, height),
            xytext=(1.7, place),
            xycoords="axes fraction",
            textcoords="axes fraction",
            va="center",
            fontsize=8.5,
            fontstyle=lettering,
            color=INK,
            arrowprops={"arrowstyle": "-", "color": INK, "linewidth": 0.6, "relpos": (0, 0.5)},
        )


def apart(heights: Sequence[float], least: float = _LETTERING) -> list[float]:
    """Rising places near rising heights in [0, 1], `least` apart and within [0, 1] if they fit."""
    places = list(heights)
    for index in range(1, len(places)):
        places[index] = max(places[index], places[index - 1] + least)
    ceiling = 1.0
    for index in reversed(range(len(places))):
        places[index] = min(places[index], ceiling)
        ceiling = places[index] - least
    return places


def _shades(sign: int) -> ListedColormap:
    """Brighter is better, in grey too; without the darkest shades, which print as black."""
    shades = colormaps[SEQUENTIAL](np.linspace(0.18, 1, 256))
    return ListedColormap(shades[::sign])


def _matrix(cells: pd.DataFrame, column: str) -> pd.DataFrame:
    parts = cells["codec"].str.extract(_CELL.pattern)
    table = pd.DataFrame({"condition": parts[0], "output": parts[1], "value": cells[column]})
    return table.pivot(index="condition", columns="output", values="value").reindex(
        index=list(DOMAINS), columns=list(DOMAINS)
    )


def _texts(cells: pd.DataFrame, column: str) -> np.ndarray:
    digits = look(column).digits
    half = (cells[f"{column}_hi"] - cells[f"{column}_lo"]) / 2
    means = _matrix(cells, column)
    halves = _matrix(cells.assign(**{column: half}), column)
    texts = [
        ["" if pd.isna(m) else f"{m:.{digits}f}" + ("" if pd.isna(h) else f"\n±{h:.{digits}f}")
         for m, h in zip(*pair, strict=True)]
        for pair in zip(means.to_numpy(), halves.to_numpy(), strict=True)
    ]  # fmt: skip
    return np.array(texts)


FIGURE = Figure("design space", 10, lambda given: design_space(given.scores, given.table))
