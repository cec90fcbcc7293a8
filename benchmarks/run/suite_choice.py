"""The codecs and metrics that a suite's TOML names: what of them can run here, and what not."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from ... import metrics as all_metrics
from ...codecs import Codec, CodecError
from ...codecs.external import kind_of
from ...codecs.registry import unchecked
from ...metrics import Metric, MetricError
from ..store.left_out import NotRun
from ..store.printable import file_fault
from .absences import grouped_reasons
from .suite_settings import LOWEST_RATE, SuiteError, grid


@dataclass(frozen=True)
class ChosenCodecs:
    """The conditions of a suite.

    Attributes:
        codecs: those that can run here, by condition.
        isolated: which run in processes of their own.
        not_run: those that cannot.
        optional: those that cannot, and may be missing.
    """

    codecs: dict[str, Codec] = field(default_factory=dict)
    isolated: set[str] = field(default_factory=set)
    not_run: list[NotRun] = field(default_factory=list)
    optional: list[NotRun] = field(default_factory=list)

    @property
    def judged(self) -> list[str]:
        """All conditions that limits are for: neither controls nor oracles."""
        every: list[Codec | NotRun] = [*self.codecs.values(), *self.not_run, *self.optional]
        return [one.condition for one in every if one.kind == "codec"]


def choose_codecs(where: str, folder: Path, conditions: list[Any]) -> ChosenCodecs:
    """The conditions that a suite's tables name.

    Raises:
        SuiteError: a table is wrong, or no condition can run here.
    """
    chosen = ChosenCodecs()
    for settings in grid(where, conditions):
        isolate, optional = (_switch(where, settings, key) for key in ("isolate", "optional"))
        if kind_of(settings):
            settings["folder"] = str(folder)
        codec, lacking = _codec(where, settings)
        name = codec.condition
        if lacking:
            facts = codec.name, codec.kind, float(codec.nominal_kbps)
            missing = NotRun(name, *facts, reason=lacking)
            (chosen.optional if optional else chosen.not_run).append(missing)
            continue
        if name in chosen.codecs:
            raise SuiteError(f"{where}: {name} appears twice; a label tells them apart")
        chosen.codecs[name] = codec
        if isolate:
            chosen.isolated.add(name)
    if not chosen.codecs:
        missing_all = [*chosen.not_run, *chosen.optional]
        reasons = {one.condition: one.reason for one in missing_all}
        raise SuiteError(_nothing(where, "condition", reasons))
    return chosen


def _switch(where: str, settings: dict[str, Any], key: str) -> bool:
    value = settings.pop(key, False)
    if not isinstance(value, bool):
        raise SuiteError(f"{where}: {key} must be true or false, not {value!r}")
    return value


def _codec(where: str, settings: dict[str, Any]) -> tuple[Codec, str]:
    """A condition, and why it cannot run here."""
    name = settings.pop("codec")
    try:
        codec = unchecked(name, settings)
        return codec, codec.lacking
    except (CodecError, TypeError) as error:
        raise SuiteError(f"{where}: {error}") from error
    except OSError as error:  # a name of weights or a folder that no file can have
        raise SuiteError(f"{where}: {name}: {file_fault(error)}") from error


def metrics_at(rate: int) -> list[str]:
    """All metrics that are defined for suites that score at a rate in Hz."""
    return [name for name, one in all_metrics.available().items() if not _is_above(one, rate)]


def choose_metrics(
    where: str, names: Sequence[Any], rate: int = LOWEST_RATE
) -> tuple[tuple[str, ...], dict[str, str]]:
    """Those of these metrics that can measure here, and the reasons of the others.

    Args:
        where: what names them, to begin messages with.
        names: of metrics.
        rate: in Hz, that is scored at.

    Raises:
        SuiteError: a name is none, or no metric can measure here.
    """
    if not all(isinstance(name, str) for name in names):
        raise SuiteError(f"{where}: metrics must be names, not {names!r}")
    chosen, lacking = [], {}
    for name in dict.fromkeys(names):
        try:
            metric = all_metrics.get(name)
            missing = metric.unavailable()
        except MetricError as error:
            raise SuiteError(f"{where}: {error}") from error
        if _is_above(metric, rate):
            missing = f"measures {metric.sample_rate} Hz; {rate} Hz are scored"
        if missing:
            lacking[name] = missing
        else:
            chosen.append(name)
    if not chosen:
        raise SuiteError(_nothing(where, "metric", lacking))
    return tuple(chosen), lacking


def _is_above(metric: Metric, rate: int) -> bool:
    """Would a metric measure a band that is not there at this rate?"""
    return metric.needs_rate and metric.sample_rate > rate


def _nothing(where: str, what: str, reasons: Mapping[str, str]) -> str:
    lines = [f"{where}: no {what} can run here", *grouped_reasons("not run", reasons)]
    return "\n  ".join(lines) if reasons else f"{lines[0]}: there is none"
