"""Votes of a test beside MUSHRA from anywhere: records of our player, or tables of other tools."""

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from ..schema import ResultsError
from ..votes import Votes
from .blind_key import read_key
from .imported import Imported
from .json_records import json_objects
from .judged_key import read_judged_key
from .own_votes import is_judgement, read_own_votes
from .results_files import KEY_SUFFIX, json_texts
from .vote_files import ReadingRules, read_votes


def read_any_votes(
    paths: Sequence[Path], how: ReadingRules | None = None, key: Path | None = None
) -> Votes:
    """The votes of files, and of folders of them: all records of our player, or all tables.

    Args:
        paths: files and folders.
        how: tables are to be read.
        key: of the test; for records of our player, the one that lies beside them if None.

    Raises:
        ResultsError: nothing can be read, records and tables together, or no key of the records.
    """
    how = how or ReadingRules()
    ours = {path: tests for path in paths if (tests := _own_tests(path))}
    if not ours:
        return read_votes(paths, replace(how, key=read_key(key)) if key else how)
    if others := [path for path in paths if path not in ours]:
        raise ResultsError(
            f"{next(iter(ours))} has records of our player and {others[0]} has none: give one "
            "kind at a time"
        )
    votes = read_own_votes(list(ours), key or _key_beside(ours))
    if how.test not in ("", votes.test):
        raise ResultsError(f"the key is of a test of type {votes.test}, and not of {how.test}")
    if not votes.rows:
        why = f"; not taken: {votes.rejected[0]}" if votes.rejected else ""
        raise ResultsError(f"no vote in {', '.join(votes.sources)}{why}")
    return votes


def holds_own_votes(path: Path) -> bool:
    """Are there records of our player, of a test beside MUSHRA, in a file or folder?"""
    return bool(_own_tests(path))


def _own_tests(path: Path) -> set[str]:
    """Ids of the tests beside MUSHRA that records in a file, or directly in a folder, are of."""
    if path.suffix.lower() == ".csv":
        return set()
    found: set[str] = set()
    unsaid = Imported()
    try:
        for source, text in json_texts([path], unsaid):
            elements = json_objects(text, source, unsaid)
            found |= {
                str(one.get("test"))
                for _, one in elements
                if isinstance(one, dict) and is_judgement(one)
            }
    except ResultsError:
        return found  # whoever reads it says why
    return found


def _key_beside(ours: dict[Path, set[str]]) -> Path:
    """The key of these records' test, where it lies in the folder of one of them.

    Raises:
        ResultsError: there is none.
    """
    tests = set().union(*ours.values())
    folders = dict.fromkeys(path if path.is_dir() else path.parent for path in ours)
    for folder in folders:
        for path in sorted(folder.glob(f"*{KEY_SUFFIX}")):
            try:
                key = read_judged_key(path)
            except ResultsError:
                continue  # of MUSHRA, or of something else
            if key.test in tests:
                return path
    raise ResultsError(
        f"records of {', '.join(sorted(tests))} need the test's key (--key); none lies in "
        + ", ".join(map(str, folders))
    )
