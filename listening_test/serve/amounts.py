"""Numbers that a record may have."""

import math
from typing import Any

LARGEST = 2**32  # of counts and seconds


def is_number(value: object) -> bool:
    """A finite number, and not a truth value."""
    if isinstance(value, float):
        return math.isfinite(value)
    return isinstance(value, int) and not isinstance(value, bool)


def is_amount(value: Any) -> bool:
    """A number from 0 on."""
    return is_number(value) and 0 <= value <= LARGEST


def is_count(value: Any) -> bool:
    """A whole number from 0 on."""
    return is_amount(value) and isinstance(value, int)
