"""The leaderboard: one line per condition, means over common items with 95 % intervals.

n              items of the condition on which every metric that can be gave a value
N              items of the run
measured_kbps  payload bits of all items over their seconds; empty for an oracle, and where the
               bitrate is only stated
COLUMN         mean over the common items of the column: those on which every codec that
               measured it at all has a value (controls and oracles: those of them that they
               have), the mean over draws taken first. Of a rate (word errors), the rate of all
               these items together
COLUMN_lo/_hi  95 % interval over speakers
COLUMN_n       items behind the mean: less than `n` where a codec lacks items that others have
COLUMN_rank    1 + number of codecs that are significantly better (see `comparisons`); empty for
               controls and oracles. Columns that rank nothing have none, nor have those in
               which no test can succeed. Counts and ranks stand after the means
COLUMN_hz      sampling rate at which it was measured, in suites that state one; else it is 16 kHz
entropy_kbps   the same of what an ideal coder would spend on the indices, under the model that the
               codec ships; empty for codecs without one
frames_per_second, tokens_per_second, bits_per_token, codebook_use, codebook_perplexity,
entropy0_kbps, entropy1_kbps
               of token codecs, over all items of the run: see `benchmarks.run.token_use`; empty for
               others, and where too few tokens were sent to tell
bitrate        "measured"; "stated" where audio was decoded elsewhere: nominal_kbps is all that is
               known; "none" for an oracle. The last column, but for that of `not_run`
"""

from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd

from ...benchmarks.statistics.bootstrap import cluster_bootstrap
from ...benchmarks.store.results import TOKEN_COLUMNS
from ...benchmarks.store.scores import Scores
from .comparisons import compare_all, hopeless, ranks

LEADING = ("condition", "codec", "kind", "nominal_kbps", "measured_kbps", "n", "N")


def leaderboard(
    scores: Scores, comparisons: Mapping[str, pd.DataFrame] | None = None
) -> pd.DataFrame:
    """The table of a run, in the order of its conditions and columns.

    Args:
        scores: of the run.
        comparisons: what `all_comparisons` gives, where that is there already.
    """
    tried, failed = (
        rows.groupby("condition")["item"].nunique() for rows in (scores.rows, scores.failures)
    )
    table = pd.DataFrame(
        [
            _leading(scores, name) | {"n": tried.get(name, 0) - failed.get(name, 0)}
            for name in scores.conditions
        ]
    )[list(LEADING)]
    table = table.set_index("condition", drop=False)
    values: dict[str, Any] = {}
    others: dict[str, Any] = {}
    for column in scores.directions:
        means = _means(scores, column).reindex(table.index)
        values |= {column: means["mean"], f"{column}_lo": means["low"]}
        values[f"{column}_hi"] = means["high"]
        others[f"{column}_n"] = means["items"].fillna(0).astype(int)
        if column in scores.hertz:
            others[f"{column}_hz"] = scores.hertz[column]
    for column, pairs in (all_comparisons(scores) if comparisons is None else comparisons).items():
        if not hopeless(pairs):
            others[f"{column}_rank"] = ranks(pairs).reindex(table.index).astype("Int64")
    others["entropy_kbps"] = table.index.map(scores.entropy_kbps)
    for column in TOKEN_COLUMNS:
        tokens = [scores.conditions[name].get("tokens", {}) for name in table.index]
        others[column] = [own.get(column, float("nan")) for own in tokens]
    others["bitrate"] = table.index.map(lambda name: _bitrate(scores, name))
    # at once: pandas warns of tables that grow by hundreds of columns
    return pd.concat([table, pd.DataFrame(values | others, index=table.index)], axis=1).reset_index(
        drop=True
    )


def all_comparisons(scores: Scores) -> dict[str, pd.DataFrame]:
    """All pairs of codecs in each column that ranks, by column."""
    codecs = scores.of_kind("codec")
    if len(codecs) < 2:
        return {}
    tables = {column: compare_all(scores, column, codecs) for column in scores.ranked}
    return {column: table for column, table in tables.items() if len(table)}


def _leading(scores: Scores, name: str) -> dict[str, Any]:
    condition = scores.conditions[name]
    return {
        "condition": name,
        "codec": condition["codec"],
        "kind": condition["kind"],
        "nominal_kbps": condition["nominal_kbps"],
        "measured_kbps": float("nan") if scores.states_bitrate(name) else scores.kbps(name),
        "N": len(scores.items),
    }


def _bitrate(scores: Scores, name: str) -> str:
    if scores.conditions[name]["kind"] == "oracle":
        return "none"
    return "stated" if scores.states_bitrate(name) else "measured"


def _means(scores: Scores, column: str) -> pd.DataFrame:
    """Mean and bounds by condition; no line for conditions without a value."""
    values = scores.of(column)
    common = scores.common(column, scores.of_kind("codec"))
    kept = values.loc[common.index] if common.shape[1] else values
    means = {}
    for name in values:
        measured = kept[name].dropna().index
        if len(measured):
            means[name] = (*mean(scores, column, str(name), measured), len(measured))
    return pd.DataFrame.from_dict(means, orient="index", columns=["mean", "low", "high", "items"])


def mean(
    scores: Scores, column: str, condition: str, items: "pd.Index[Any]"
) -> tuple[float, float, float]:
    """Mean of a condition over these items, which all have a value, and its 95 % interval."""
    values = scores.of(column).loc[items, condition].to_numpy(np.float64)
    weights = scores.weights(column).loc[items, condition].to_numpy(np.float64)
    return cluster_bootstrap(values, scores.clusters_of(items), weights=weights)
