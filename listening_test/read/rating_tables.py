"""Tables of ratings: webMUSHRA's CSV, pymushra's exports, the plain long table, and wide ones.

Columns are found by name, in any order, whatever their case; comma, semicolon or tab separate them.

What is odd about webMUSHRA's CSV: rows are appended under the header of the first listener, so that
a questionnaire that was changed under the same test id gives rows of another length. The test id
is always the first field and the rating the last six, and such a row is read from its ends. PHP
does not double a quote behind a backslash in free text (`csv_rows`).

What is odd about pymushra's: the order of its columns is random; every value was cast ("007" is 7);
its dates are text in CSV and milliseconds in JSON.
"""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType

from ..schema import UUID, Rejected, ResultsError, SentRating, Submission
from .columns import PARTS, renamed, spread_part, suggestion, unfolded
from .csv_rows import NO_ROW, NOT_CLOSED, split_rows
from .imported import Imported, finite_number, seconds_of
from .sessions import MUSHRA_PAGE, is_training


@dataclass(frozen=True)
class Layout:
    """The columns of one kind of table; "" for what it does not have."""

    name: str
    listener: str
    trial: str
    stimulus: str
    score: str
    test: str
    milliseconds: str = ""
    seconds: str = ""
    plays: str = ""
    kind: str = ""
    is_session: bool = True

    @property
    def needed(self) -> set[str]:
        return {self.listener, self.trial, self.stimulus, self.score}


WEBMUSHRA = Layout(
    "webMUSHRA",
    listener="session_uuid",
    trial="trial_id",
    stimulus="rating_stimulus",
    score="rating_score",
    test="session_test_id",
    milliseconds="rating_time",
)
_TAIL = (
    "session_uuid",
    "trial_id",
    "rating_stimulus",
    "rating_score",
    "rating_time",
    "rating_comment",
)
PYMUSHRA = Layout(
    "pymushra",
    listener="questionaire_uuid",
    trial="wm_id",
    stimulus="responses_stimulus",
    score="responses_score",
    test="wm_testid",
    milliseconds="responses_time",
    kind="wm_type",
)
LONG = Layout(
    "long table",
    listener="listener",
    trial="item",
    stimulus="condition",
    score="score",
    test="test",
    seconds="seconds",
    plays="plays",
    is_session=False,
)
_LAYOUTS = (WEBMUSHRA, PYMUSHRA, LONG)

Row = Mapping[str, object]


def is_row(data: Mapping[str, object]) -> bool:
    """Is this JSON object a row of one of the tables?"""
    return _layout([name.strip().lower() for name in data]) is not None


def read_json_rows(
    rows: Sequence[tuple[int, dict[str, object]]], source: str, imported: Imported
) -> None:
    """Add the submissions of JSON rows, each with its number in the file."""
    lower = [(place, {k.strip().lower(): v for k, v in row.items()}) for place, row in rows]
    by_layout: dict[str, list[tuple[int, Row]]] = defaultdict(list)
    for place, row in lower:
        layout = _layout(list(row))
        if layout is not None:
            by_layout[layout.name].append((place, row))
    for layout in _LAYOUTS:
        _group(by_layout[layout.name], layout, source, imported)


def read_table(
    whole: str, source: str, imported: Imported, columns: Mapping[str, str] = MappingProxyType({})
) -> None:
    """Add the submissions of a CSV text.

    Args:
        whole: the text.
        source: the file's name.
        imported: what was read so far.
        columns: our name, or "", of its columns by their own, where they differ.

    Raises:
        ResultsError: its first line has the columns of none of the tables.
    """
    text = whole.lstrip("\n")
    above = whole.count("\n") - text.count("\n")  # lines
    first = text.split("\n", 1)[0]
    separator = max(",;\t", key=first.count)
    _, names = next(split_rows(first, separator, lambda _: 0))
    own = [name.strip() for name in names or []]
    header = renamed([name.lower() for name in own], columns, source)
    wide = bool(spread_part(header))
    layout = LONG if wide else _layout(header)
    if layout is None:
        known = "; ".join(f"{la.name}: {', '.join(sorted(la.needed))}" for la in _LAYOUTS)
        raise ResultsError(
            f"{source} is no table of ratings: its first line has {', '.join(header)[:200]!r}. "
            f"Known are {known}; or a wide table with two of {', '.join(PARTS)}"
            f"{suggestion(header)}"
        )
    php = layout is WEBMUSHRA and '\\"' in text

    def misfit(fields: list[str]) -> int:
        # PHP's readings are told apart by where the listener stands
        if len(fields) == len(header) and (
            not php or UUID.fullmatch(fields[header.index(layout.listener)])
        ):
            return 0
        return 1 if _has_tail(fields, layout) else NO_ROW

    rows: list[tuple[int, Row]] = []
    for line, fields in split_rows(text, separator, misfit, php):
        if fields is None:
            imported.rejected.append(Rejected(source, line + above, NOT_CLOSED))
        elif line > 1 and any(value.strip() for value in fields):
            row = _row(fields, header, layout, source, line + above, imported)
            if row is not None:
                rows.append((line + above, row))
    if wide:
        labels = dict(zip(header, own, strict=True))
        rows = unfolded(rows, labels, columns, source, imported)
    _group(rows, layout, source, imported)


def _layout(names: Sequence[str]) -> Layout | None:
    return next((layout for layout in _LAYOUTS if layout.needed <= set(names)), None)


def _has_tail(fields: list[str], layout: Layout) -> bool:
    """Does a row end as webMUSHRA's do, whatever questionnaire it starts with?"""
    return (
        layout is WEBMUSHRA
        and len(fields) > len(_TAIL)
        and bool(UUID.fullmatch(fields[-len(_TAIL)]))
    )


def _row(
    fields: list[str], header: list[str], layout: Layout, source: str, line: int, imported: Imported
) -> Row | None:
    """One row by column name; None, with a word, where it cannot be told what is what."""
    if [value.strip().lower() for value in fields] == header:
        imported.notes.append(f"{source}:{line}: the header is repeated")
        return None
    if len(fields) == len(header):
        # without columns of no name: "" is what a layout calls those that it does not have
        return {name: field for name, field in zip(header, fields, strict=True) if name}
    counts = f"{len(fields)} fields where the header has {len(header)}"
    if _has_tail(fields, layout):
        imported.notes.append(
            f"{source}:{line}: {counts} (another questionnaire); read from its ends"
        )
        tail = dict(zip(_TAIL, fields[-len(_TAIL) :], strict=True))
        return {layout.test: fields[0], **tail}
    imported.rejected.append(Rejected(source, line, counts))
    return None


def _group(
    rows: Sequence[tuple[int, Row]], layout: Layout, source: str, imported: Imported
) -> None:
    """Adds the submissions: the rows of one test, listener and trial belong together."""
    groups: dict[tuple[str, str, str], list[SentRating]] = {}
    for line, row in rows:
        kind = _text(row, layout.kind)
        if kind and kind != MUSHRA_PAGE:
            why = f"page {_text(row, layout.trial)} is of type {kind!r}, not {MUSHRA_PAGE!r}"
            imported.rejected.append(Rejected(source, line, why))
            continue
        test, listener, trial = (
            _text(row, name) for name in (layout.test, layout.listener, layout.trial)
        )
        groups.setdefault((test, listener, trial), []).append(_sent(row, layout, line))
    for (test, listener, trial), ratings in groups.items():
        imported.submissions.append(
            Submission(
                source=source,
                line=ratings[0].line,
                listener=listener,
                trial=trial,
                ratings=tuple(ratings),
                test=test,
                record=f"{listener} {trial}" if layout.is_session and listener else "",
                training=layout.is_session and is_training(trial),
            )
        )


def _sent(row: Row, layout: Layout, line: int) -> SentRating:
    seconds = (
        seconds_of(row.get(layout.milliseconds))
        if layout.milliseconds
        else finite_number(row.get(layout.seconds))
    )
    return SentRating(
        _text(row, layout.stimulus),
        row.get(layout.score),
        line=line,
        plays=finite_number(row.get(layout.plays)),
        seconds=seconds,
    )


def _text(row: Row, name: str) -> str:
    value = row.get(name)
    return "" if value is None else str(value).strip()
