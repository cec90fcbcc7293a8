"""P.808 votes as Microsoft's toolkit writes them: `votes_per_clip.csv`, one clip a line.

    file_url, short_file_name, n, MOS, std, 95%CI, vote_1, vote_2, ...

Empty votes were not given; nobody is named. The condition is the folder in the clip's address, the
item its file's name.
"""

import csv
from pathlib import Path, PurePosixPath
from urllib.parse import unquote, urlsplit

from ..schema import Rejected, ResultsError, visible
from ..votes import VOTES, Vote, Votes

ADDRESS, NAME, VOTE = "file_url", "short_file_name", "vote_"


def is_votes_per_clip(path: Path) -> bool:
    """Has the file the toolkit's first line?"""
    try:
        with path.open(encoding="utf-8-sig", errors="replace") as file:
            names = file.readline().strip().split(",")
    except OSError:
        return False  # whoever reads it says why
    return ADDRESS in names and f"{VOTE}1" in names


def read_votes_per_clip(path: Path) -> Votes:
    """The votes of one file.

    Raises:
        ResultsError: it cannot be read.
    """
    rows: list[Vote] = []
    rejected: list[Rejected] = []
    try:
        with path.open(newline="", encoding="utf-8-sig") as file:
            lines = csv.DictReader(file)
            for line in lines:
                _add(line, str(path), lines.line_num, rows, rejected)
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        raise ResultsError(f"{path} cannot be read: {error}") from error
    return Votes("acr", tuple(rows), tuple(rejected), sources=(str(path),))


def _add(
    line: dict[str, str], source: str, number: int, rows: list[Vote], rejected: list[Rejected]
) -> None:
    address = PurePosixPath(unquote(urlsplit(line[ADDRESS] or "").path))
    condition, item = address.parent.name, line.get(NAME) or address.name
    given = [
        text
        for name, text in line.items()
        if name and name.startswith(VOTE) and (text or "").strip()
    ]
    if not condition or not item:
        why = f"the address {line[ADDRESS]!r} names no folder and file"
        rejected.append(Rejected(source, number, visible(why), len(given)))
        return
    for text in given:
        try:
            score = float(text)
        except ValueError:
            score = float("nan")
        if score in VOTES["acr"]:
            rows.append(Vote("", visible(PurePosixPath(item).stem), visible(condition), score))
        else:
            why = f"the vote {text!r} is none of {', '.join(map(str, VOTES['acr']))}"
            rejected.append(Rejected(source, number, visible(why)))
