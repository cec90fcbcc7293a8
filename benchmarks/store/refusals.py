"""Which failures of a run are refusals: a decoder may refuse a payload that was damaged on purpose.

`rows.csv` keeps one text for each failure. A refusal is told by how it begins; this is the one
place that writes and reads the beginning.
"""

import pandas as pd

REFUSED = "refused: "  # begins the error that a decoder's refusal raises
_IN_ROWS = f"decode: {REFUSED}"  # with the stage, as rows have it


def is_refusal(rows: pd.DataFrame) -> "pd.Series[bool]":
    """Which rows are refusals of damaged payloads."""
    return rows["error"].fillna("").str.startswith(_IN_ROWS)
