"""Finds codecs by their files and makes operating points from names or settings.

A file defines `CODEC`, or `CODECS` where several classes are one idea.

Another package adds a codec by an entry point of the group `nscbench.codecs`:

    [project.entry-points."nscbench.codecs"]
    mycodec = "mypackage.mymodule:MyCodec"
"""

import re
from collections.abc import Mapping
from dataclasses import fields
from typing import Any

from ..metrics.machinery.names import nearest, unknown
from ..metrics.machinery.plugins import Registry, concrete_class
from .base import Codec, CodecError, Unavailable
from .external import declared, kind_of

FOLDERS = ("controls", "conventional", "neural", "published")

_LABEL = re.compile(r"[A-Za-z][A-Za-z0-9._+=,-]{0,63}")


REGISTRY: Registry[type[Codec]] = Registry(
    noun="codec",
    group="nscbench.codecs",
    folders=tuple(f"{__package__}.{folder}" for folder in FOLDERS),
    attributes=("CODEC", "CODECS"),
    checked=lambda value: concrete_class(value, Codec, "nscbench.codecs.Codec", "name"),
    name_of=lambda codec, _: codec.name,
    tried=lambda codec: codec.unavailable(),
)


def available() -> dict[str, type[Codec]]:
    """Every codec class by its name: the folders in the order of `FOLDERS`, then entry points."""
    return REGISTRY.found.plugins


def make(name: str, settings: Mapping[str, Any]) -> Codec:
    """The operating point of codec `name` with these settings, or of a declared one (`external`).

    Raises:
        CodecError: no such codec or setting, or a value that the codec refuses.
        Unavailable: what the codec runs on is missing here.
    """
    made = unchecked(name, settings)
    if missing := made.lacking:
        raise Unavailable(f"{made.condition} cannot run here: {missing}")
    return made


def unchecked(name: str, settings: Mapping[str, Any]) -> Codec:
    """The same, whether or not it can run here.

    Raises:
        CodecError: no such codec or setting, or a value that the codec refuses.
    """
    label = settings.get("label", "")
    if not isinstance(label, str) or (label and not _LABEL.fullmatch(label)):
        raise CodecError(
            f"{name} cannot have the label {label!r}: allowed are ASCII letters, digits and "
            ". _ + = , - beginning with a letter"
        )
    classes = available()
    if kind_of(settings):
        if name in classes:
            raise CodecError(f"there is a codec {name!r} already; declare yours under another name")
        return declared(name, settings)
    if name not in classes:
        raise CodecError(unknown("codec", name, classes))
    codec = classes[name]
    allowed = [field.name for field in fields(codec)]
    for key in settings:
        if key not in allowed:
            near = nearest(key, allowed)
            guess = f"did you mean {near}? " if near else ""
            raise CodecError(
                f"{name} has no setting {key!r}; {guess}it has: {', '.join(allowed) or 'none'}"
            )
    return codec(**settings)


def get(condition: str) -> Codec:
    """The operating point of a condition's name, such as `opus-6` or `mel2mel-3-nfe10`.

    Raises:
        CodecError: the name does not name an operating point.
        Unavailable: what the codec runs on is missing here.
    """
    name = max(
        (n for n in available() if condition == n or condition.startswith(n + "-")),
        key=len,
        default="",
    )
    if not name:
        raise CodecError(unknown("codec", condition, available()))
    codec = available()[name]
    settings: dict[str, Any] = {}
    for word in condition[len(name) + 1 :].split("-") if condition != name else ():
        key, value = _setting(codec, word, condition)
        if key in settings:
            raise CodecError(f"{condition!r} states {key} twice")
        settings[key] = value
    return make(name, settings)


def _setting(codec: type[Codec], word: str, condition: str) -> tuple[str, Any]:
    """Field and value of one word of a condition's name: `6`, `nfe10`."""
    main = codec.main_field
    if main and re.fullmatch(r"\d+(\.\d+)?", word):
        return main, _number(word)
    for field in sorted(fields(codec), key=lambda f: -len(f.name)):
        if not field.metadata.get("in_name", True):
            continue
        if word.startswith(field.name) and word != field.name:
            value = word[len(field.name) :]
            return field.name, _number(value) if re.fullmatch(r"\d+(\.\d+)?", value) else value
    raise CodecError(f"{condition!r}: {codec.name} does not know the setting {word!r}")


def _number(text: str) -> int | float:
    return float(text) if "." in text else int(text)
