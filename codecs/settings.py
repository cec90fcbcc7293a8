"""Settings that take one of a few values."""

from collections.abc import Iterable

from ..metrics.machinery.names import nearest
from .base import Codec, CodecError


def choose(codec: Codec, field: str, allowed: Iterable[float | str]) -> None:
    """Check a field of a frozen codec, in its `__post_init__`, and store the value as listed.

    6.0 and 6 are one operating point, so they must have one `repr`.

    Raises:
        CodecError: the value is not allowed; the message lists those that are.
    """
    value = getattr(codec, field)
    values = tuple(allowed)
    if value not in values or isinstance(value, bool):
        texts = [v for v in values if isinstance(v, str)]
        listed = ", ".join(v if isinstance(v, str) else f"{v:g}" for v in values)
        near = nearest(value, texts) if isinstance(value, str) else ""
        guess = f"did you mean {near}? " if near else ""
        raise CodecError(f"{codec.name} has no {field}={value!r}; {guess}there are: {listed}")
    object.__setattr__(codec, field, values[values.index(value)])
