"""What a suite's TOML says, held against what is allowed."""

import itertools
from collections.abc import Iterator, Mapping
from typing import Any

from ...metrics.machinery.signals import HIGHEST_LEVEL, LOWEST_LEVEL
from ..store.received import WIDEST
from ..store.results import MOST_DRAWS

_KEYS = {
    "title": str,
    "items": str,
    "sample": int,
    "metrics": list,
    "draws": int,
    "normalize": float,
    "sample_rate": int,
    "condition": list,
    "degradation": list,
    "limit": list,
    "document": dict,
}


LOWEST_RATE = 16_000  # Hz, at which most metrics are defined: what suites score at by default
RATES = (LOWEST_RATE, 24_000, 48_000)


class SuiteError(ValueError):
    """A suite cannot be read: the message names the file, the key and what is allowed."""


def check_keys(where: str, content: Mapping[str, Any]) -> None:
    """Refuse keys that no suite has, and values that none of them can have.

    Raises:
        SuiteError: the key, and what is allowed.
    """
    for key, value in content.items():
        if key not in _KEYS:
            raise SuiteError(f"{where}: unknown key {key!r}; a suite has: {', '.join(_KEYS)}")
        allowed = int | float if _KEYS[key] is float else _KEYS[key]
        if not isinstance(value, allowed) or isinstance(value, bool):
            raise SuiteError(f"{where}: {key} must be a {_KEYS[key].__name__}, not {value!r}")
    if not LOWEST_LEVEL <= content.get("normalize", HIGHEST_LEVEL) <= HIGHEST_LEVEL:
        levels = f"{LOWEST_LEVEL:g} to {HIGHEST_LEVEL:g} dBFS"
        raise SuiteError(f"{where}: normalize is {levels}, not {content['normalize']}")
    if (rate := content.get("sample_rate", LOWEST_RATE)) not in RATES:
        listed = ", ".join(map(str, RATES))
        raise SuiteError(f"{where}: sample_rate is {listed} Hz, not {rate}")
    if (draws := content.get("draws", 1)) < 1:
        raise SuiteError(f"{where}: draws must be at least 1, not {draws}")
    if draws > MOST_DRAWS:
        raise SuiteError(f"{where}: draws must be at most {MOST_DRAWS}, not {draws}")


def grid(where: str, conditions: list[Any]) -> Iterator[dict[str, Any]]:
    """Every combination of the settings that are lists.

    Raises:
        SuiteError: a condition names no codec, or has a setting that is none.
    """
    for condition in conditions:
        if not isinstance(condition, dict) or not isinstance(condition.get("codec"), str):
            raise SuiteError(f'{where}: a [[condition]] needs codec = "name", not {condition!r}')
        empty = [key for key, value in condition.items() if value == []]
        if empty:
            raise SuiteError(f"{where}: {condition['codec']} has no value for {', '.join(empty)}")
        if "device" in condition:
            raise SuiteError(
                f"{where}: {condition['codec']}: a run has one device, which --device states"
            )
        _check_numbers(where, condition)
        axes = [value if isinstance(value, list) else [value] for value in condition.values()]
        for values in itertools.product(*axes):
            yield dict(zip(condition, values, strict=True))


def _check_numbers(where: str, condition: Mapping[str, Any]) -> None:
    """Refuse settings that are no numbers though TOML has words for them."""
    for key, value in condition.items():
        for number in value if isinstance(value, list) else [value]:
            if isinstance(number, int | float) and not abs(number) <= WIDEST:
                raise SuiteError(
                    f"{where}: {key} of {condition['codec']} is {number}; allowed are numbers of "
                    f"at most {WIDEST:g}"
                )
