"""The metrics. One file of this folder that defines `METRIC` is one metric.

`available()` lists them, in the order of their columns on a leaderboard. Another package adds one
by an entry point of the group `nscbench.metrics` that names its `Metric`.
"""

from typing import Any

from .base import Column, Meaning, Metric, MetricError, MetricUnavailable, Undefined
from .machinery.names import unknown
from .machinery.plugins import Registry

__all__ = [
    "REGISTRY",
    "Column",
    "Meaning",
    "Metric",
    "MetricError",
    "MetricUnavailable",
    "Undefined",
    "available",
    "columns",
    "get",
]


def _checked(value: Any) -> Metric:
    if not isinstance(value, Metric):
        raise TypeError("it is no nscbench.metrics.Metric")
    return value


REGISTRY = Registry(
    noun="metric",
    group="nscbench.metrics",
    folders=(__name__,),
    attributes=("METRIC",),
    checked=_checked,
    name_of=lambda metric, name: name,
    tried=lambda metric: metric.unavailable(),
)


def available() -> dict[str, Metric]:
    """Every metric by the name of its file, or of its entry point."""
    found = REGISTRY.found.plugins
    return {name: found[name] for name in sorted(found, key=lambda n: (found[n].place, n))}


def columns() -> dict[str, Column]:
    """Every column of every metric, by name."""
    found = REGISTRY.found.plugins.values()
    return {column.name: column for metric in found for column in metric.columns}


def get(name: str) -> Metric:
    """The metric of the file `name`.

    Raises:
        MetricError: there is none.
    """
    found = REGISTRY.found.plugins
    if name not in found:
        raise MetricError(unknown("metric", name, available()))
    return found[name]
