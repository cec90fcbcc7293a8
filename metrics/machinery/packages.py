"""Optional packages: are they here, and whole?

What an import says takes seconds for some of them, so their metadata are asked instead: a package
is half installed if it has none, or if something that it requires is missing.
"""

from functools import cache
from importlib.metadata import PackageNotFoundError, packages_distributions, requires, version
from importlib.util import find_spec

from packaging.requirements import Requirement


def lacking(names: tuple[str, ...], install: str) -> str:
    """What is missing of these packages, and the command that installs it; "" if all are whole.

    Args:
        names: that are imported.
        install: what pip installs them by.
    """
    if absent := [name for name in names if find_spec(name) is None]:
        return f"no {', '.join(absent)}: pip install {install}"
    for name in names:
        if problem := _half(name):
            return f"{name} is half installed ({problem}): pip install --force-reinstall {install}"
    return ""


@cache
def _half(name: str) -> str:
    """What a package lacks that can be imported; "" if nothing."""
    found = [name] if _version(name) else packages_distributions().get(name, [])
    if not found:
        return "it has no metadata"
    for text in requires(found[0]) or ():
        needed = Requirement(text)
        if needed.marker and not needed.marker.evaluate({"extra": ""}):
            continue
        if not _version(needed.name):
            return f"it needs {needed.name}"
    return ""


def _version(distribution: str) -> str:
    try:
        return version(distribution)
    except PackageNotFoundError:
        return ""
