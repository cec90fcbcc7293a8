"""The `[[degradation]]` tables of a suite:

[[degradation]]
kind = "noise"
snr_db = [20, 10, 0]               # a list is a grid
items = 1                          # only the first of the suite's items; default all
metrics = ["stoi", "level"]        # only these of the suite's metrics; default all
"""

import itertools
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from . import Degradation, DegradationError, make


@dataclass(frozen=True)
class Declared:
    """A degradation of a suite.

    Attributes:
        degradation: with its settings.
        items: how many of the suite's items it is made for; None for all.
        metrics: names of the suite's metrics that measure it; None for all.
    """

    degradation: Degradation
    items: int | None
    metrics: Sequence[str] | None


def read(tables: Sequence[Any]) -> tuple[Declared, ...]:
    """The degradations of a suite's tables, in order.

    Raises:
        DegradationError: a table says something that is not allowed, or says it twice.
    """
    found: dict[str, Declared] = {}
    for table in tables:
        for declared in _grid(table):
            label = declared.degradation.label
            if label in found:
                raise DegradationError(f"the degradation {label} appears twice")
            found[label] = declared
    return tuple(found.values())


def _grid(table: Any) -> Iterator[Declared]:
    if not isinstance(table, dict) or not isinstance(table.get("kind"), str):
        raise DegradationError(f'a [[degradation]] needs kind = "name", not {table!r}')
    settings = dict(table)
    kind = settings.pop("kind")
    items, metrics = settings.pop("items", None), settings.pop("metrics", None)
    if items is not None and (type(items) is not int or items < 1):
        raise DegradationError(f"{kind}: items must be 1 or more, not {items!r}")
    if metrics is not None and not (
        isinstance(metrics, list) and metrics and all(isinstance(m, str) for m in metrics)
    ):
        raise DegradationError(f"{kind}: metrics must be names, not {metrics!r}")
    axes = [value if isinstance(value, list) else [value] for value in settings.values()]
    for values in itertools.product(*axes):
        made = make(kind, dict(zip(settings, values, strict=True)))
        yield Declared(made, items, metrics)
