"""webMUSHRA's tables of pages beside MUSHRA: paired comparison, Likert single and multi stimulus.

Paired comparison asks which of two signals is the open reference; it stores whether the answer was
`correct`, `incorrect`, `undecided` (where the page allows it) or `unknown` (nothing chosen), and
not where the reference stood. It is the form of ABX in which X is the reference (duo-trio): asked
is "reference", given is "reference", the condition's name, or nothing.

Likert pages store the value of the chosen category, a word or a number, and `NA` where none was
chosen. A page can have several scales: `stimuli_rating1`, `stimuli_rating2`, ...

None of these tables names the session. Rows of one session are written together: another begins
where what stands left of the trial (the questionnaire) changes, or where a stimulus of a trial
comes again. The questionnaire is compared, and not kept.
"""

from collections.abc import Iterator

from ..schema import REFERENCE, ResultsError, condition_of, visible
from ..votes import Answer
from .imported import seconds_of
from .vote_tables import Row, SentVote, Table, header_of, numbered_rows

_ANSWERS = ("correct", "incorrect", "undecided", "unknown")


def read_paired_comparison(text: str, table: Table) -> None:
    """Take the answers of paired_comparison.csv."""
    for line, row, listener in _sessions(text, table, "choice_non_reference"):
        condition, answer = row["choice_non_reference"], row["choice_answer"]
        if answer not in _ANSWERS or not condition:
            why = f"the answer {answer!r} is none of {', '.join(_ANSWERS)}"
            table.reject(line, why if condition else "no condition is named")
            continue
        condition, other = (visible(condition_of(n)) for n in (condition, row["choice_reference"]))
        given = {"correct": other, "incorrect": condition}.get(answer, "")
        table.take(
            line,
            Answer(
                listener,
                visible(row["trial_id"]),
                condition,
                asked=other or REFERENCE,
                given=given,
                alternatives=(other, condition),
                other=other,
                trial=visible(row["trial_id"]),
                session=listener,
                seconds=seconds_of(row.get("choice_time")),
            ),
            "abx",
        )


def read_likert(text: str, table: Table, scale: int | None = None) -> None:
    """Take the categories of lss.csv or lms.csv.

    Raises:
        ResultsError: the pages have several scales, and none, or one that is not there, was chosen.
    """
    header = header_of(text)
    scales = [name for name in header if name.startswith("stimuli_rating")]
    if len(scales) > 1 and scale is None:
        raise ResultsError(
            f"{table.source} has {len(scales)} scales ({', '.join(scales)}): choose one of them by "
            "its number, --scale 1"
        )
    if scale is not None and not 1 <= scale <= len(scales):
        raise ResultsError(f"{table.source} has no scale {scale}: it has {len(scales)}")
    chosen = scales[(scale or 1) - 1]
    for line, row, listener in _sessions(text, table, "stimuli"):
        if not row["stimuli"]:
            table.reject(line, "no stimulus is named")
            continue
        sent = SentVote(
            listener,
            visible(row["trial_id"]),
            visible(condition_of(row["stimuli"])),
            row[chosen],
            trial=visible(row["trial_id"]),
            session=listener,
            seconds=seconds_of(row.get("rating_time")),
        )
        table.take(line, sent)


def _sessions(text: str, table: Table, stimulus: str) -> Iterator[tuple[int, Row, str]]:
    """Rows with a listener for each session: its own id, or a number in this file."""
    header = header_of(text)
    left = header[: header.index("trial_id")]
    named = "session_uuid" in header
    session, last, seen = 0, None, set[tuple[str, str]]()
    for line, row in numbered_rows(text, table):
        answers, cell = [row[name] for name in left], (row["trial_id"], row[stimulus])
        if answers != last or cell in seen:
            session, last, seen = session + 1, answers, set()
        seen.add(cell)
        own = row["session_uuid"] if named else ""
        yield line, row, visible(own) or f"{table.source}#{session}"
    if session and not named:
        table.notes.append(
            f"{table.source} names no sessions: {session} are told apart by where a questionnaire "
            "changes or a trial begins again"
        )
