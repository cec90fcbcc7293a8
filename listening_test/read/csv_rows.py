"""Rows of a CSV text, read one by one: a damaged spot costs its own line, never what follows.

A field in quotes ends at a quote before a separator, the end of the line, or the end of the text;
two quotes stand for one. Python's `csv` reads on where a quote was never closed, and takes the rest
of the file for one field; here such a line is given up, and reading goes on with the next.

PHP's fputcsv does not double a quote behind a backslash: a text that ends in `\\"` is written as
`"...\\""`, and one that ends in `\\` as `"...\\"`. Whether a quote behind a backslash ends its
field cannot be told from the field alone, so all readings of a row are tried, and the shortest that
is a row of its table is taken.
"""

import re
from collections.abc import Callable, Iterator
from itertools import chain, islice

NOT_CLOSED = "a quote in this line is not closed where a field ends"
NO_ROW = 9
_MOST_READINGS, _MOST_FIELDS = 1000, 100_000  # tried for one row: only hostile texts have more

Node = tuple["Node | None", str]  # the fields before, and a field


def split_rows(
    text: str, separator: str, misfit: Callable[[list[str]], int], php: bool = False
) -> Iterator[tuple[int, list[str] | None]]:
    """Every row with the number of its first line, from 1; None for a line that is none.

    A row of several lines is one only if it fits the table; a single line is given as it is.

    Args:
        text: with "\\n" between its lines.
        separator: between fields.
        misfit: are these the fields of a row of this table? 0 if they are; more, below `NO_ROW`,
            for a worse fit.
        php: may PHP have written it?
    """
    start, line = 0, 1
    while start < len(text):
        fields, end = _row(text, start, separator, misfit, php)
        yield line, fields
        line += text.count("\n", start, end + 1)
        start = end + 1


def _row(
    text: str, start: int, separator: str, misfit: Callable[[list[str]], int], php: bool
) -> tuple[list[str] | None, int]:
    """The row at `start`, or None; and where it ends."""
    ways = [_readings(text, start, separator, escapes) for escapes in ((False, True)[: 1 + php])]
    readings = list(chain.from_iterable(islice(way, _MOST_READINGS) for way in ways))
    rows = [(end, misfit(fields), fields) for fields, end in readings]
    if rows := [row for row in rows if row[1] < NO_ROW]:
        end, _, fields = min(rows)
        return fields, end
    newline = text.find("\n", start)
    end = len(text) if newline < 0 else newline
    return next((fields for fields, stop in readings if stop == end), None), end


def _readings(
    text: str, start: int, separator: str, escapes: bool
) -> Iterator[tuple[list[str], int]]:
    """Every way to read a row at `start`: its fields, and where it ends."""
    open_yet: list[tuple[Node, int]] = [
        ((None, field), end) for field, end in _field(text, start, separator, escapes)
    ]
    for _ in range(_MOST_FIELDS):
        if not open_yet:
            return
        node, end = open_yet.pop()
        if text[end : end + 1] == separator:
            fields = _field(text, end + 1, separator, escapes)
            open_yet += [((node, field), after) for field, after in fields]
        else:
            yield _unrolled(node), end


def _unrolled(node: Node | None) -> list[str]:
    fields = []
    while node is not None:
        node, field = node
        fields.append(field)
    return fields[::-1]


def _field(text: str, start: int, separator: str, escapes: bool) -> Iterator[tuple[str, int]]:
    """Every way to read the field at `start`: what it says, and where it ends."""
    if text[start : start + 1] == '"':
        for quote in _closing_quotes(text, start + 1, separator, escapes):
            yield text[start + 1 : quote].replace('""', '"'), quote + 1
    elif match := re.compile(f"[^\n{separator}]*").match(text, start):
        yield match[0], match.end()


def _closing_quotes(text: str, start: int, separator: str, escapes: bool) -> Iterator[int]:
    at = start
    while (quote := text.find('"', at)) >= 0:
        after = text[quote + 1 : quote + 2]
        escaped = escapes and quote > start and text[quote - 1] == "\\"
        ends = after in ("", "\n", separator)
        if ends:
            yield quote
        if not escaped and (ends or after != '"'):
            return
        at = quote + (1 if escaped else 2)
