"""Settings that take one of a few numbers."""

from collections.abc import Iterable

from .base import Codec, CodecError


def choose(codec: Codec, field: str, allowed: Iterable[float]) -> None:
    """Check a field of a frozen codec, in its `__post_init__`, and store the number as listed.

    6.0 and 6 are one operating point, so they must have one `repr`.

    Raises:
        CodecError: the value is not allowed; the message lists those that are.
    """
    value = getattr(codec, field)
    numbers = tuple(allowed)
    if value not in numbers or isinstance(value, bool):
        listed = ", ".join(f"{number:g}" for number in numbers)
        raise CodecError(f"{codec.name} has no {field}={value!r}; there are: {listed}")
    object.__setattr__(codec, field, numbers[numbers.index(value)])
