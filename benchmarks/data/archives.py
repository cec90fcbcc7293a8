"""Unpacks .tar.gz and .zip archives; a member that could leave the target folder is refused.

Refused are absolute names, names with "..", "\\", a zero byte or a drive, no name at all, symbolic
and hard links, devices and pipes: no corpus needs them. Tar members also pass the standard
library's `data` filter (PEP 706).
"""

import gzip
import shutil
import stat
import struct
import tarfile
import zipfile
import zlib
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path, PurePosixPath, PureWindowsPath

from tqdm import tqdm


class ArchiveError(ValueError):
    """An archive cannot be unpacked: the message names it, the member and the cause."""


def unpack(archive: Path, folder: Path, wanted: Callable[[str], bool] = lambda name: True) -> None:
    """Unpack the members whose name is wanted into a folder that does not exist yet.

    Every member is checked, wanted or not. On any fault, nothing of the folder is left.

    Raises:
        ArchiveError: a refused member, a damaged archive, or neither tar nor zip.
        OSError: the disk is full, or the folder exists.
    """
    is_zip = zipfile.is_zipfile(archive)
    if not is_zip and not tarfile.is_tarfile(archive):
        raise ArchiveError(f"{archive}: neither a tar nor a zip archive")
    folder.mkdir(parents=True)
    with ExitStack() as undo:  # an interruption too leaves nothing behind
        undo.callback(shutil.rmtree, folder)
        with _named_faults(archive):
            (_unpack_zip if is_zip else _unpack_tar)(archive, folder, wanted)
        undo.pop_all()


def _unpack_tar(archive: Path, folder: Path, wanted: Callable[[str], bool]) -> None:
    with tarfile.open(archive) as tar:
        for member in tqdm(tar, f"unpacking {archive.name}", unit=" members", disable=None):
            _check_name(member.name)
            if not (member.isfile() or member.isdir()):
                raise ArchiveError(f"member {member.name!r} is a link or a device")
            if member.isfile() and wanted(member.name):
                tar.extract(member, folder, set_attrs=False, filter="data")
        while tar.fileobj and tar.fileobj.read(1 << 20):
            pass  # tarfile stops before the end, where gzip has its checksum


def _unpack_zip(archive: Path, folder: Path, wanted: Callable[[str], bool]) -> None:
    with zipfile.ZipFile(archive) as zipped:
        members = zipped.infolist()
        for member in members:
            _check_name(member.filename)
            kind = stat.S_IFMT(member.external_attr >> 16)  # 0 where the maker knows no such thing
            if kind not in (0, stat.S_IFREG, stat.S_IFDIR):
                raise ArchiveError(f"member {member.filename!r} is a link or a device")
        for member in tqdm(members, f"unpacking {archive.name}", unit=" members", disable=None):
            if not member.is_dir() and wanted(member.filename):
                zipped.extract(member, folder)


def _check_name(name: str) -> None:
    path = PurePosixPath(name)
    if not name or "\0" in name:
        raise ArchiveError(f"member {name!r} has a name that no file can have")
    if path.is_absolute() or ".." in path.parts or "\\" in name or PureWindowsPath(name).drive:
        raise ArchiveError(f"member {name!r} would leave the target folder")


@contextmanager
def _named_faults(archive: Path) -> Iterator[None]:
    """One kind of error for all that the libraries raise, with the archive's name."""
    try:
        yield
    except (
        ArchiveError,
        tarfile.TarError,
        zipfile.BadZipFile,
        gzip.BadGzipFile,
        zlib.error,
        EOFError,
        ValueError,  # numbers and texts of a header
        OverflowError,
        struct.error,
        RuntimeError,  # zipfile: encrypted, or compressed by a method that it lacks
    ) as error:
        raise ArchiveError(f"{archive}: {error}") from error
