"""Which metrics a suite measures: those that it names, or all that can run here."""

from collections.abc import Sequence

from ... import metrics
from ...metrics import Metric, MetricError
from .suite_settings import SuiteError


def chosen_metrics(
    where: str, wanted: Sequence[str] | None, rate: int
) -> tuple[tuple[str, ...], dict[str, str]]:
    """Names of those that can run here, and why others cannot.

    Args:
        where: the suite, to begin messages with.
        wanted: by the suite; None for all that are defined for its rate.
        rate: in Hz, that the suite scores at.

    Raises:
        SuiteError: a name is none, or of no metric.
    """
    if wanted is not None and not all(isinstance(name, str) for name in wanted):
        raise SuiteError(f"{where}: metrics must be names, not {wanted!r}")
    default = (name for name, one in metrics.available().items() if not _is_above(one, rate))
    chosen, lacking = [], {}
    for name in dict.fromkeys(default if wanted is None else wanted):
        try:
            metric = metrics.get(name)
            missing = metric.unavailable()
        except MetricError as error:
            raise SuiteError(f"{where}: {error}") from error
        if _is_above(metric, rate):
            missing = f"measures {metric.sample_rate} Hz; the suite has sample_rate = {rate}"
        if missing:
            lacking[name] = missing
        else:
            chosen.append(name)
    return tuple(chosen), lacking


def _is_above(metric: Metric, rate: int) -> bool:
    """Would a metric measure a band that a suite of this rate does not have?"""
    return metric.needs_rate and metric.sample_rate > rate
