"""Which condition of a run is which condition of the ratings."""

import csv
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

from ..schema import ResultsError, brief, is_system

COLUMNS = ("rated", "condition")  # of a CSV file of matches


def read_matches(words: Sequence[str]) -> dict[str, str]:
    """Matches that a user gave: `rated name=condition`, or CSV files of them.

    Raises:
        ResultsError: a file that cannot be read or has other columns; a name matched twice.
    """
    found: dict[str, str] = {}
    for word in words:
        for rated, condition in _of_word(word):
            if found.setdefault(rated, condition) != condition:
                raise ResultsError(f"{rated!r} is matched to {found[rated]!r} and {condition!r}")
    return found


def match(
    rated: Sequence[str], measured: Sequence[str], given: Mapping[str, str]
) -> dict[str, str]:
    """The run's condition of each rated one, in the run's order.

    What is not given by name stands for the condition of the same name, if there is one; hidden
    references and anchors only stand for a condition where that is said, for they stretch every
    correlation.

    Raises:
        ResultsError: a match of a name that is not there, or of two names with one condition;
            fewer than 2 conditions in common.
    """
    for name, condition in given.items():
        for sought, there, whose in ((name, rated, "ratings"), (condition, measured, "run")):
            if sought not in there:
                raise ResultsError(
                    f"match {name}={condition}: no condition {brief(sought)} in the {whose}; "
                    f"there are {', '.join(sorted(there))}"
                )
    pairs = {name: name for name in rated if name in measured and is_system(name)} | dict(given)
    taken: dict[str, str] = {}
    for name, condition in pairs.items():
        if condition in taken:
            raise ResultsError(
                f"{taken[condition]!r} and {name!r} of the ratings are both matched to "
                f"{condition}: give one of them, or the ratings of one test"
            )
        taken[condition] = name
    if len(taken) < 2:
        raise ResultsError(
            f"{len(taken)} conditions are in both run and ratings; at least 2 are needed. The run "
            f"has {', '.join(sorted(measured))}; the ratings have {', '.join(sorted(rated))}; "
            "--match RATED=CONDITION says which is which"
        )
    return {taken[condition]: condition for condition in measured if condition in taken}


def _of_word(word: str) -> Iterable[tuple[str, str]]:
    if not word.lower().endswith(".csv"):
        rated, found, condition = word.rpartition("=")
        if not (rated and found and condition):
            raise ResultsError(
                f"--match {word!r} is neither RATED=CONDITION nor a .csv file with the columns "
                f"{', '.join(COLUMNS)}"
            )
        return [(rated, condition)]
    try:
        with Path(word).open(newline="", encoding="utf-8-sig") as file:
            lines = list(csv.DictReader(file))
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        raise ResultsError(f"{word} cannot be read: {error}") from error
    if not lines or not set(COLUMNS) <= set(lines[0]):
        raise ResultsError(f"{word}: its first line must have the columns {', '.join(COLUMNS)}")
    for number, line in enumerate(lines, 2):
        if not all(line[column] for column in COLUMNS):
            raise ResultsError(f"{word}:{number}: a name is missing")
    return [(line[COLUMNS[0]], line[COLUMNS[1]]) for line in lines]
