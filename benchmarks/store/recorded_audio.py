"""The recordings and decoded files of a finished run, each only with the content that it had then.

Who plays, shows or rates them does so under the names and values of the run: another recording
under an old path would be taken for the one that was coded.
"""

from collections.abc import Mapping
from pathlib import Path

from .contents import ContentError, check_content
from .finished_run import Run, reading
from .journal import log_lines, record_of
from .received import open_within
from .run_directory import RunDirectory

_MARK = b'"file_sha256"'  # in every record of a decoded file


class RecordedAudio:
    """The audio files of a run.

    Args:
        run: one, or several merged.
    """

    def __init__(self, run: Run) -> None:
        self._run = run
        self._known: dict[RunDirectory, Mapping[tuple[str, str], str]] = {}

    def recording(self, item: str) -> Path:
        """The recording of an item, or its clean reference if it has one: what its decoded audio
        was compared with.

        Raises:
            ContentError: it is missing, or no longer what was used.
        """
        entry = self._run.scores.items[item]
        path = Path(entry.get("reference") or entry["path"])
        check_content(path, entry.get("reference_sha256") or entry["sha256"])
        return path

    def decoded(self, condition: str, item: str) -> Path | None:
        """What a condition decoded of an item, its first draw; None where it failed.

        Raises:
            ContentError: it is missing, or no longer what was measured; or nothing says what was.
            RunError: the journal cannot be read.
        """
        directory = self._run.directory_of(condition)
        path = directory.decoded(condition, item)
        known = self._digests(directory)
        if (condition, item) in known:
            check_content(path, known[condition, item], directory.root)
        elif path.exists():
            raise ContentError(f"{path}: {directory.journal.name} does not say what it was")
        elif not known:
            raise ContentError(f"{path}: is missing", missing=True)
        else:
            return None
        return path

    def _digests(self, directory: RunDirectory) -> Mapping[tuple[str, str], str]:
        """Digest by condition and item, of first draws; empty without a journal."""
        if directory not in self._known:
            self._known[directory] = _read(directory) if directory.journal.exists() else {}
        return self._known[directory]


def _read(directory: RunDirectory) -> dict[tuple[str, str], str]:
    found: dict[tuple[str, str], str] = {}
    with reading(directory), open_within(directory.root, directory.journal) as file:
        for line, _, _ in log_lines(file):
            record = record_of(line) if _MARK in line else None
            if record and record.get("draw") == 0 and "file_sha256" in record:
                place = str(record.get("condition")), str(record.get("item"))
                found[place] = str(record["file_sha256"])  # the last is of the file that is there
    return found
