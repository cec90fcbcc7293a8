"""One way to compile an inner loop.

numba takes half a second to import: what uses this is imported where it is called.
"""

from collections.abc import Callable
from typing import Any, TypeVar, cast

import numba

F = TypeVar("F", bound=Callable[..., Any])


def compiled(function: F) -> F:
    """The function in strict IEEE arithmetic, kept on disk between processes."""
    return cast(F, numba.njit(cache=True, error_model="numpy")(function))
