"""The packages that nscbench depends on: are they installed, allowed, and do they work?

Required are the dependencies that nscbench's own metadata names without an extra: one that is not
installed, has a version that is not allowed, or cannot be imported, is broken. All else is
optional: what lacks it is off, and everything else runs.
"""

from dataclasses import dataclass
from functools import cache
from importlib import import_module
from importlib.metadata import PackageNotFoundError, packages_distributions, requires, version

from packaging.requirements import Requirement

_IMPORT_ERRORS = (
    *(ImportError, OSError),  # a module, a name in it, a shared library or a data file is missing
    *(SyntaxError, NameError),  # it is for another Python
    *(AttributeError, TypeError, ValueError),  # it is for another version of what it imports
    *(RuntimeError, SystemError, LookupError),  # its compiled part or its setting up gives up
)


@dataclass(frozen=True)
class Package:
    """A dependency: `problem` says what is wrong with it and what mends it; "" if nothing is."""

    name: str
    wanted: str
    version: str
    problem: str


def dependencies() -> tuple[list[Package], dict[str, list[Package]]]:
    """The required packages, and those of each extra but the developers'."""
    required: list[Package] = []
    extras: dict[str, list[Package]] = {}
    for text in requires("nscbench") or ():
        requirement = Requirement(text)
        if requirement.marker is None or requirement.marker.evaluate({"extra": ""}):
            required.append(examine_package(requirement, "pip install"))
            continue
        extra = _extra_of(requirement)
        if extra not in ("", "all", "dev", "test", "fuzz"):
            command = f"pip install 'nscbench[{extra}]': it needs"
            extras.setdefault(extra, []).append(examine_package(requirement, command))
    return required, extras


def _extra_of(requirement: Requirement) -> str:
    """The extra that asks for a requirement: `extra == "wer"` in its marker."""
    words = str(requirement.marker).replace("'", '"').partition('extra == "')[2]
    return words.partition('"')[0]


def examine_package(requirement: Requirement, command: str) -> Package:
    """A dependency: is it installed, in an allowed version, and can it be imported?

    Args:
        requirement: name and allowed versions.
        command: what mends it, without the requirement.
    """
    wanted = f"{requirement.name}{requirement.specifier}"
    try:
        found = version(requirement.name)
    except PackageNotFoundError:
        return Package(requirement.name, wanted, "", f"not installed: {command} '{wanted}'")
    problem = ""
    if not requirement.specifier.contains(found, prereleases=True):
        problem = f"{found} is not allowed: {command} '{wanted}'"
    elif error := _import_error(requirement.name):
        problem = f"cannot be imported ({error}): pip install --force-reinstall '{wanted}'"
    return Package(requirement.name, wanted, found, problem)


@cache
def _modules() -> dict[str, list[str]]:
    """Top-level modules by the name of the distribution that brings them."""
    found: dict[str, list[str]] = {}
    for module, distributions in packages_distributions().items():
        for name in distributions:
            found.setdefault(name.lower().replace("_", "-"), []).append(module)
    return found


def _import_error(distribution: str) -> str:
    """What importing the module of the distribution's name, or its first one, dies of."""
    name = distribution.lower().replace("_", "-")
    public = [module for module in _modules().get(name, ()) if not module.startswith("_")]
    chosen = [m for m in public if m.lower().replace("_", "-") == name] or public
    try:
        for module in chosen[:1]:
            import_module(module)
    except _IMPORT_ERRORS as error:
        return f"{type(error).__name__}: {' '.join(str(error).split())}"
    return ""
