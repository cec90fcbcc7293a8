"""Folders that nscbench made: what lies in them is no recording of a test set.

    a run               holds `journal.jsonl`, or without it `manifest.json` beside `rows.csv`
    a report            holds `report.html` beside `leaderboard.csv`
    a listening test    holds `test.js`, or has its key beside it

Whoever keeps recordings, suite and runs in one folder would otherwise measure what a codec made as
if it were speech, and more of it each time.
"""

from collections.abc import Iterator, Sequence
from pathlib import Path

from ..store.printable import some
from ..store.run_directory import RunDirectory, real_path

_OF_A_RUN = ("streams", "decoded", "curves", "recordings", "report")


class OwnFolders:
    """Which folders below a test set are left out, and which ones were.

    Args:
        root: folder of the test set; that itself is never left out, whatever it is.
        given: further folders that hold no recordings, such as the one to be written.

    Attributes:
        left_out: what each folder is, by its path.
    """

    def __init__(self, root: Path, given: Sequence[Path] = ()) -> None:
        self._root = real_path(root)
        self._given = {real_path(path) for path in given} - {self._root}
        self.left_out: dict[Path, str] = {}

    def __call__(self, folder: Path) -> bool:
        """Is this folder, or one that it really lies in, to be left out?"""
        real = real_path(folder)
        for path in (real, *real.parents):
            if path == self._root or self._root.is_relative_to(path):
                return False
            if what := self._what(path):
                self.left_out[folder] = what
                return True
        return False

    def notices(self) -> Iterator[str]:
        """A sentence for each kind of folder that was left out."""
        for what in dict.fromkeys(self.left_out.values()):
            paths = [str(path) for path, kind in self.left_out.items() if kind == what]
            yield f"no recordings are looked for in {some(paths)}: {what}"

    def _what(self, folder: Path) -> str:
        if folder in self._given:
            return "it is for results"
        if _is_run(folder) or (folder.name in _OF_A_RUN and _is_run(folder.parent)):
            return "a run wrote it"
        if (folder / "report.html").is_file() and (folder / "leaderboard.csv").is_file():
            return "a report wrote it"
        key = folder.with_name(f"{folder.name}.key.json")
        if key.is_file() or (folder / "test.js").is_file():
            return "it is a listening test"
        return ""


def _is_run(folder: Path) -> bool:
    run = RunDirectory(folder)
    return run.journal.is_file() or (run.manifest.is_file() and run.rows.is_file())
