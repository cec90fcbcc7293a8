"""The figures. One file of this folder that defines `FIGURE` (or `FIGURES`) is in every report.

Another package adds one by an entry point of the group `nscbench.figures` that names its `Figure`.
"""

from typing import Any

from ...metrics.machinery.plugins import Registry
from .base import Figure, Given

__all__ = ["REGISTRY", "Figure", "Given", "available"]


def _checked(value: Any) -> Figure:
    if not isinstance(value, Figure):
        raise TypeError("it is no nscbench.reports.figures.Figure")
    return value


REGISTRY = Registry(
    noun="figure",
    group="nscbench.figures",
    folders=(__name__,),
    attributes=("FIGURE", "FIGURES"),
    checked=_checked,
    name_of=lambda figure, name: figure.name,
    tried=lambda figure: figure.place,
)


def available() -> list[Figure]:
    """Every figure, in the order of their places."""
    return sorted(REGISTRY.found.plugins.values(), key=lambda figure: figure.place)
