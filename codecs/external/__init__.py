"""Codecs of other people, declared in a suite: programs, and folders of decoded audio.

    [[condition]]
    codec = "mycodec"                                     # its name in every table
    encode = "mycodec encode --kbps {kbps} {in} {out}"    # see `command`
    decode = "mycodec decode {in} {out}"
    kbps = [6, 12]
    sample_rate = 16000

    [[condition]]
    codec = "theirs"
    decoded = "decoded/theirs"                            # see `decoded`
    kbps = 3
    sample_rate = 24000

`folder` is where the suite lies: `{suite}` in a command, and what a relative path starts from.
"""

import re
from collections.abc import Mapping
from dataclasses import fields
from typing import TYPE_CHECKING, Any

from ..base import Codec, CodecError

if TYPE_CHECKING:
    from .command import Command
    from .decoded import Decoded

_NAME = re.compile(r"[A-Za-z][A-Za-z0-9._+-]{0,63}")
_RENAMED = {"encode": "encoder", "decode": "decoder"}  # Codec has methods of these names


def kind_of(settings: Mapping[str, Any]) -> "type[Command] | type[Decoded] | None":
    """What these settings declare; None for a codec of the registry."""
    from .command import Command
    from .decoded import Decoded

    if "decoded" in settings:
        return Decoded
    return Command if {*_RENAMED, *_RENAMED.values()} & settings.keys() else None


def command_lines(settings: Mapping[str, Any]) -> list[str]:
    """What would be run to code with these settings; nothing for codecs that are no programs."""
    return [str(settings[key]) for pair in _RENAMED.items() for key in pair if key in settings]


def declared(name: str, settings: Mapping[str, Any]) -> Codec:
    """The operating point that these settings declare; its codec is called `name`.

    Raises:
        CodecError: a setting is missing, unknown or of another type.
    """
    kind = kind_of(settings)
    assert kind is not None, "neither a program nor a folder"
    if not _NAME.fullmatch(name):
        raise CodecError(
            f"a codec cannot be called {name!r}: allowed are ASCII letters, digits and . _ + - "
            "beginning with a letter"
        )
    given = {_RENAMED.get(key, key): value for key, value in settings.items()} | {"name": name}
    shown = {field: key for key, field in _RENAMED.items()}
    allowed = [field.name for field in fields(kind)]
    for key in given:
        if key not in allowed:
            keys = ", ".join(shown.get(field, field) for field in allowed if field != "name")
            raise CodecError(f"{name}: {kind.what} has no setting {key!r}; it has: {keys}")
    return kind(**given)
