"""The metrics. One file of this folder that defines `METRIC` is one metric.

`available()` lists them, in the order of their columns on a leaderboard. Another package adds one
by an entry point of the group `nscbench.metrics` that names its `Metric`.
"""

from functools import lru_cache
from importlib import import_module
from importlib.metadata import entry_points
from pkgutil import iter_modules
from warnings import warn

from .base import PLUGIN_ERRORS, Metric, MetricError, MetricUnavailable, Undefined

ENTRY_POINTS = "nscbench.metrics"
ORDER = (  # leads a leaderboard
    *("pesq", "stoi", "visqol", "scoreq_nr", "scoreq_ref", "dnsmos", "plcmos", "utmos", "nisqa"),
    *("wer", "speaker_similarity"),
)

__all__ = ["Metric", "MetricError", "MetricUnavailable", "Undefined", "available", "get"]


@lru_cache(maxsize=1)
def available() -> dict[str, Metric]:
    """Every metric by the name of its file, or of its entry point."""
    found: dict[str, Metric] = {}
    for name in sorted(info.name for info in iter_modules(__path__)):
        metric = getattr(import_module(f"{__name__}.{name}"), "METRIC", None)
        if metric is not None:
            found[name] = metric
    for point in entry_points(group=ENTRY_POINTS):
        try:
            metric = point.load()
            if not isinstance(metric, Metric):
                raise TypeError("it is no nscbench.metrics.Metric")
            if point.name in found:
                raise MetricError(f"there is a metric {point.name!r} already")
        except PLUGIN_ERRORS as error:
            warn(f"the metric {point.value} is left out: {error}", stacklevel=2)
            continue
        found[point.name] = metric
    return {name: found[name] for name in sorted(found, key=_place)}


def _place(name: str) -> tuple[int, str]:
    return (ORDER.index(name) if name in ORDER else len(ORDER), name)


def get(name: str) -> Metric:
    """The metric of the file `name`.

    Raises:
        MetricError: there is none.
    """
    if name not in available():
        raise MetricError(f"no metric is called {name!r}; there are: {', '.join(available())}")
    return available()[name]
