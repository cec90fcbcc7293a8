"""`cost.csv` and `cost.json` of a run's directory.

    cost.csv   the columns that `store.costs` wants; then `measure.COLUMNS`' others; a column
               `..._range` for each real-time factor, "fastest..slowest" of its timed calls; and
               `not_measured`, what has no number and why
    cost.json  by condition: hardware, libraries, load, signal and batch, and every timed call

Lines of conditions that are not measured anew stay as they are.
"""

import json
import os
from collections.abc import Mapping, Sequence
from pathlib import Path
from statistics import median
from typing import Any

import pandas as pd

from ..store import checksums
from ..store.atomic import write_atomically
from ..store.costs import FACTS, FILE, HARDWARE, NUMBERS
from ..store.received import csv_text, read_json, read_table
from ..store.run_directory import RunDirectory, RunError
from .measure import COLUMNS, Found

_FIRST = ("condition", *NUMBERS, HARDWARE)
_RANGES = tuple(f"{column}_range" for column in COLUMNS if "_rtf" in column)
_HEADER = (*_FIRST, *(c for c in COLUMNS if c not in _FIRST), *_RANGES, "not_measured")


class CostTable:
    """The costs in a directory, old and new.

    Raises:
        RunError: what is there is not readable.
    """

    def __init__(self, root: Path) -> None:
        self.path = root / FILE
        self._root = root
        try:
            self._lines = self._read_lines()
            self._facts = self._read_facts()
        except (OSError, ValueError, KeyError, TypeError) as error:
            raise RunError(
                f"{root}: its {FILE} or {FACTS} cannot be read ({error}); remove both to begin anew"
            ) from error

    def add(
        self, condition: str, found: Mapping[str, Found], hardware: str, facts: Mapping[str, Any]
    ) -> None:
        """Take up a condition that was measured on one thread, and write both files.

        Raises:
            OSError: a file cannot be written.
        """
        line: dict[str, str] = {"condition": condition, "threads": "1", HARDWARE: hardware}
        reasons: dict[str, list[str]] = {}
        for column, value in found.items():
            if isinstance(value, str):
                reasons.setdefault(value, []).append(column)
            elif isinstance(value, list):
                line[column] = _plain(median(value))
                line[f"{column}_range"] = f"{_plain(min(value))}..{_plain(max(value))}"
            else:
                line[column] = _plain(value)
        line["not_measured"] = "; ".join(f"{', '.join(c)}: {why}" for why, c in reasons.items())
        self._lines[condition] = line
        calls = {column: value for column, value in found.items() if isinstance(value, list)}
        self._facts[condition] = {**facts, "calls": calls}
        table = pd.DataFrame(list(self._lines.values()), columns=list(_HEADER), dtype=str)
        write_atomically(self.path, csv_text(table))
        text = json.dumps(self._facts, indent=1, ensure_ascii=False)
        write_atomically(self._root / FACTS, text.encode())
        checksums.add(RunDirectory(self._root), [self._root / FILE, self._root / FACTS])

    def show(self, conditions: Sequence[str]) -> str:
        """What a reader wants first of these conditions, as text."""
        head = [
            *("condition", "RTF enc", "RTF dec", "parameters", "MAC/s", "MB", "delay ms"),
            *("first packet ms", "jitter ms"),
        ]
        lines = []
        for name in conditions:
            line = self._lines[name]
            waits = [line[c] for c in ("impulse_delay_ms", "cut_delay_ms") if line.get(c)]
            shown = [*(line.get(c, "") for c in _FIRST[1:6]), max(waits, key=float, default="")]
            shown += [line.get(column, "") for column in ("first_packet_ms", "packet_jitter_ms")]
            lines.append((name, *map(_short, shown)))
        widths = [max(map(len, cells)) for cells in zip(head, *lines, strict=True)]
        return "\n".join(
            "  ".join(
                [line[0].ljust(widths[0])]
                + [cell.rjust(width) for cell, width in zip(line[1:], widths[1:], strict=True)]
            )
            for line in (head, *lines)
        )

    def brief(self, condition: str) -> str:
        """A condition and its real-time factors."""
        line = self._lines[condition]
        encode, decode = (_short(line.get(f"{side}_rtf", "")) for side in ("encode", "decode"))
        return f"{condition}: RTF {encode} encoding, {decode} decoding"

    def as_json(self, conditions: Sequence[str]) -> dict[str, Any]:
        """The table's path, and the line of each condition: numbers, texts, null for no number."""
        texts = ("condition", HARDWARE, "not_measured", *_RANGES)
        lines = (self._lines[name] for name in conditions)
        return {
            "path": str(self.path),
            "conditions": [
                {c: line.get(c, "") if c in texts else _number(line.get(c, "")) for c in _HEADER}
                for line in lines
            ],
        }

    def not_measured(self, conditions: Sequence[str]) -> list[str]:
        """A sentence for each set of costs without numbers, and the conditions without them."""
        of: dict[str, list[str]] = {}
        for name in conditions:
            for text in filter(None, self._lines[name]["not_measured"].split("; ")):
                of.setdefault(text, []).append(name)
        return [f"not measured: {text} ({', '.join(names)})" for text, names in of.items()]

    def _read_lines(self) -> dict[str, dict[str, str]]:
        if not os.path.lexists(self.path):
            return {}
        table = read_table(self._root, self.path, dtype=str, keep_default_na=False)
        if lacking := [column for column in _FIRST if column not in table]:
            raise KeyError(f"it lacks {', '.join(lacking)}")
        table = table.reindex(columns=list(_HEADER), fill_value="")  # older ones have fewer
        lines = [dict(zip(_HEADER, line, strict=True)) for line in table.to_numpy()]
        return {line["condition"]: line for line in lines}

    def _read_facts(self) -> dict[str, Any]:
        path = self._root / FACTS
        return dict(read_json(self._root, path)) if os.path.lexists(path) else {}


def _number(text: str) -> float | None:
    return float(text) if text else None


def _plain(value: float) -> str:
    return f"{value:.0f}" if value >= 1e5 else f"{value:.5g}"


def _short(text: str) -> str:
    """Three digits, and a prefix of thousands."""
    if not text:
        return "–"
    value = float(text)
    for factor, prefix in ((1e12, "T"), (1e9, "G"), (1e6, "M"), (1e3, "k")):
        if value >= factor:
            return f"{value / factor:.3g}{prefix}"
    return f"{value:.3g}"
