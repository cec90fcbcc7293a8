"""The design space as pictures: conditioning domain down, output domain across, a column each."""

import re
from collections.abc import Iterator

import numpy as np
import pandas as pd
import seaborn
from matplotlib import colormaps
from matplotlib.colors import ListedColormap

from ..columns import look, overview
from ..scores import Scores, curve_of
from .style import ARROWS, INK, SEQUENTIAL, Picture, panels

DOMAINS = ("wav", "mel", "lat")
_CELL = re.compile(rf"({'|'.join(DOMAINS)})2({'|'.join(DOMAINS)})")


def design_space(scores: Scores, leaderboard: pd.DataFrame) -> Iterator[Picture]:
    """One picture for each bitrate at which there are cells.

    All cells of a picture have the same settings: the default ones, or, where a run has none of
    these, those that most cells have (`nfe10`).
    """
    cells = leaderboard[leaderboard["codec"].str.fullmatch(_CELL.pattern)]
    names = zip(cells["condition"], cells["codec"], strict=True)
    cells = cells.assign(
        settings=[curve_of(name, codec)[len(codec) + 1 :] for name, codec in names]
    )
    for kbps in sorted(cells["nominal_kbps"].unique()):
        own = cells[cells["nominal_kbps"] == kbps]
        counts = own["settings"].value_counts()
        settings = "" if "" in counts else str(counts.index[0])
        alike = own[own["settings"] == settings]
        columns = overview([c for c in scores.ranked if alike[c].notna().any()])
        if columns:
            yield _picture(scores, alike, columns, kbps, settings)


def _picture(
    scores: Scores, cells: pd.DataFrame, columns: list[str], kbps: float, settings: str
) -> Picture:
    title = f"Design space at {kbps:g} kbit/s" + (f", {settings}" if settings else "")
    figure, grid = panels(len(columns), 3.7, 3.2)
    for axes, column in zip(grid, columns, strict=True):
        means, texts = _matrix(cells, column), _texts(cells, column)
        seaborn.heatmap(
            means,
            ax=axes,
            annot=texts,
            fmt="",
            annot_kws={"color": "#262626"},
            cmap=_shades(scores.sign(column)),
            cbar=False,
            square=True,
            linewidths=1.5,
            linecolor="white",
        )
        axes.grid(False)
        axes.set_facecolor("0.85")
        axes.set_title(f"{look(column).long} {ARROWS[scores.directions[column]]}")
        axes.set_xlabel("the diffusion model makes")
        axes.set_ylabel("its condition")
        axes.tick_params(length=0, colors=INK)
    figure.suptitle(title)
    kept = [f"{column}{end}" for column in columns for end in ("", "_lo", "_hi")]
    return Picture(
        f"design_space_{kbps:g}",
        title,
        "Condition domain (rows) by output domain (columns), brighter is better: mean and half the "
        "width of its 95 % interval. Grey: not in this run.",
        figure,
        cells[["condition", "nominal_kbps", "measured_kbps", *kept]],
    )


def _shades(sign: int) -> ListedColormap:
    """Brighter is better; without the dark end, so that dark text can be read on all of it."""
    shades = colormaps[SEQUENTIAL](np.linspace(0.6, 1, 256))
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
