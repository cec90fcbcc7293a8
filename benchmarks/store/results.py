"""Rows: every value that a run measured, and every one that it could not."""

from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import pandas as pd

from ... import metrics
from ...codecs import Codec
from ..data.items import Item
from ..run.match import swapped
from ..run.plan import Plan
from ..run.runner import Failures
from .journal import Journal

ROW_COLUMNS = ("condition", "item", "draw", "column", "value", "error")
RATE_COLUMNS = ("seconds", "payload_bits", "container_bits", "entropy_bits")
BLOCK = 1024  # items whose rows become a table at once: a row takes six times as much as its line
NOT_REACHED = "not reached"  # the error of a value whose failure is not known
UNDEFINED = "undefined: "  # starts the error of a value that does not exist: not a failure


class Row(NamedTuple):
    """One measured value; NaN with its reason where there is none."""

    condition: str
    item: str
    draw: int
    column: str
    value: float
    error: str = ""


def collect(plan: Plan, journal: Journal, failures: Failures) -> pd.DataFrame:
    """All rows of a plan, in the order of its conditions, items, draws and columns."""
    tables = []
    for codec in plan.suite.codecs:
        for first in range(0, len(plan.items), BLOCK):
            rows = [
                row
                for item in plan.items[first : first + BLOCK]
                for row in _item_rows(plan, journal, failures, codec, item)
            ]
            tables.append(pd.DataFrame(rows, columns=list(ROW_COLUMNS)))
    return pd.concat(tables, ignore_index=True)


def _item_rows(
    plan: Plan, journal: Journal, failures: Failures, codec: Codec, item: Item
) -> Iterator[Row]:
    name = codec.condition
    encoded = journal.get(plan.encode_key(codec, item))
    measured = RATE_COLUMNS if codec.bitrate == "measured" else RATE_COLUMNS[:1]
    for column in measured if encoded else ():
        assert encoded is not None
        value = encoded.get(column)
        if value is not None:  # few codecs have a model of their indices
            yield Row(name, item.id, 0, column, float(value))
    for draw in plan.draws(codec):
        decoded = encoded and journal.get(plan.decode_key(codec, item, draw, encoded["sha256"]))
        for metric in plan.suite.metrics:
            failure = failures.get((name, item.id, draw, metric), "")
            record = decoded and journal.get(plan.score_key(codec, item, metric, decoded["sha256"]))
            for column in metrics.get(metric).measures:
                if record and not failure:
                    value = record["values"].get(column, float("nan"))
                    reason = record["undefined"] and UNDEFINED + record["undefined"]
                    yield Row(name, item.id, draw, column, value, reason)
                else:
                    yield Row(name, item.id, draw, column, float("nan"), failure or NOT_REACHED)


def notices(plan: Plan, journal: Journal) -> list[tuple[str, str]]:
    """What was done to recordings before they were encoded, beside resampling: item, notice."""
    found: dict[tuple[str, str], None] = {}
    for codec in plan.suite.codecs:
        for item in plan.items:
            record = journal.get(plan.encode_key(codec, item))
            for notice in record["notices"] if record else ():
                if not notice.startswith("resampled"):
                    found[item.id, notice] = None
    return list(found)


def is_failure(rows: pd.DataFrame) -> "pd.Series[bool]":
    """Which rows are failures: an error that is not just an undefined quantity."""
    errors = rows["error"].fillna("")
    return (errors != "") & ~errors.str.startswith(UNDEFINED)


def checks(plan: Plan, journal: Journal) -> pd.DataFrame:
    """What looks wrong though every metric gave a value: condition, item, finding."""
    found = []
    for codec in plan.suite.codecs:
        references: dict[str, str] = {}
        degraded: dict[str, str] = {}
        for item in plan.items:
            record = _signatures(plan, journal, codec, item)
            if record:
                references[item.id], degraded[item.id] = record
        found += [
            (codec.condition, item, f"decoded audio fits the reference {other} better than its own")
            for item, other in swapped(references, degraded).items()
        ]
    return pd.DataFrame(found, columns=["condition", "item", "finding"])


def _signatures(plan: Plan, journal: Journal, codec: Codec, item: Item) -> tuple[str, str] | None:
    """Signatures of the reference that the item was compared with, and of its decoded audio."""
    encoded = journal.get(plan.encode_key(codec, item))
    decoded = encoded and journal.get(plan.decode_key(codec, item, 0, encoded["sha256"]))
    record = decoded and journal.get(plan.match_key(codec, item, decoded["sha256"]))
    return (record["reference"], record["degraded"]) if record else None


def summary(found: pd.DataFrame, items: int) -> list[str]:
    """One sentence a condition on what `checks` found."""
    counts: dict[str, int] = defaultdict(int)
    for condition in found["condition"]:
        counts[condition] += 1
    return [
        f"{condition}: the decoded audio of {count} of {items} items fits another item better"
        for condition, count in counts.items()
    ]


def read_rows(path: Path) -> pd.DataFrame:
    """The rows of a finished run.

    Raises:
        ValueError: the file is not one of rows.
    """
    rows = pd.read_csv(
        path,
        dtype={"condition": str, "item": str, "column": str, "error": str},
        keep_default_na=False,  # an item may be called "NA"
        na_values={"value": [""]},
    )
    if tuple(rows.columns) != ROW_COLUMNS:
        raise ValueError(f"{path}: not rows: its columns are {', '.join(rows.columns)}")
    return rows
