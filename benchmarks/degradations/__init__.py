"""The degradations of robustness suites. One file of this folder that defines `DEGRADATION` is one
kind.

`available()` lists them. Another package adds one by an entry point of the group
`nscbench.degradations` that names its class.
"""

from collections.abc import Mapping
from dataclasses import fields
from typing import Any

from ...metrics.machinery.names import unknown
from ...metrics.machinery.plugins import Registry, concrete_class
from .base import ChannelDegradation, Degradation, DegradationError, RecordingDegradation

__all__ = [
    "REGISTRY",
    "ChannelDegradation",
    "Degradation",
    "DegradationError",
    "RecordingDegradation",
    "available",
    "make",
]


REGISTRY: Registry[type[Degradation]] = Registry(
    noun="degradation",
    group="nscbench.degradations",
    folders=(__name__,),
    attributes=("DEGRADATION",),
    checked=lambda value: concrete_class(
        value, Degradation, "nscbench.benchmarks.degradations.Degradation", "kind"
    ),
    name_of=lambda degradation, _: degradation.kind,
)


def available() -> dict[str, type[Degradation]]:
    """Every degradation's class by its kind."""
    return REGISTRY.found.plugins


def make(kind: str, settings: Mapping[str, Any]) -> Degradation:
    """The degradation of a kind with these settings.

    Raises:
        DegradationError: no such kind or setting, one that is missing, or a value out of range.
    """
    if kind not in available():
        raise DegradationError(unknown("degradation", kind, available()))
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
