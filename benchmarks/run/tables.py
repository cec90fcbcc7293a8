"""The tables of a run, made from its journal and its items."""

from collections import Counter
from collections.abc import Iterator, Sequence
from hashlib import sha256
from itertools import islice

import pandas as pd

from ... import metrics
from ...codecs.coding.pcm16 import to_pcm16
from ..data.items import AudioError, Item
from ..store.contents import ContentError, check_content
from ..store.journal import Find
from ..store.results import COPIED, NOT_REACHED, RATE_COLUMNS, ROW_COLUMNS, UNDEFINED, Row
from .coding import read_for
from .match import swapped
from .plan import Failures, Plan, Step

BLOCK = 1024  # steps at a time: rows take six times the memory of the table made of them


def rows_table(plan: Plan, find: Find, failures: Failures) -> pd.DataFrame:
    """All rows of a plan, in the order of its conditions, items, draws and columns: `rows.csv`."""
    tables = []
    steps = plan.walk(find)
    while block := list(islice(steps, BLOCK)):
        rows = [row for step in block for row in _rows(step, failures)]
        tables.append(pd.DataFrame(rows, columns=list(ROW_COLUMNS)))
    return pd.concat(tables, ignore_index=True)


def _rows(step: Step, failures: Failures) -> Iterator[Row]:
    name, item, draw = step.codec.condition, step.item.id, step.draw
    if draw == 0 and step.encoded:
        measured = RATE_COLUMNS if step.codec.bitrate == "measured" else RATE_COLUMNS[:1]
        for column in measured:
            value = step.encoded.get(column)
            if value is not None:  # few codecs have a model of their indices
                yield Row(name, item, 0, column, float(value))
    for metric, record in step.scores.items():
        failure = failures.get((name, item, draw, metric), "")
        for column in metrics.get(metric).measures:
            if record and not failure:
                value = record["values"].get(column, float("nan"))
                reason = record["undefined"] and UNDEFINED + record["undefined"]
                yield Row(name, item, draw, column, value, reason)
            else:
                yield Row(name, item, draw, column, float("nan"), failure or NOT_REACHED)


def items_table(items: Sequence[Item]) -> pd.DataFrame:
    """The items of a run: `items.csv`."""
    columns = [
        *("id", "path", "speaker", "sex", "language", "seconds", "sample_rate", "text", "sha256")
    ]
    if any(item.reference for item in items):
        columns += ["reference", "reference_sha256"]
    others = list(dict.fromkeys(name for item in items for name in item.columns))
    cells = [
        [*(getattr(i, c) for c in columns), *(i.columns.get(name, "") for name in others)]
        for i in items
    ]
    return pd.DataFrame(cells, columns=[*columns, *others])


def checks_table(plan: Plan, find: Find) -> pd.DataFrame:
    """What looks wrong though every metric gave a value: condition, item, finding; `checks.csv`."""
    references: dict[str, dict[str, str]] = {c.condition: {} for c in plan.suite.codecs}
    degraded: dict[str, dict[str, str]] = {c.condition: {} for c in plan.suite.codecs}
    for step in plan.walk(find):
        if step.draw == 0 and step.match:
            references[step.codec.condition][step.item.id] = step.match["reference"]
            degraded[step.codec.condition][step.item.id] = step.match["degraded"]
    found = [
        (condition, item, f"decoded audio fits the reference {other} better than its own")
        for condition, signatures in references.items()
        for item, other in swapped(signatures, degraded[condition]).items()
    ]
    copied = [(condition, item, COPIED) for condition, item in _copies(plan, find)]
    return pd.DataFrame([*found, *copied], columns=["condition", "item", "finding"])


def _copies(plan: Plan, find: Find) -> Iterator[tuple[str, str]]:
    """Conditions and items whose decoded audio was never coded: a path that names the recordings.

    Of what is only stated, every item is looked at; of codecs, those that sound exactly alike.
    """
    for step in plan.walk(find):
        codec, match = step.codec, step.match
        if step.draw or codec.kind != "codec" or not match or not step.decoded:
            continue
        if codec.bitrate == "stated" or match["reference"] == match["degraded"]:
            try:
                check_content(step.item.path, step.item.sha256)
                prepared = read_for(codec, step.item.path)
            except (AudioError, ContentError):
                continue
            if sha256(to_pcm16(prepared.audio)).hexdigest() == step.decoded["sha256"]:
                yield codec.condition, step.item.id


def summary(checks: pd.DataFrame, items: int) -> list[str]:
    """One sentence a condition on each kind of what `checks_table` found."""
    copied = checks["finding"] == COPIED
    kinds = {"fits another item better": checks[~copied], "is the recording itself": checks[copied]}
    return [
        f"{condition}: the decoded audio of {count} of {items} items {what}"
        for what, found in kinds.items()
        for condition, count in Counter(found["condition"]).items()
    ]


def notices(plan: Plan, find: Find) -> list[tuple[str, str]]:
    """What was done to recordings and to decoded audio, beside resampling: item, notice."""
    found: dict[tuple[str, str], None] = {}
    for step in plan.walk(find):
        for record in (step.encoded, step.decoded, step.match):
            for notice in record.get("notices", ()) if record else ():
                if notice.startswith("decoded audio"):
                    notice = f"{step.codec.condition}: {notice}"
                if not notice.startswith("resampled"):
                    found[step.item.id, notice] = None
    return list(found)
