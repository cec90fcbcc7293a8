"""Remembers what was computed from signals, by their content.

Every condition is measured against the same references, and several columns come from one analysis
of the same pair: both are computed once per process, whatever arrays hold the samples.
"""

from collections import OrderedDict
from collections.abc import Callable
from functools import update_wrapper
from hashlib import blake2b
from threading import Lock
from typing import Any, Generic, TypeVar, TypeVarTuple
from weakref import WeakSet

import numpy as np

Arguments = TypeVarTuple("Arguments")
Value = TypeVar("Value")


def _one(_: object) -> int:
    return 1


class Remembered(Generic[*Arguments, Value]):
    """A function, and its latest values."""

    def __init__(
        self, function: Callable[[*Arguments], Value], limit: int, size: Callable[[Any], int]
    ) -> None:
        self._function, self._limit, self._size = function, limit, size
        self._values: OrderedDict[bytes, tuple[Value, int]] = OrderedDict()
        self._total = 0
        self._lock = Lock()
        update_wrapper(self, function)
        _caches.add(self)

    def __call__(self, *arguments: *Arguments) -> Value:
        key = _digest(arguments)
        with self._lock:
            if key in self._values:
                self._values.move_to_end(key)
                return self._values[key][0]
        value = self._function(*arguments)
        with self._lock:
            if key not in self._values:  # another thread may have been faster
                self._values[key] = value, self._size(value)
                self._total += self._values[key][1]
            while self._total > self._limit:
                self._total -= self._values.popitem(last=False)[1][1]
        return value

    def cache_clear(self) -> None:
        """Forget all values."""
        with self._lock:
            self._values.clear()
            self._total = 0


_caches: WeakSet[Remembered[*tuple[Any, ...], Any]] = WeakSet()


def forget() -> None:
    """Clear every cache of the process, as if no signal had been measured in it."""
    for cache in _caches:
        cache.cache_clear()


def remember(
    limit: int, size: Callable[[Any], int] = _one
) -> Callable[[Callable[[*Arguments], Value]], Remembered[*Arguments, Value]]:
    """Decorates a function of positional arrays and numbers: its latest values are kept.

    Values are shared between callers, so they must not be written to. What raises is not kept.

    Args:
        limit: of the sum of the sizes of the values that are kept.
        size: of a value; 1 unless told, so that `limit` values are kept.
    """
    return lambda function: Remembered(function, limit, size)


def _digest(arguments: tuple[object, ...]) -> bytes:
    digest = blake2b(digest_size=16)
    for argument in arguments:
        array = np.ascontiguousarray(argument)
        digest.update(f"{array.dtype.str}{array.shape}".encode())
        digest.update(array.tobytes())
    return digest.digest()
