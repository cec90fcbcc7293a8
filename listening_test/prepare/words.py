"""The words of an intelligibility test: which recording says which word, and what else it could be.

A manifest is CSV in UTF-8, a line an item of the run:

    item          id of the run's item, in which the word is spoken
    word          that is spoken
    alternatives  to choose from, separated by |: 2 for a diagnostic rhyme test (DRT), 6 for a
                  modified one (MRT); the word itself may be left out
    feature       what tells them apart, such as voicing, nasality, sustention, sibilation,
                  graveness, compactness (ANSI/ASA S3.2, ITU-T P.807); may be empty
"""

import csv
from collections.abc import Collection
from dataclasses import dataclass
from pathlib import Path

from ..schema import BuildError

COLUMNS = ("item", "word", "alternatives", "feature")
ALTERNATIVES = {"drt": 2, "mrt": 6}  # the word among them
_LONGEST_WORD = 64


@dataclass(frozen=True)
class SpokenWord:
    """One line of the manifest; `alternatives` has the word, too."""

    item: str
    word: str
    alternatives: tuple[str, ...]
    feature: str


def read_words(path: Path, test: str, items: Collection[str]) -> tuple[SpokenWord, ...]:
    """The words of a manifest.

    Args:
        path: of the manifest.
        test: drt or mrt, which says how many alternatives there are.
        items: of the run.

    Raises:
        BuildError: unreadable, a column missing, a wrong line: with the line and what is allowed.
    """
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            reader = csv.DictReader(file, strict=True)
            if missing := [name for name in COLUMNS if name not in (reader.fieldnames or ())]:
                raise BuildError(
                    f"{path} has no column {missing[0]!r}; a manifest of words has "
                    f"{', '.join(COLUMNS)}"
                )
            rows = [(reader.line_num, row) for row in reader]
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        raise BuildError(f"{path} cannot be read as a manifest of words: {error}") from error
    if not rows:
        raise BuildError(f"{path} has no line of words")
    words = [_spoken(f"{path}, line {number}", row, test, items) for number, row in rows]
    seen: set[str] = set()
    for (number, _), spoken in zip(rows, words, strict=True):
        if spoken.item in seen:
            raise BuildError(f"{path}, line {number}: item {spoken.item!r} is named twice")
        seen.add(spoken.item)
    return tuple(words)


def _spoken(
    place: str, row: dict[str, str | None], test: str, items: Collection[str]
) -> SpokenWord:
    cells = {name: (row.get(name) or "").strip() for name in COLUMNS}
    if cells["item"] not in items:
        raise BuildError(f"{place}: the run has no item {cells['item']!r}")
    if not cells["word"]:
        raise BuildError(f"{place}: no word")
    others = [word.strip() for word in cells["alternatives"].split("|") if word.strip()]
    alternatives = list(dict.fromkeys(others))
    if cells["word"] not in alternatives:
        alternatives.insert(0, cells["word"])
    if len(alternatives) != ALTERNATIVES[test]:
        raise BuildError(
            f"{place}: {len(alternatives)} different words with the one spoken "
            f"({', '.join(alternatives)}); {test} has {ALTERNATIVES[test]}, separated by |"
        )
    for word in alternatives:
        if len(word) > _LONGEST_WORD or not word.isprintable():
            raise BuildError(f"{place}: a word has at most {_LONGEST_WORD} printable characters")
    return SpokenWord(cells["item"], cells["word"], tuple(alternatives), cells["feature"])
