"""The files of every report on listeners: one page, one JSON document, CSV tables.

They are written in one way, whatever was analyzed: a number that is not there is null in JSON, an
empty field in CSV and a dash on the page.
"""

import csv
import io
import json
import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import fields, is_dataclass
from pathlib import Path
from typing import Any

from ..benchmarks.statistics.intervals import Interval
from ..benchmarks.store.atomic import write_atomically
from ..benchmarks.store.received import no_formula
from .schema import Rejected, ResultsError

PAGE = "index.html"


def write_files(files: Mapping[str, str | bytes], folder: Path) -> Path:
    """Write files by name into a folder, which is made; the page's path.

    Raises:
        ResultsError: there is a file of the folder's name.
    """
    if folder.exists() and not folder.is_dir():
        raise ResultsError(f"{folder} is a file: choose another --out, a folder")
    for name, content in files.items():
        write_atomically(folder / name, content.encode() if isinstance(content, str) else content)
    return folder / PAGE


def page_text(template: str, **content: object) -> str:
    """One page without any outside resource.

    Args:
        template: name of its file in `templates/`.
        content: what it shows.
    """
    from jinja2 import Environment, PackageLoader, StrictUndefined

    environment = Environment(
        loader=PackageLoader("nscbench.listening_test"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters["cell"] = cell_text
    return environment.get_template(template).render(content)


def json_text(document: Mapping[str, Any]) -> str:
    """A document as JSON; no NaN and no infinity, which JSON does not have."""
    return json.dumps(_plain(document), indent=1, ensure_ascii=False) + "\n"


def _plain(value: Any) -> Any:
    """Records, maps, lists and numbers as JSON has them; None for what is no finite number."""
    if is_dataclass(value) and not isinstance(value, type):
        return {f.name: _plain(getattr(value, f.name)) for f in fields(value)}
    if isinstance(value, Mapping):
        return {key: _plain(item) for key, item in value.items()}
    if isinstance(value, tuple | list):
        return [_plain(item) for item in value]
    return None if isinstance(value, float) and not math.isfinite(value) else value


def csv_text(header: Sequence[str], rows: Iterable[Sequence[object]]) -> str:
    """A CSV text; None is an empty field."""
    buffer = io.StringIO()
    writer = csv.writer(buffer, lineterminator="\n")
    writer.writerow(header)
    writer.writerows([no_formula(value) for value in row] for row in rows)
    return buffer.getvalue()


def rejected_table(rejected: Iterable[Rejected], what: str) -> str:
    """`rejected.csv`: what was not taken, by file and line, and how many `what` that is."""
    rows = ([entry.source, entry.line, entry.ratings, entry.why] for entry in rejected)
    return csv_text(["source", "line", what, "why"], rows)


def ends(interval: Interval | None) -> tuple[float | None, float | None]:
    """The two ends of an interval, for a table."""
    return (interval.low, interval.high) if interval else (None, None)


def cell_text(value: object, digits: int | str = 1) -> str:
    """A value as pages show it: a dash where there is none; digits "p" are those of p values."""
    if value is None:
        return "–"
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, Interval):
        return f"[{value.low:z.{digits}f}, {value.high:z.{digits}f}]"
    if isinstance(value, tuple):
        return ", ".join(cell_text(part, digits) for part in value)
    if digits == "p" and isinstance(value, float):
        return f"{value:.2g}"
    if isinstance(value, float):
        return f"{value:z.{digits}f}"
    return f"{value:,}" if isinstance(value, int) else str(value)
