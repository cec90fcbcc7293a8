"""Tables of votes as CSV, told by their columns, which may stand in any order and case.

    P.808 toolkit       votes_per_clip.csv: a clip per line, `file_url`, `vote_1`, `vote_2`, ...
    webMUSHRA           paired_comparison.csv (`choice_answer`), lss.csv and lms.csv
                        (`stimuli_rating`, one for each scale of a page)
    long tables         condition, score [, listener, item, reference, test, trial, seconds]
                        first, second, choice [, listener, item, ...]
                        condition, asked, given [, listener, item, feature, alternatives, other]

A line that cannot be used costs itself, and is named.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field

from ..schema import Rejected, ResultsError, condition_of, visible
from ..votes import Answer, Choice
from .csv_rows import NO_ROW, NOT_CLOSED, split_rows

Row = Mapping[str, str]


@dataclass(frozen=True)
class SentVote:
    """A vote as a table has it: `score` is its text, `test` "" where the table does not say."""

    listener: str
    item: str
    condition: str
    score: str
    reference: str = ""
    trial: str = ""
    session: str = ""
    seconds: float | None = None
    test: str = ""


@dataclass(frozen=True)
class Placed:
    """A row and where it stood: a vote of which the category is not known yet, or what is one."""

    row: SentVote | Choice | Answer
    source: str
    line: int
    test: str

    def rejected(self, why: str) -> Rejected:
        """The word for not taking it."""
        return Rejected(self.source, self.line, why)


@dataclass
class Table:
    """One file as read so far."""

    source: str
    placed: list[Placed] = field(default_factory=list)
    rejected: list[Rejected] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)

    def reject(self, line: int, why: str, votes: int = 1) -> None:
        """Say why a line was not taken."""
        self.rejected.append(Rejected(self.source, line, visible(why), votes))

    def take(self, line: int, row: SentVote | Choice | Answer, test: str = "") -> None:
        """Take a row of a line."""
        self.placed.append(Placed(row, self.source, line, test))


def numbered_rows(text: str, table: Table) -> Iterator[tuple[int, Row]]:
    """The rows below the header by column name, in lower case; a row of another length is refused.

    A row may have fewer fields at its end: they are empty.
    """
    separator = max(",;\t", key=text.split("\n", 1)[0].count)
    header = header_of(text)
    short_is_row = any(name.startswith("vote_") for name in header)

    def misfit(fields: list[str]) -> int:
        if len(fields) == len(header):
            return 0
        return 1 if short_is_row and 1 < len(fields) < len(header) else NO_ROW

    for line, fields in split_rows(text, separator, misfit):
        if fields is None:
            table.reject(line, NOT_CLOSED)
        elif line > 1 and any(value.strip() for value in fields):
            if [value.strip().lower() for value in fields] == header:
                table.notes.append(f"{table.source}:{line}: the header is repeated")
            elif misfit(fields) == NO_ROW:
                why = f"{len(fields)} fields where the header has {len(header)}"
                if separator == "," and len(fields) == len(header) + 1:
                    why += "; a decimal comma needs quotes, or semicolons between the fields"
                table.reject(line, why)
            else:
                padded = [*fields, *[""] * (len(header) - len(fields))]
                yield line, {k: v.strip() for k, v in zip(header, padded, strict=True)}


def header_of(text: str) -> list[str]:
    """The column names of a table, in lower case."""
    first = text.split("\n", 1)[0]
    _, names = next(split_rows(first, max(",;\t", key=first.count), lambda _: 0))
    return [name.strip().lower() for name in names or []]


def read_long_votes(text: str, table: Table) -> None:
    """A long table of votes: condition and score, and what else it has of a vote."""
    for line, row in numbered_rows(text, table):
        if not row["condition"]:
            table.reject(line, "no condition is named")
            continue
        sent = SentVote(
            score=row["score"],
            reference=_condition(row.get("reference", "")),
            condition=_condition(row["condition"]),
            **_who(row),  # type: ignore[arg-type]
        )
        table.take(line, sent, row.get("test", "").lower())


def read_long_choices(text: str, table: Table) -> None:
    """A long table of preferences: the two conditions as heard, and the one chosen or nothing.

    Which one was chosen is said by its name, or by its place as in our records.
    """
    for line, row in numbered_rows(text, table):
        first, second = _condition(row["first"]), _condition(row["second"])
        chosen = _condition(row["choice"])
        chosen = {"first": first, "second": second}.get(chosen.casefold(), chosen)
        tie = chosen.casefold() in _TIES
        if not first or not second or first == second:
            table.reject(line, f"a pair has two conditions, not {first!r} and {second!r}")
        elif not tie and chosen not in (first, second):
            table.reject(line, f"the choice {chosen!r} is neither {first!r} nor {second!r}")
        else:
            choice = Choice(
                first=first,
                second=second,
                choice="" if tie else chosen,
                **_who(row),  # type: ignore[arg-type]
            )
            table.take(line, choice, "ab")


_TIES = ("", "tie", "none", "neither", "no preference", "0")


def read_long_answers(text: str, table: Table) -> None:
    """A long table of answers: what was asked, what was given; words, or X of an ABX test."""
    for line, row in numbered_rows(text, table):
        words = tuple(w.strip() for w in row.get("alternatives", "").split("|") if w.strip())
        test = row.get("test", "").lower() or ("abx" if row.get("other") else "drt")
        if test == "abx" and not words:
            words = ("a", "b")
            row = {**row, **{name: row[name].lower() for name in ("asked", "given")}}
        if why := _no_answer(row, test, words):
            table.reject(line, why)
        else:
            answer = Answer(
                condition=_condition(row["condition"]),
                asked=row["asked"],
                given=row["given"],
                alternatives=words,
                feature=visible(row.get("feature", "")),
                other=_condition(row.get("other", "")),
                **_who(row),  # type: ignore[arg-type]
            )
            table.take(line, answer, test)


def _no_answer(row: Row, test: str, words: tuple[str, ...]) -> str:
    """Why a row is no answer to one of these words; "" where it is."""
    asked, given = row["asked"], row["given"]
    if not row["condition"] or not asked:
        return "no condition, or nothing that was asked, is named"
    if test == "abx" and _condition(row["condition"]) == _condition(row.get("other", "")):
        return f"a pair has two conditions, and not {row['condition']!r} twice"
    if asked not in words or len(words) < 2:
        return f"the alternatives {'|'.join(words)!r} do not hold {asked!r} and another"
    if given and given not in words:
        return f"the answer {given!r} is none of {'|'.join(words)!r}"
    return ""


def _who(row: Row) -> dict[str, object]:
    names = ("listener", "item", "trial", "session")
    found: dict[str, object] = {name: visible(row.get(name, "")) for name in names}
    try:
        found["seconds"] = float(row["seconds"])
    except (KeyError, ValueError):
        found["seconds"] = None
    return found


def _condition(name: str) -> str:
    return visible(condition_of(name))


Reader = Callable[[str, Table], None]


def unknown_columns(source: str, header: list[str], known: Mapping[str, str]) -> ResultsError:
    """The error for a table of none of the known forms."""
    forms = "; ".join(f"{name}: {columns}" for name, columns in known.items())
    return ResultsError(
        f"{source} is no table of votes: its first line has {', '.join(header)[:200]!r}. "
        f"Known are {forms}"
    )
