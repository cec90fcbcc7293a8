"""The metrics. One file of this folder that defines `METRIC` is one metric.

`available()` lists them, in the order of their columns on a leaderboard.
"""

from functools import lru_cache
from importlib import import_module
from pkgutil import iter_modules

from .base import Metric, MetricError, MetricUnavailable, Undefined

__all__ = ["Metric", "MetricError", "MetricUnavailable", "Undefined", "available", "get"]


@lru_cache(maxsize=1)
def available() -> dict[str, Metric]:
    """Every metric by the name of its file."""
    found = {}
    for name in sorted(info.name for info in iter_modules(__path__)):
        metric = getattr(import_module(f"{__name__}.{name}"), "METRIC", None)
        if metric is not None:
            found[name] = metric
    return found


def get(name: str) -> Metric:
    """The metric of the file `name`.

    Raises:
        MetricError: there is none.
    """
    if name not in available():
        raise MetricError(f"no metric is called {name!r}; there are: {', '.join(available())}")
    return available()[name]
