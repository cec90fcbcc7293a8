"""`votes_per_clip.csv` of the P.808 toolkit (github.com/microsoft/P.808): a clip per line.

Columns: `file_url`, `short_file_name`, `n`, `MOS`, `std`, `95%CI`, `vote_1`, `vote_2`, ...; an
empty cell is a vote that was not given, and nobody is named. The condition is in a column whose
name starts with `condition` where the toolkit was told how to find it, else it is the folder of the
file.
"""

from pathlib import Path
from urllib.parse import unquote, urlsplit

from ..schema import condition_of, visible
from .vote_tables import Row, SentVote, Table, numbered_rows

_CLOSE = 1e-6  # of the mean that the file says


def is_votes_per_clip(path: Path) -> bool:
    """Has the file the toolkit's first line?"""
    try:
        with path.open(encoding="utf-8-sig", errors="replace") as file:
            names = file.readline().strip().split(",")
    except OSError:
        return False  # whoever reads it says why
    return "file_url" in names and "vote_1" in names


def read_p808_votes(text: str, table: Table) -> None:
    """Take the votes of each clip."""
    seen: dict[tuple[str, str], int] = {}
    from_folder = 0
    for line, row in numbered_rows(text, table):
        votes = [value for name, value in row.items() if name.startswith("vote_") and value]
        path = unquote(urlsplit(row.get("file_url", "")).path) or row.get("short_file_name", "")
        folder, _, name = path.rpartition("/")
        named = next((v for k, v in row.items() if k.startswith("condition") and v), "")
        condition = visible(condition_of(named or folder.rpartition("/")[2]))
        if not condition or not name:
            why = f"neither a column nor a folder of {path!r} names the condition"
            table.reject(line, why, len(votes))
            continue
        item = visible(name.rpartition(".")[0] or name)
        if (earlier := seen.setdefault((condition, item), line)) != line:
            why = f"the clip {item!r} of {condition!r} stands at line {earlier}, too"
            table.reject(line, why, len(votes))
            continue
        from_folder += not named
        for vote in votes:
            table.take(line, SentVote("", item, condition, vote))
        table.notes += _misstated(row, votes, f"{table.source}:{line}")
        if not votes:
            table.notes.append(f"{table.source}:{line}: the clip {item!r} has no vote")
    if from_folder:
        table.notes.append(f"{table.source}: the folder of a clip is taken for its condition")


def _misstated(row: Row, votes: list[str], place: str) -> list[str]:
    """What the line says of its votes and is not so."""
    try:
        count, mean = float(row.get("n") or len(votes)), float(row.get("mos") or "nan")
        own = sum(map(float, votes)) / len(votes) if votes else float("nan")
    except ValueError:
        return []  # a vote that is no number is refused later
    if count != len(votes):
        return [f"{place}: n is {count:g}, and there are {len(votes)} votes"]
    if abs(mean - own) > _CLOSE:
        return [f"{place}: the mean is said to be {mean:g}, and that of its votes is {own:g}"]
    return []
