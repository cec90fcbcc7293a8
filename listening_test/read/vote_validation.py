"""From rows as sent to votes of one test: what is taken, what is not, and why.

The rules, in their order:
    test        that which the files name, or the caller; else what the rows can only be: words of a
                scale say theirs, votes against a reference are ccr where one is below 1 and dcr
                otherwise, all others are acr. Files of several tests are refused altogether
    category    a number or word of the test's scale; a decimal comma is read, and noted
    condition   with a key, one of its conditions
    duplicate   the same listener, item, condition (and trial, where trials are named) again: an
                equal vote is taken once, a different one replaces the earlier. Votes that name no
                listener or no item cannot be told apart, and are all taken
"""

from collections import Counter
from collections.abc import Hashable, Iterable, Mapping, Sequence
from dataclasses import replace

from ..schema import Rejected, ResultsError
from ..votes import CATEGORY_TESTS, TESTS, Answer, Choice, Vote, Votes, pair_of
from .blind_key import Key
from .category_words import category_of, out_of_scale
from .roles import doubtful_names
from .vote_tables import Placed, SentVote, Table

_MUSHRA = 100  # the end of its scale


def valid_votes(
    tables: Sequence[Table], test: str, categories: Mapping[str, int], key: Key | None
) -> Votes:
    """The votes of tables, by the rules above.

    Raises:
        ResultsError: see `read_votes`.
    """
    placed = [p for table in tables for p in table.placed]
    rejected = [r for table in tables for r in table.rejected]
    notes = [note for table in tables for note in table.notes]
    scored = _scored(placed, categories, rejected, notes)
    found = _test_of(placed, scored, test)
    rows = []
    for p, score in scored:
        row = _row(p, score, found)
        why = row if isinstance(row, str) else _unknown(row, key)
        if isinstance(row, str) or why:
            rejected.append(p.rejected(why))
        else:
            rows.append((row, p))
    kept = _one_way(_without_duplicates(rows, rejected), notes)
    if not kept:
        lost = f"; not taken: {rejected[0]}" if rejected else ""
        more = f" and {len(rejected) - 1} more" if len(rejected) > 1 else ""
        owner = "; does the key belong to these votes?" if key and rejected else ""
        where = ", ".join(table.source for table in tables)
        raise ResultsError(f"no vote in {where}{lost}{more}{owner}")
    return Votes(
        found,
        tuple(kept),
        tuple(sorted(rejected, key=lambda r: (r.source, r.line))),
        (
            *notes,
            *_notes(kept),
            *doubtful_names(name for row in kept for name in conditions_of(row)),
        ),
        sources=tuple(table.source for table in tables),
    )


def _scored(
    placed: Sequence[Placed],
    categories: Mapping[str, int],
    rejected: list[Rejected],
    notes: list[str],
) -> list[tuple[Placed, float]]:
    """Rows with the number of their category (0 for those that have none)."""
    scored, kinds = [], Counter[str]()
    for p in placed:
        if not isinstance(p.row, SentVote):
            scored.append((p, 0.0))
            continue
        found = category_of(p.row.score, categories)
        if isinstance(found, str):
            rejected.append(p.rejected(found))
            continue
        kinds[found[1]] += 1
        test = p.test or (found[1] if found[1] in CATEGORY_TESTS else "")
        scored.append((Placed(p.row, p.source, p.line, test), found[0]))
    for kind, count in kinds.items():
        if kind == ",":
            have = "score has" if count == 1 else "scores have"
            notes.append(f"{count} {have} a decimal comma")
        elif kind:
            words = f"of {kind}" if kind in CATEGORY_TESTS else "of the categories given"
            what = "score is a word" if count == 1 else "scores are words"
            notes.append(f"{count} {what} {words}, read as numbers")
    return scored


def _test_of(placed: Sequence[Placed], scored: list[tuple[Placed, float]], test: str) -> str:
    if test and test not in TESTS:
        raise ResultsError(f"no test {test!r}; there are: {', '.join(TESTS)}")
    named = sorted({p.test for p, _ in scored if p.test}) or sorted(
        {p.test for p in placed if p.test}
    )
    votes = [(p.row, score) for p, score in scored if isinstance(p.row, SentVote)]
    if len(named) > 1 or (named and test and _kind(named[0]) is not _kind(test)):
        raise ResultsError(
            f"votes of {', '.join(named)}"
            + (f", and not of {test}" if test else ": give the files of one test at a time")
        )
    found = test or (named[0] if named else "")
    if found:
        if found not in TESTS:
            raise ResultsError(f"votes of {found!r}; known are: {', '.join(TESTS)}")
        if votes and found not in CATEGORY_TESTS:
            of = next(p.source for p, _ in scored if isinstance(p.row, SentVote))
            more = "" if test else ": give the files of one test at a time"
            raise ResultsError(f"{of} has scores, and no votes of {found}{more}")
        return found
    high = sum(score > 5 for _, score in votes)
    if 2 * high > len(votes) and all(0 <= score <= _MUSHRA for _, score in votes):
        raise ResultsError(
            "these are scores from 0 to 100, and no categories: `nscbench mushra analyze` reads "
            "them"
        )
    if any(row.reference for row, _ in votes):
        return "ccr" if any(score < 1 for _, score in votes) else "dcr"
    return "acr"


def _kind(test: str) -> type:
    if test in CATEGORY_TESTS:
        return Vote
    return Choice if test == "ab" else Answer


def _row(p: Placed, score: float, test: str) -> Vote | Choice | Answer | str:
    """The row, or why it is none."""
    if not isinstance(p.row, SentVote):
        return p.row
    if why := out_of_scale(score, test):
        return why
    if test == "ccr" and not p.row.reference:
        return "a vote of ccr names the reference that the condition was compared with"
    if test == "ccr" and p.row.reference == p.row.condition:
        return f"a vote of ccr compares two conditions, and not {p.row.condition!r} with itself"
    return Vote(
        p.row.listener,
        p.row.item,
        p.row.condition,
        score,
        p.row.reference if test == "ccr" else "",
        p.row.trial,
        p.row.session,
        p.row.seconds,
    )


def _unknown(row: Vote | Choice | Answer, key: Key | None) -> str:
    if key is None:
        return ""
    known = {condition for trial in key.trials.values() for condition in trial.stimuli.values()}
    for condition in conditions_of(row):
        if condition not in known:
            return f"the key has no condition {condition!r}"
    return ""


def conditions_of(row: Vote | Choice | Answer) -> tuple[str, ...]:
    """The conditions that a row names."""
    if isinstance(row, Choice):
        return (row.first, row.second)
    other = row.reference if isinstance(row, Vote) else row.other
    return (row.condition, other) if other else (row.condition,)


def _without_duplicates(
    rows: Iterable[tuple[Vote | Choice | Answer, Placed]], rejected: list[Rejected]
) -> list[Vote | Choice | Answer]:
    taken: dict[Hashable, tuple[Vote | Choice | Answer, Placed]] = {}
    for number, (row, place) in enumerate(rows):
        asked = (row.asked, row.alternatives) if isinstance(row, Answer) else ()
        cell: Hashable = (row.listener, row.item, *conditions_of(row), row.trial, asked)
        if not row.listener or not row.item:
            cell = number
        if cell in taken:
            old, before = taken[cell]
            what = f"listener {row.listener}, item {row.item}, {' and '.join(conditions_of(row))}"
            if _said(old) == _said(row):
                where = f"{before.source}:{before.line}"
                rejected.append(place.rejected(f"{what}: the same vote as at {where}, taken once"))
                continue
            where = f"{place.source}:{place.line}"
            rejected.append(
                before.rejected(f"{what}: {_said(old)} is replaced by {_said(row)} at {where}")
            )
        taken[cell] = row, place
    return [row for row, _ in taken.values()]


def _one_way(
    rows: Sequence[Vote | Choice | Answer], notes: list[str]
) -> list[Vote | Choice | Answer]:
    """Votes of ccr that hold A against B as well as B against A, all the same way round."""
    pairs = {(row.condition, row.reference) for row in rows if isinstance(row, Vote)}
    turned: Counter[tuple[str, str]] = Counter()
    kept: list[Vote | Choice | Answer] = []
    for row in rows:
        if isinstance(row, Vote) and (row.reference, row.condition) in pairs:
            pair = pair_of(row.condition, row.reference)
            if pair != (row.condition, row.reference):
                turned[pair] += 1
                row = replace(row, condition=pair[0], reference=pair[1], score=0.0 - row.score)
        kept.append(row)
    for (first, second), count in turned.items():
        notes.append(
            f"votes of {second} against {first} are read as of {first} against {second}, with the "
            f"other sign ({count})"
        )
    return kept


def _said(row: Vote | Choice | Answer) -> str:
    if isinstance(row, Vote):
        return f"{row.score:g}"
    return repr(row.choice if isinstance(row, Choice) else row.given)


def _notes(rows: Sequence[Vote | Choice | Answer]) -> list[str]:
    unnamed = sum(not row.listener for row in rows)
    without = sum(not row.item for row in rows)
    notes = []
    if 0 < unnamed < len(rows):
        notes.append(f"{unnamed} of {len(rows)} votes name no listener: each is taken for its own")
    if 0 < without < len(rows):
        notes.append(f"{without} of {len(rows)} votes name no item: each is taken for its own")
    return notes
