"""Lines of a leaderboard for conditions that were asked for and could not run.

not_run        the reason, in a column behind all others that only such a leaderboard has; their own
               numbers are empty, and their n is 0
"""

from collections.abc import Sequence

import pandas as pd

from ...benchmarks.store.left_out import NotRun


def with_not_run(table: pd.DataFrame, missing: Sequence[NotRun]) -> pd.DataFrame:
    """A leaderboard with a line for each condition that could not run; itself where there is none.

    Args:
        table: as `leaderboard` gives it.
        missing: the conditions.
    """
    if not missing:
        return table
    names = [str(name) for name in table]
    counts = ["n", *(f"{c}_n" for c in names if f"{c}_lo" in names and f"{c}_n" in names)]
    lines = pd.DataFrame(
        [
            {
                "condition": one.condition,
                "codec": one.codec,
                "kind": one.kind,
                "nominal_kbps": one.nominal_kbps,
                "N": int(table["N"].max()),
                "not_run": one.reason,
            }
            | dict.fromkeys(counts, 0)
            for one in missing
        ]
    )
    whole = lines.reindex(columns=[*names, "not_run"])
    ranks = (name for name in names if name.endswith("_rank"))
    kinds = {name: table[name].dtype for name in ("N", *counts, *ranks)}
    whole["bitrate"] = "none"
    return pd.concat([table.assign(not_run=None), whole.astype(kinds)], ignore_index=True)
