"""The leaderboard of the report, as plain values: heads and cells.

Lines come by kind, the best first within each. Columns beside those of the overview have the class
`more`: the page shows them on request.
"""

from collections.abc import Iterator
from typing import Any

from ...benchmarks.store.scores import Scores, records
from ..columns import ARROWS, headline, look, overview
from ..tables.printed import winner
from ..tables.rates import misstated
from .material import Material


def heads(scores: Scores) -> Iterator[dict[str, str]]:
    """The heads of its columns: condition, bitrate, items, then every measured column."""
    for short, long, better in (
        ("condition", "codec and setting", "lower"),
        ("kbit/s", "measured from the payload", "lower"),
        ("n/N", "items without a failure", "higher"),
    ):
        head = {"short": short, "long": long, "better": better}
        yield head | {"arrow": "", "class": "", "common": ""}
    shown = overview(scores.measured)
    for column in scores.measured:
        direction = scores.directions[column]
        common = len(scores.common(column, scores.of_kind("codec")))
        yield {
            "common": f"{common}/{len(scores.items)}" if common < len(scores.items) else "",
            "short": look(column).short,
            "long": f"{look(column).title} ({column})",
            "better": "lower" if direction == "none" else direction,
            "arrow": ARROWS[direction],
            "class": "" if column in shown else "more",
        }


KINDS = ("codec", "oracle", "control")


def best_first(material: Material) -> list[str]:
    """All conditions: codecs, oracles, controls; the best in the headline's column first."""
    scores = material.run.scores
    column = headline(scores.ranked)
    table = material.table.set_index("condition")
    if column:
        table = table.sort_values(
            column, ascending=scores.sign(column) < 0, na_position="last", kind="stable"
        )
    kinds = table["kind"].map(KINDS.index)
    return [str(name) for name in kinds.sort_values(kind="stable").index]


def board(material: Material) -> Iterator[dict[str, Any]]:
    """Its lines, one a condition: a cell has the value to sort by, and the text to show."""
    scores = material.run.scores
    shown = overview(scores.measured)
    won = {column: winner(material.table, column) for column in scores.measured}
    table = material.table.set_index("condition").loc[best_first(material)].reset_index()
    table = table.astype(object).where(table.notna(), None)
    for line in records(table):
        stated = line.get("bitrate") == "stated"
        kbps = line["nominal_kbps"] if stated else line["measured_kbps"]
        rate = f"{kbps:.2f}" if kbps else "–"
        if misstated(line["kind"], line["nominal_kbps"], line["measured_kbps"]):
            rate += f" (states {line['nominal_kbps']:.2f})"
        cells = [
            {"value": kbps or "", "text": rate + " (stated)" * stated, "class": ""},
            {"value": line["n"], "text": f"{line['n']}/{line['N']}", "class": ""},
            *(
                _cell(line, c, "" if c in shown else "more", won[c] == line["condition"])
                for c in scores.measured
            ),
        ]
        yield {
            "name": line["condition"],
            "href": "",
            "facts": {},
            "kind": line["kind"],
            "kbps": "" if kbps is None else kbps,
            "cells": [{"rank": None, "interval": ""} | cell for cell in cells],
        }


def _cell(line: dict[str, Any], column: str, kind: str, wins: bool) -> dict[str, Any]:
    mean, low, high = (line[f"{column}{end}"] for end in ("", "_lo", "_hi"))
    rank = line.get(f"{column}_rank")
    if mean is None:
        return {"value": "", "text": "–", "class": kind}
    digits = look(column).digits
    return {
        "value": mean,
        "text": f"{mean:.{digits}f}",
        "interval": "" if low is None else f"{low:.{digits}f} … {high:.{digits}f}",
        "rank": rank,
        "class": f"{kind} first".strip() if wins else kind,
    }
