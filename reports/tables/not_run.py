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
    counts = [str(c) for c in table if c == "n" or f"{str(c).removesuffix('_n')}_lo" in table]
    counts = [name for name in counts if name == "n" or name.endswith("_n")]
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
    whole = lines.reindex(columns=[*table.columns, "not_run"])
    kinds = {name: table[name].dtype for name in ("n", "N", *counts)}
    kinds |= {c: table[c].dtype for c in table if str(c).endswith("_rank")}
    whole["bitrate"] = "none"
    return pd.concat([table.assign(not_run=None), whole.astype(kinds)], ignore_index=True)
