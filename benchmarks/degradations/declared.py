"""The `[[degradation]]` tables of a suite:

[[degradation]]
kind = "noise"
snr_db = [20, 10, 0]               # a list is a grid
items = 1                          # only the first of the suite's items; default all
metrics = ["stoi", "level"]        # only these of the suite's metrics; default all
reference = "clean"                # compare with the recording, not with the degraded one
"""

import itertools
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from . import Degradation, DegradationError, RecordingDegradation, make

REFERENCES = ("degraded", "clean")


@dataclass(frozen=True)
class Declared:
    """A degradation of a suite.

    Attributes:
        degradation: with its settings.
        items: how many of the suite's items it is made for; None for all.
        metrics: names of the suite's metrics that measure it; None for all.
        clean: are degraded recordings compared with what they were before?
    """

    degradation: Degradation
    items: int | None
    metrics: Sequence[str] | None
    clean: bool = False

    @property
    def label(self) -> str:
        """The degradation's, and what is compared with; its part's folder has this name."""
        return self.degradation.label + ("-clean-reference" if self.clean else "")


def read(tables: Sequence[Any]) -> tuple[Declared, ...]:
    """The degradations of a suite's tables, in order.

    Raises:
        DegradationError: a table says something that is not allowed, or says it twice.
    """
    found: dict[str, Declared] = {}
    for table in tables:
        for declared in _grid(table):
            label = declared.label
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
    clean = _is_clean(kind, settings.pop("reference", REFERENCES[0]))
    axes = [value if isinstance(value, list) else [value] for value in settings.values()]
    for values in itertools.product(*axes):
        made = make(kind, dict(zip(settings, values, strict=True)))
        if clean and not (isinstance(made, RecordingDegradation) and made.keeps_time):
            raise DegradationError(
                f'{kind}: reference = "clean" is for degradations of recordings that leave every '
                "sound where it was"
            )
        yield Declared(made, items, metrics, clean)


def _is_clean(kind: str, reference: object) -> bool:
    if reference not in REFERENCES:
        raise DegradationError(
            f"{kind}: reference must be {' or '.join(REFERENCES)}, not {reference!r}"
        )
    return reference == "clean"
