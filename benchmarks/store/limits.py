"""Limits that a suite states, and the document that they are from.

[[limit]]
column = "algorithmic_delay_ms"    # of a metric of the suite, of `RATES` or of `COSTS`
max = 30                           # or min
degradation = "noise-babble-10dB"  # label of one of the suite's; default: clean
significantly = true               # the whole interval, not the mean alone
conditions = ["gan-*"]             # patterns of names; default: every codec
clause = "Rules, section 6"        # what it is from

[document]
name = "LRAC challenge 2025, official rules"
covered = ["bitrate: measured from the payloads"]
not_covered = ["listening tests"]
"""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from fnmatch import fnmatchcase
from typing import Any

from .printable import printable
from .received import WIDEST

RATES = ("measured_kbps", "nominal_kbps", "entropy_kbps")
DELAY = "algorithmic_delay_ms"  # the longer of both delays that are measured
COSTS = (
    *(DELAY, "impulse_delay_ms", "cut_delay_ms", "encode_rtf", "decode_rtf"),
    *("macs_per_second", "encode_macs_per_second", "decode_macs_per_second", "parameters"),
    *("peak_memory_mb", "codec_memory_mb"),
)
TIMES = ("encode_rtf", "decode_rtf")  # which a busy machine makes longer
_KEYS: dict[str, Any] = {
    "column": str,
    "max": int | float,
    "min": int | float,
    "degradation": str,
    "significantly": bool,
    "conditions": list,
    "clause": str,
}
_DOCUMENT: dict[str, Any] = {"name": str, "covered": list, "not_covered": list}


class LimitError(ValueError):
    """A limit cannot be judged as it is stated: the message says why, and what is allowed."""


@dataclass(frozen=True)
class Limit:
    """One limit on one column.

    Attributes:
        column: that it is on.
        max, min: the bound; one of them is None.
        degradation: label under which it is judged; "" for clean.
        significantly: must the whole 95 % interval lie on the allowed side?
        conditions: patterns of the names that it is for; none for every codec.
        clause: what it is from.
    """

    column: str
    max: float | None = None
    min: float | None = None
    degradation: str = ""
    significantly: bool = False
    conditions: tuple[str, ...] = ()
    clause: str = ""

    @property
    def bound(self) -> float:
        bound = self.min if self.max is None else self.max
        assert bound is not None, "one of both is there"
        return bound

    @property
    def text(self) -> str:
        """The bound in signs: `<= 30`."""
        return f"{'>=' if self.max is None else '<='} {self.bound:.10g}"

    def holds(self, value: float) -> bool:
        """Is a value on the allowed side?"""
        return value >= self.bound if self.max is None else value <= self.bound

    def is_for(self, condition: str) -> bool:
        """Is a condition to keep it?"""
        return not self.conditions or any(fnmatchcase(condition, p) for p in self.conditions)

    @property
    def plain(self) -> dict[str, Any]:
        """As a manifest has it."""
        return {key: value for key, value in asdict(self).items() if value not in (None, "", ())}


def read_limits(tables: Sequence[Any]) -> tuple[Limit, ...]:
    """The limits of these tables, in order.

    Raises:
        LimitError: a table says something that is not allowed.
    """
    return tuple(_limit(table) for table in tables)


def _limit(table: Any) -> Limit:
    if not isinstance(table, Mapping) or not isinstance(table.get("column"), str):
        raise LimitError(f'a [[limit]] needs column = "name", not {table!r}')
    where = f"limit of {printable(table['column'])}"
    _check(where, table, _KEYS)
    if ("max" in table) == ("min" in table):
        raise LimitError(f"{where}: has either max or min, which is one number")
    limit = Limit(**{**table, "conditions": tuple(table.get("conditions", ()))})
    if not abs(limit.bound) <= WIDEST:
        raise LimitError(f"{where}: {limit.bound} is no bound; at most {WIDEST:g} is allowed")
    if limit.column in (*RATES, *COSTS) and limit.significantly:
        raise LimitError(f"{where}: it has no interval, so nothing is significantly within it")
    if limit.column in COSTS and limit.degradation:
        raise LimitError(f"{where}: costs are measured on clean speech, without a degradation")
    return limit


def read_document(table: Mapping[str, Any]) -> dict[str, Any]:
    """What a suite says of the document that it follows; nothing of none.

    Raises:
        LimitError: it says something that is not allowed, or has no name.
    """
    if not table:
        return {}
    _check("document", table, _DOCUMENT)
    if "name" not in table:
        raise LimitError('document: needs name = "title and version"')
    return {key: table.get(key, kind()) for key, kind in _DOCUMENT.items()}


def _check(where: str, table: Mapping[str, Any], keys: Mapping[str, Any]) -> None:
    for key, value in table.items():
        if key not in keys:
            raise LimitError(f"{where}: unknown key {key!r}; it has: {', '.join(keys)}")
        kind = keys[key]
        if not isinstance(value, kind) or (isinstance(value, bool) and kind is not bool):
            named = "a number" if key in ("max", "min") else f"a {kind.__name__}"
            raise LimitError(f"{where}: {key} must be {named}, not {value!r}")
        if kind is list and not (value and all(isinstance(one, str) for one in value)):
            raise LimitError(f"{where}: {key} must be texts, not {value!r}")
