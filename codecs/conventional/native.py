"""Shared libraries that the system or a wheel provides, for ctypes."""

import ctypes
import ctypes.util
import shutil
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from functools import lru_cache
from pathlib import Path

_HOMEBREW = (Path("/opt/homebrew/lib"), Path("/usr/local/lib"))  # find_library misses the first


@lru_cache(maxsize=32)
def find(name: str, soname: int) -> str:
    """Path or file name to load library `name` of this ABI version by; "" if it is not installed.

    The version is checked because the functions' signatures are ours: `find("speex", 1)`.
    """
    if sys.platform == "darwin":
        files = [folder / f"lib{name}.{soname}.dylib" for folder in _HOMEBREW]
        return next((str(file) for file in files if file.exists()), "")
    file = f"lib{name}.so.{soname}"
    try:
        ctypes.CDLL(file)
    except OSError:
        return ""
    return file


@contextmanager
def private_copy(file: Path) -> Iterator[ctypes.CDLL]:
    """A library with static variables of its own, as if in a new process.

    The dynamic loader shares one image among all users of a file, with its static variables; a
    copy of the file, in the folder for temporary files, is another. It is unloaded at the end.
    """
    import _ctypes

    with tempfile.TemporaryDirectory(prefix="nscbench-") as folder:
        library = ctypes.CDLL(shutil.copy(file, folder))
        try:
            yield library
        finally:
            _ctypes.dlclose(library._handle)
