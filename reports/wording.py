"""Words of a sentence that is made of data."""

from collections.abc import Sequence


def listed(words: Sequence[str]) -> str:
    """`a, b and c`; "" of none."""
    if len(words) < 2:
        return "".join(words)
    return f"{', '.join(words[:-1])} and {words[-1]}"
