"""What is read from a run, whoever made it: one bound on kind, size and depth, and one error text.

A run's directory may be anybody's. In it, only regular files are opened that lie within it,
whatever links lead there; JSON is bounded in size and depth and has neither numbers that are none
nor text that is none; text has its control characters as escapes, since it reaches terminals.

Cells that a spreadsheet would compute as formulas have an apostrophe in front in the file
(`csv_text`), which is taken off here.
"""

import json
import os
import re
import stat
from collections.abc import Iterator
from io import BufferedReader
from pathlib import Path
from typing import TYPE_CHECKING, Any

from .printable import printable
from .run_directory import RunError, real_path

if TYPE_CHECKING:  # processes that code and score make no tables
    import pandas as pd

LARGEST = 1 << 31  # bytes of any file that is read whole
LARGEST_JSON = 1 << 28  # bytes: the objects that it makes take several times that
DEEPEST = 32  # lists and dictionaries within each other
WIDEST = 1e15  # of a number: beyond, none of a run has a meaning

_KINDS = {
    stat.S_IFDIR: "a folder",
    stat.S_IFIFO: "a pipe",
    stat.S_IFCHR: "a device",
    stat.S_IFBLK: "a device",
    stat.S_IFSOCK: "a socket",
}
_FORMULA = re.compile(r"'*[=+\-@\t\r]")  # owasp.org/www-community/attacks/CSV_Injection
_ESCAPED = re.compile(r"'+[=+\-@\t\r]")


class Unfit(RunError):
    """A file of a run is not what a run holds: the message names it, and says what is allowed."""

    def __init__(self, path: Path, what: str) -> None:
        super().__init__(
            f"{path}: is {what}; a run's recordings and files are regular files, its own lie "
            f"within its directory and have at most {LARGEST >> 20} MiB (JSON "
            f"{LARGEST_JSON >> 20} MiB, {DEEPEST} levels deep)"
        )


def open_within(root: Path, path: Path, largest: int = LARGEST) -> BufferedReader:
    """A file of the run in `root`, to be read.

    Raises:
        Unfit: it is no regular file, outside of the run, or larger than `largest` bytes.
        OSError: it is missing (`FileNotFoundError`) or may not be read.
    """
    real = real_path(path)
    if not real.is_relative_to(real_path(root)):
        raise Unfit(path, f"outside of the run: a link, or a name, leads to {real}")
    return open_regular(path, largest)


def open_regular(path: Path, largest: int | None = None) -> BufferedReader:
    """The same of a file anywhere."""
    found = path.stat()  # before it is opened: that a device is opened may do something
    if kind := _KINDS.get(stat.S_IFMT(found.st_mode)):
        raise Unfit(path, kind)
    file = os.fdopen(os.open(path, os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC), "rb")
    status = os.fstat(file.fileno())
    if not stat.S_ISREG(status.st_mode) or (largest is not None and status.st_size > largest):
        file.close()
        raise Unfit(path, f"{status.st_size >> 20} MiB large")
    return file


def read_json(root: Path, path: Path) -> Any:
    """The content of a JSON file of a run.

    Raises:
        Unfit: see `open_within`; it is nested too deeply, or has a number or a text that is none.
        RunError: it is not JSON.
        OSError: it is missing or may not be read.
    """
    with open_within(root, path, LARGEST_JSON) as file:
        content = file.read()
    try:
        made = json.loads(content)
    except RecursionError as error:
        raise Unfit(path, "nested too deeply") from error
    except ValueError as error:
        raise RunError(f"{path}: cannot be read: {error}") from error
    return _bounded(path, made)


def read_table(root: Path, path: Path, **settings: Any) -> "pd.DataFrame":
    """A table of a run, by `pandas.read_csv`; text as it was before it was written.

    Raises:
        Unfit: see `open_within`.
        ValueError: it is not CSV, or not as the settings want it.
        OSError: it is missing or may not be read.
    """
    import pandas as pd

    with open_within(root, path) as file:
        table: pd.DataFrame = pd.read_csv(file, **settings)
    for name in table.columns[[not pd.api.types.is_numeric_dtype(kind) for kind in table.dtypes]]:
        known = {text: _taken(text) for text in table[name].unique() if isinstance(text, str)}
        if any(before != after for before, after in known.items()):
            table[name] = table[name].map(lambda text, known=known: known.get(text, text))
    return table


def csv_text(table: "pd.DataFrame") -> bytes:
    """A table as CSV in which no text is a formula to a spreadsheet."""
    import pandas as pd

    safe = table.rename(columns=no_formula)
    for place, kind in enumerate(safe.dtypes):
        if not pd.api.types.is_numeric_dtype(kind):
            cells = safe.iloc[:, place]
            if any(isinstance(cell, str) and _FORMULA.match(cell) for cell in cells):
                safe.isetitem(place, cells.map(no_formula).to_numpy())
    return safe.to_csv(index=False).encode()


def no_formula(value: Any) -> Any:
    """A cell of a table as it is written: text that is a formula to a spreadsheet is no longer."""
    return f"'{value}" if isinstance(value, str) and _FORMULA.match(value) else value


def _taken(text: str) -> str:
    return printable(text[1:] if _ESCAPED.match(text) else text)


def _bounded(path: Path, value: Any) -> Any:
    """The value, its text printable, if it keeps the bounds."""
    for depth, part in _walk(value):
        if depth > DEEPEST:
            raise Unfit(path, f"nested more than {DEEPEST} levels deep")
        if isinstance(part, int | float) and not abs(part) <= WIDEST:
            raise Unfit(path, "JSON with a number that is none, or beyond any meaning")
    return _printable(value)


def _walk(value: Any) -> Iterator[tuple[int, Any]]:
    """Every part of a value and how deep it lies; not by recursion, which has an end of its own."""
    waiting = [(0, value)]
    while waiting:
        depth, part = waiting.pop()
        yield depth, part
        if depth <= DEEPEST and isinstance(part, list | dict):
            within = part.values() if isinstance(part, dict) else part
            waiting.extend((depth + 1, one) for one in within)


def _printable(value: Any) -> Any:
    if isinstance(value, str):
        return printable(value)
    if isinstance(value, list):
        return [_printable(part) for part in value]
    if isinstance(value, dict):
        return {printable(key): _printable(part) for key, part in value.items()}
    return value
