"""The limits of a suite, held against what the suite measures."""

from collections.abc import Mapping, Sequence
from fnmatch import fnmatchcase
from typing import Any

from ... import metrics
from ...metrics.machinery.names import unknown
from ..degradations.declared import Declared
from ..store.limits import COSTS, RATES, Limit, LimitError, read_limits


def limits_of(
    tables: Sequence[Any],
    wanted: Sequence[str],
    unavailable: Mapping[str, str],
    degradations: Sequence[Declared],
    codecs: Sequence[str],
) -> tuple[Limit, ...]:
    """The limits of a suite.

    Args:
        tables: of the suite.
        wanted: names of the metrics that it measures here.
        unavailable: names of what cannot run here.
        degradations: of the suite.
        codecs: conditions of the suite that are judged, whether or not they can run here.

    Raises:
        LimitError: a limit says what is not allowed, is on a column that nothing measures, for
            conditions that the suite has not, or under a degradation that the suite has not, or
            that does not measure its column.
    """
    limits = read_limits(tables)
    labels = {one.label: one for one in degradations}
    for limit in limits:
        for pattern in limit.conditions:
            if not any(fnmatchcase(name, pattern) for name in codecs):  # it would never fail
                raise LimitError(f"limit of {limit.column}: {unknown('codec', pattern, codecs)}")
        if limit.degradation and limit.degradation not in labels:
            raise LimitError(
                f"limit of {limit.column}: the suite has no degradation {limit.degradation!r}; "
                f"it has: {', '.join(labels) or 'none'}"
            )
        measuring = [*wanted, *(name for name in unavailable if name in metrics.available())]
        if limit.degradation and (only := labels[limit.degradation].metrics) is not None:
            measuring = [name for name in measuring if name in only]
        _check_measured(limit, measuring)
    return limits


def _check_measured(limit: Limit, names: Sequence[str]) -> None:
    if limit.column in (*RATES, *COSTS):
        return
    columns = {c: d for name in names for c, d in metrics.get(name).directions.items()}
    where = f" under {limit.degradation}" if limit.degradation else ""
    if limit.column not in columns:
        raise LimitError(
            f"limit of {limit.column}: nothing measures it{where}; columns are "
            f"{', '.join((*RATES, *COSTS, *columns))}"
        )
