"""Tables of ratings that others made: what their columns are, and wide ones.

A long table has a row for every rating. A wide one has the scores of one row side by side: of the
three that name a rating (listener, item, condition) two are columns, and every other column is one
of the third, with its scores below.

    listener,item,opus-6,mel2mel-3      item,condition,anna,ben
    1,a,40,71                           a,opus-6,40,52

What a column is called may be said by `--columns subject=listener,rating=score`; `age=` leaves the
column `age` out, and in a wide table `age=age` says that it has scores.
"""

from collections.abc import Mapping, Sequence

from ..schema import ResultsError
from .imported import Imported, finite_number

PARTS = ("listener", "item", "condition")
SCORE = "score"
KNOWN = (*PARTS, SCORE, "test", "plays", "seconds")

_ALIASES = {
    "listener": "subject participant user rater worker assessor evaluator judge subj",
    "item": "file filename sample sentence utterance utt signal audio clip track wav trial",
    "condition": "system codec method model stimulus algorithm cond condition_id",
    "score": "rating ratings value mushra points vote rate",
}
_NO_SCORES = frozenset(
    {"age", "sex", "gender", "trial", "order", "position", "session", "date", "time", "timestamp"}
    | {"duration", "comment", "index", "id", "row", "run", "repetition", "volume", "device"}
    | {"experience", "name", "email"}
)

Line = tuple[int, Mapping[str, object]]


def parse_columns(text: str) -> dict[str, str]:
    """What `--columns` says: our name, or "", by the file's, in small letters.

    Raises:
        ResultsError: a part that is not NAME=OURS, or names a column twice.
    """
    found: dict[str, str] = {}
    for part in text.split(","):
        theirs, sign, ours = (word.strip().lower() for word in part.rpartition("="))
        if not sign or not theirs or ours not in ("", theirs, *KNOWN):
            raise ResultsError(
                f"--columns {part.strip()!r}: it is NAME=OURS, several with commas; ours are "
                f"{', '.join(KNOWN)}, or nothing to leave the column out"
            )
        if theirs in found or (ours in KNOWN and ours in found.values()):
            raise ResultsError(f"--columns names {theirs if theirs in found else ours} twice")
        found[theirs] = ours
    return found


def renamed(header: Sequence[str], columns: Mapping[str, str], source: str) -> list[str]:
    """The header in our names; "" for a column that is left out.

    Raises:
        ResultsError: the table lacks a column that `columns` names, or has one of ours twice.
    """
    if lacking := [name for name in columns if name not in header]:
        raise ResultsError(
            f"{source} has no column {lacking[0]!r}, which --columns names; it has: "
            f"{', '.join(header)[:200]}"
        )
    names = [columns.get(name, name) for name in header]
    if twice := [name for name in KNOWN if names.count(name) > 1]:
        raise ResultsError(
            f"{source}: two columns are {twice[0]!r}: --columns {twice[0]}= leaves that one out"
        )
    return names


def spread_part(names: Sequence[str]) -> str:
    """The part of a rating whose values are columns of this wide table; "" if it is none."""
    missing = [part for part in PARTS if part not in names]
    others = [name for name in names if name and name not in KNOWN]
    return missing[0] if len(missing) == 1 and SCORE not in names and others else ""


def unfolded(
    rows: Sequence[Line],
    labels: Mapping[str, str],
    columns: Mapping[str, str],
    source: str,
    imported: Imported,
) -> list[Line]:
    """The rows of a wide table as those of a long one; a cell without a score gives none.

    Args:
        rows: by line, each by our names.
        labels: of the columns as the file writes them, by our names.
        columns: as `parse_columns` gives them.
        source: the file.
        imported: where is noted how the table was read.

    Raises:
        ResultsError: a column may be none of scores.
    """
    part = spread_part(list(labels))
    spread = {name: label for name, label in labels.items() if name and name not in KNOWN}
    for name, label in spread.items():
        cells = [row.get(name) for _, row in rows]
        filled = [cell for cell in cells if str(cell or "").strip()]
        stated = columns.get(name) == name
        if filled and not any(finite_number(cell) is not None for cell in filled):
            raise _doubt(source, part, label, f", which holds {str(filled[0])[:40]!r},")
        if name in _NO_SCORES and not stated:
            raise _doubt(source, part, label, "", f"; if so: --columns {name}={name}")
    imported.notes.append(
        f"{source}: a wide table: each of {', '.join(spread.values())} is a {part}"
    )
    return [
        (line, {**row, part: label, SCORE: row.get(name)})
        for line, row in rows
        for name, label in spread.items()
        if str(row.get(name) or "").strip()
    ]


def _doubt(source: str, part: str, label: str, holds: str, else_: str = "") -> ResultsError:
    return ResultsError(
        f"{source}: is the column {label!r}{holds} a {part} with its scores? "
        f"--columns {label.lower()}= leaves it out{else_}"
    )


def suggestion(header: Sequence[str]) -> str:
    """The option that would name these columns, as far as they can be guessed; "" if not at all."""
    guesses: list[str] = []
    for ours in (*PARTS, SCORE):
        aliases = _ALIASES[ours].split()
        near = [n for n in header if n in aliases or n.removesuffix("_id") in aliases]
        if ours not in header and near and f"{near[0]}=" not in "".join(guesses):
            guesses.append(f"{near[0]}={ours}")
    return f"; perhaps: --columns {','.join(guesses)}" if guesses else ""
