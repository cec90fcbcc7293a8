"""The degradations of robustness suites. One file of this folder that defines `DEGRADATION` is one
kind.

`available()` lists them. Another package adds one by an entry point of the group
`nscbench.degradations` that names its class.
"""

from collections.abc import Mapping
from dataclasses import fields
from functools import lru_cache
from importlib import import_module
from importlib.metadata import entry_points
from pkgutil import iter_modules
from typing import Any

from .base import ChannelDegradation, Degradation, DegradationError, RecordingDegradation

ENTRY_POINTS = "nscbench.degradations"

__all__ = [
    "ChannelDegradation",
    "Degradation",
    "DegradationError",
    "RecordingDegradation",
    "available",
    "make",
]


@lru_cache(maxsize=1)
def available() -> dict[str, type[Degradation]]:
    """Every degradation's class by its kind."""
    found: dict[str, type[Degradation]] = {}
    for name in sorted(info.name for info in iter_modules(__path__)):
        degradation = getattr(import_module(f"{__name__}.{name}"), "DEGRADATION", None)
        if degradation is not None:
            found[degradation.kind] = degradation
    for point in entry_points(group=ENTRY_POINTS):
        degradation = point.load()
        if degradation.kind in found:
            raise DegradationError(
                f"{point.value}: there is a degradation {degradation.kind!r} already"
            )
        found[degradation.kind] = degradation
    return found


def make(kind: str, settings: Mapping[str, Any]) -> Degradation:
    """The degradation of a kind with these settings.

    Raises:
        DegradationError: no such kind or setting, one that is missing, or a value out of range.
    """
    if kind not in available():
        raise DegradationError(
            f"no degradation is called {kind!r}; there are: {', '.join(available())}"
        )
    degradation = available()[kind]
    allowed = [field.name for field in fields(degradation)]  # type: ignore[arg-type]
    for key in settings:
        if key not in allowed:
            raise DegradationError(
                f"{kind} has no setting {key!r}; it has: {', '.join(allowed) or 'none'}"
            )
    try:
        return degradation(**settings)
    except TypeError as error:
        raise DegradationError(f"{kind}: {error}; its settings: {', '.join(allowed)}") from error
