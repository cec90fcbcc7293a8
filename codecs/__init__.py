"""The codecs. One file in `conventional/`, `controls/`, `neural/` or `published/` is one codec.

`available()` lists them, `get("opus-6")` makes an operating point from its condition name.
"""

from .base import Codec, CodecError, Unavailable
from .registry import available, get, make

__all__ = ["Codec", "CodecError", "Unavailable", "available", "get", "make"]
