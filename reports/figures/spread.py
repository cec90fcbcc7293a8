"""What means hide: distributions over items, speakers and sexes, and agreement of metrics."""

from collections.abc import Iterator, Sequence

import numpy as np
import pandas as pd
import seaborn
from matplotlib import pyplot as plt

from ...benchmarks.store.scores import Scores
from ..columns import first_of_overview, heading, look, overview
from ..tables.leaderboard import mean
from .base import Figure
from .style import DIVERGING, HUES, INK, MARKERS, Picture, panels, titled

TEXT_LIMIT = 14  # lines and columns of a matrix up to which its cells are labelled


def distributions(scores: Scores) -> Iterator[Picture]:
    """The spread of items in each condition, for the columns of the overview."""
    columns = first_of_overview(scores.ranked, 3)
    if not columns:
        return
    names = list(scores.conditions)
    figure, grid = panels(len(columns), 4.4, 1.3, lines_of_text=len(names))
    drawn = []
    for axes, column in zip(grid, columns, strict=True):
        long = scores.of(column).melt(var_name="condition", ignore_index=False).dropna()
        seaborn.violinplot(
            long, x="value", y="condition", order=names, ax=axes, color="#8fb8d8", cut=0,
            density_norm="width", inner="quart", linewidth=0.8, linecolor=INK,
        )  # fmt: skip
        axes.set_title(heading(column, scores.directions[column]))
        axes.set_xlabel("")
        axes.set_ylabel("")
        drawn.append(long.assign(column=column).rename_axis("item").reset_index())
    count = f"{len(scores.items)} items"
    titled(figure, "Distribution over items", count)
    yield Picture(
        "distributions",
        "Distribution over items",
        f"Every item that a condition has, of {count}; dashed lines are the quartiles. A codec "
        "that does badly on some items has a tail that its mean does not show.",
        figure,
        pd.concat(drawn),
    )


def speakers(scores: Scores) -> Iterator[Picture]:
    """How far each speaker is from the mean of each condition."""
    speaker = pd.Series({item: entry["speaker"] for item, entry in scores.items.items()})
    known = speaker[speaker != ""]
    columns = overview(scores.ranked)[:1]
    names = scores.of_kind("codec", "oracle")
    if not columns or not names or known.nunique() < 2:
        return
    values = scores.of(columns[0])[names].loc[known.index]
    means = values.groupby(known).mean()
    offsets = (means - means.mean()).T.dropna(how="all").dropna(axis=1, how="all")
    offsets = offsets[offsets.mean().sort_values().index]
    reach = float(np.nanmax(np.abs(offsets.to_numpy()), initial=0.1))
    size = (2.5 + 0.36 * offsets.shape[1], 1.6 + 0.28 * len(offsets))
    figure, axes = plt.subplots(figsize=size, layout="constrained")
    seaborn.heatmap(
        offsets, ax=axes, cmap=DIVERGING, vmin=-reach, vmax=reach, linewidths=0.5,
        annot=offsets.shape[1] <= TEXT_LIMIT, fmt="+.2f", annot_kws={"size": 7},
        cbar_kws={"label": f"{look(columns[0]).short} off the condition's mean"},
    )  # fmt: skip
    axes.grid(False)
    axes.set_xlabel("")
    axes.set_ylabel("")
    axes.tick_params(length=0)
    axes.set_title(f"Speakers: {look(columns[0]).title}")
    yield Picture(
        "speakers",
        "Speakers",
        f"Mean of each speaker's items, off the mean of all speakers, from the hardest speaker to "
        f"the easiest. n/N: {len(known)}/{len(scores.items)} items, those whose speaker is known.",
        figure,
        offsets.rename_axis("condition").reset_index(),
    )


def sexes(scores: Scores) -> Iterator[Picture]:
    """Mean of each sex, with intervals, for the columns of the overview."""
    sex = pd.Series({item: entry["sex"] for item, entry in scores.items.items()})
    columns = first_of_overview(scores.ranked, 3)
    names = scores.of_kind("codec", "oracle")
    if not columns or not names or not {"F", "M"} <= set(sex):
        return
    figure, grid = panels(len(columns), 4.4, 1.6, lines_of_text=len(names))
    lines = []
    for axes, column in zip(grid, columns, strict=True):
        for number, kind in enumerate("FM"):
            table = pd.DataFrame(
                [(name, kind, column, *_mean(scores, column, name, sex == kind)) for name in names],
                columns=["condition", "sex", "column", "mean", "low", "high"],
            )
            places = np.arange(len(names)) + 0.16 * (2 * number - 1)
            spread = table[["low", "high"]].sub(table["mean"], axis=0).abs().fillna(0).T
            axes.errorbar(
                table["mean"], places, xerr=spread.to_numpy(), fmt=MARKERS[number], markersize=5,
                color=HUES[number], elinewidth=1, label={"F": "female", "M": "male"}[kind],
            )  # fmt: skip
            lines.append(table)
        axes.set_yticks(range(len(names)), names)
        axes.set_ylim(len(names) - 0.5, -0.5)
        axes.set_title(heading(column, scores.directions[column]))
    grid[0].legend(loc="best")
    count = " and ".join(f"{(sex == kind).sum()} {kind}" for kind in "FM")
    titled(figure, "Female and male speakers", f"{count} of {len(scores.items)} items")
    yield Picture(
        "sexes",
        "Female and male speakers",
        f"Mean over the items of each sex that a condition has ({count} of {len(scores.items)}); "
        "bars are 95 % intervals by bootstrap over speakers.",
        figure,
        pd.concat(lines),
    )


def _mean(
    scores: Scores, column: str, condition: str, chosen: "pd.Series[bool]"
) -> tuple[float, float, float]:
    values = scores.of(column).loc[chosen[chosen].index, condition].dropna()
    return (float("nan"),) * 3 if values.empty else mean(scores, column, condition, values.index)


def agreement(scores: Scores) -> Iterator[Picture]:
    """Rank correlation of metrics: of conditions above the diagonal, of items below it."""
    columns = scores.ranked
    codecs = scores.of_kind("codec")
    if len(columns) < 2 or len(codecs) < 3:
        return
    signed = {c: scores.sign(c) * scores.of(c)[codecs] for c in columns}
    means = pd.DataFrame({c: _common_means(scores, c, codecs) for c in columns}).corr("spearman")
    items = pd.DataFrame({c: table.sub(table.mean()).stack() for c, table in signed.items()})
    within = items.corr("spearman")
    both = means.where(np.triu(np.ones(means.shape), 1).astype(bool), within)
    both = both.mask(np.eye(len(columns), dtype=bool))
    both.index = both.columns = pd.Index([look(c).short for c in columns])
    side = 2.2 + 0.52 * len(columns)
    figure, axes = plt.subplots(figsize=(side + 1, side), layout="constrained")
    seaborn.heatmap(
        both, ax=axes, cmap=DIVERGING, vmin=-1, vmax=1, annot=True, fmt=".2f", square=True,
        annot_kws={"size": 8}, linewidths=0.5, cbar_kws={"label": "Spearman's rank correlation"},
    )  # fmt: skip
    axes.grid(False)
    axes.tick_params(length=0, axis="both", rotation=0)
    axes.set_title("Do the metrics agree?")
    yield Picture(
        "agreement",
        "Do the metrics agree?",
        "Rank correlation between metrics, turned so that 1 is agreement. Above the diagonal: of "
        "the codecs' means over common items. Below: of single items around the mean of their "
        f"condition. n/N: {_counted(scores, columns, codecs)} items.",
        figure,
        both.rename_axis("column").reset_index(),
    )


def _counted(scores: Scores, columns: Sequence[str], codecs: Sequence[str]) -> str:
    counts = [len(scores.common(column, codecs)) for column in columns]
    low, high = min(counts), max(counts)
    return f"{low if low == high else f'{low}–{high}'}/{len(scores.items)}"


def _common_means(scores: Scores, column: str, codecs: Sequence[str]) -> "pd.Series[float]":
    """Means of the codecs as the leaderboard has them, turned so that more is better."""
    common = scores.common(column, codecs)
    weights = scores.weights(column).loc[common.index, common.columns]
    return scores.sign(column) * (common * weights).sum() / weights.sum()


FIGURES = (
    Figure("distributions", 40, lambda given: distributions(given.scores)),
    Figure("speakers", 50, lambda given: speakers(given.scores), narrow=False),
    Figure("sexes", 60, lambda given: sexes(given.scores)),
    Figure("agreement", 70, lambda given: agreement(given.scores), narrow=False),
)
