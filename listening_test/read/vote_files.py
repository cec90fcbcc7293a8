"""Reads the votes of any test beside MUSHRA from files of any known form, told by their content.

What is taken and what is not is said line by line; `vote_tables` and the modules of single formats
have the forms, `vote_validation` the rules.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from ..schema import SESSION_FIELD, ResultsError
from ..votes import Votes
from .blind_key import Key
from .p808_votes import read_p808_votes
from .rating_tables import is_row
from .results_files import text_of
from .vote_tables import (
    Reader,
    Table,
    header_of,
    read_long_answers,
    read_long_choices,
    read_long_votes,
    unknown_columns,
)
from .vote_validation import valid_votes
from .webmushra_pages import read_likert, read_paired_comparison

KNOWN = {
    "the P.808 toolkit's votes_per_clip.csv": "file_url, vote_1, ...",
    "webMUSHRA's paired_comparison.csv": "trial_id, choice_reference, choice_non_reference, "
    "choice_answer",
    "webMUSHRA's lss.csv and lms.csv": "trial_id, stimuli, stimuli_rating",
    "long tables": "condition, score; first, second, choice; or condition, asked, given",
}


@dataclass(frozen=True)
class ReadingRules:
    """How votes are to be read, where files do not say it.

    Attributes:
        test: one of `votes.TESTS`; "" as the data say.
        scale: of Likert pages with several, from 1.
        categories: words of an own scale in lower case with their numbers.
        key: of the test; its conditions are the ones that can be.
    """

    test: str = ""
    scale: int | None = None
    categories: Mapping[str, int] = field(default_factory=dict)
    key: Key | None = None


def own_categories(words: str) -> dict[str, int]:
    """The numbers of words of a scale, given from worst to best and parted by commas.

    Raises:
        ResultsError: fewer than 2 or more than 5, or one twice.
    """
    listed = [" ".join(word.casefold().split()) for word in words.split(",")] if words else []
    if listed and (not 2 <= len(set(listed)) <= 5 or len(set(listed)) < len(listed)):
        raise ResultsError(f"categories {words!r}: a scale has 2 to 5 different ones")
    return {word: number for number, word in enumerate(listed, 1)}


def read_votes(paths: Sequence[Path], how: ReadingRules | None = None) -> Votes:
    """The votes of files, and of all .csv files directly in folders.

    Raises:
        ResultsError: a file that is not there or in none of the forms, files of several tests, or
            no vote at all.
    """
    how = how or ReadingRules()
    tables = []
    for path in paths:
        if not path.is_dir():
            tables.append(_read(path, how))
            continue
        files = sorted(p for p in path.iterdir() if p.suffix.lower() == ".csv" and p.is_file())
        if not files:
            raise ResultsError(f"{path} has no .csv file")
        for file in files:
            tables.append(_read_of_folder(file, how))
    return valid_votes(tables, how.test, how.categories, how.key)


def _read_of_folder(file: Path, how: ReadingRules) -> Table:
    try:
        return _read(file, how)
    except ResultsError as error:
        table = Table(str(file))
        table.reject(1, str(error), 0)
        return table


def _read(path: Path, how: ReadingRules) -> Table:
    table = Table(str(path))
    text = text_of(path, table.notes)
    whole = text.lstrip("\n")
    if not whole.strip():
        table.notes.append(f"{path} is empty")
        return table
    if whole.startswith(("{", "[", SESSION_FIELD)):
        raise ResultsError(
            f"{path} holds JSON, and no table of votes: of webMUSHRA's pages beside MUSHRA, its "
            "CSV files are read; `nscbench mushra analyze` reads ratings of MUSHRA"
        )
    if above := len(text) - len(whole):
        table.notes.append(f"{path}: lines are counted from the first that is not empty ({above})")
    _reader(whole, str(path), how)(whole, table)
    return table


def _reader(text: str, source: str, how: ReadingRules) -> Reader:
    """What reads a table of these columns."""
    header = header_of(text)
    names = set(header)
    likert = {"trial_id", "stimuli"} <= names and any(
        name.startswith("stimuli_rating") for name in names
    )
    if likert:
        return lambda whole, table: read_likert(whole, table, how.scale)
    if how.scale is not None:
        raise ResultsError(f"{source} has no scales to choose from: --scale is of Likert pages")
    if names & {"file_url", "short_file_name"} and "vote_1" in names:
        return read_p808_votes
    if {"trial_id", "choice_reference", "choice_non_reference", "choice_answer"} <= names:
        return read_paired_comparison
    for needed, reader in (
        ({"first", "second", "choice"}, read_long_choices),
        ({"condition", "asked", "given"}, read_long_answers),
        ({"condition", "score"}, read_long_votes),
    ):
        if needed <= names:
            return reader
    if is_row(dict.fromkeys(header)):
        raise ResultsError(
            f"{source} holds ratings of MUSHRA: `nscbench mushra analyze` reads them"
        )
    raise unknown_columns(source, header, KNOWN)
