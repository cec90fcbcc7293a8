"""Files that must still be what was recorded of them: by their SHA-256, whoever opens them.

A recording, a bitstream, a decoded file is known by its path; what was measured, by its content.
"""

from collections.abc import Sequence
from hashlib import file_digest
from pathlib import Path

from .received import Unfit, open_regular, open_within


class ContentError(ValueError):
    """A file is missing, or not what was recorded: the message names it, and says which.

    Attributes:
        missing: is it not there at all?
    """

    def __init__(self, message: str, missing: bool = False) -> None:
        super().__init__(message)
        self.missing = missing


def check_content(path: Path, recorded: str, root: Path | None = None) -> None:
    """Refuse a file whose content is not the recorded one.

    Args:
        path: of the file.
        recorded: SHA-256 of its content, hexadecimal.
        root: of the run that it must lie within; None for a file that may lie anywhere.

    Raises:
        ContentError: it is missing, no regular file, outside of the run, unreadable, or changed.
    """
    try:
        with open_within(root, path) if root else open_regular(path) as file:
            found = file_digest(file, "sha256").hexdigest()
    except (OSError, Unfit) as error:
        raise _refused(path, error) from error
    if found != recorded:
        raise ContentError(
            f"{path}: has changed: its SHA-256 is {found[:16]}..., recorded was {recorded[:16]}..."
        )


def check_contents(paths: Sequence[Path], recorded: Sequence[str]) -> None:
    """The same for several files; none is looked at where nothing was recorded.

    Raises:
        ContentError: see `check_content`; of the first.
    """
    if recorded:
        for path, digest in zip(paths, recorded, strict=True):
            check_content(path, digest)


def _refused(path: Path, error: OSError | Unfit) -> ContentError:
    if isinstance(error, Unfit):
        return ContentError(str(error))
    missing = isinstance(error, FileNotFoundError)
    return ContentError(f"{path}: {'is missing' if missing else error.strerror}", missing)
