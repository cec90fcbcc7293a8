"""The manifest of a finished run, `manifest.json`: read, and held against its form.

Commands that read a run rely on it: what is missing or cannot be is one clear error here, and not
a `KeyError` elsewhere. Whether it is true is the business of `verification`.
"""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from ...codecs.external import command_lines
from .received import read_json
from .results import MOST_DRAWS
from .run_directory import RunDirectory, RunError

# A type; the allowed values; the keys that must be there, "*" for any; a list of one form
_FORM: dict[str, Any] = {
    **{key: str for key in ("nscbench", "started", "finished", "seeds")},
    "device": ("cpu", "cuda"),
    "failures": int,
    "suite": {"name": str, "title": str, "draws": int},
    "conditions": [
        {
            **{key: str for key in ("condition", "codec", "settings", "fingerprint", "backend")},
            "kind": ("codec", "control", "oracle"),
            "sample_rate": int,
            "nominal_kbps": float,
            "stochastic": bool,
        }
    ],
    "metrics": [{"metric": str, "version": str}],
    "unavailable": {"*": str},
    "hardware": {},
    "packages": {"*": str},
    "items": [
        {"id": str, "path": str, "speaker": str, "sex": str, "seconds": float, "sha256": str}
    ],
}

# The same of what manifests of older runs lack
_LATER: dict[str, Any] = {
    "not_run": [
        {
            **{key: str for key in ("condition", "codec", "reason")},
            "kind": ("codec", "control", "oracle"),
            "nominal_kbps": float,
        }
    ],
    "not_measured": {"*": str},
    "sources": {"*": {key: str for key in ("paper", "licence", "weights_licence")}},
}


def read_run_manifest(directory: RunDirectory) -> dict[str, Any]:
    """The manifest of a run.

    Raises:
        RunError: there is none, it is not JSON, or not of the form above: the first fault.
    """
    path = directory.manifest
    try:
        manifest: dict[str, Any] = read_json(directory.root, path)
    except FileNotFoundError as error:
        raise RunError(f"{directory.root}: not a finished run: it has no {path.name}") from error
    except OSError as error:
        raise RunError(f"{path}: cannot be read: {error.strerror}") from error
    form = _FORM | {key: part for key, part in _LATER.items() if key in manifest}
    for fault in _faults(manifest, form, ""):
        raise RunError(f"{path}: {fault}")
    for fault in _senseless(manifest):
        raise RunError(f"{path}: {fault}")
    return manifest


def refuse_programs(manifest: Mapping[str, Any]) -> None:
    """Stop before the command lines of somebody else's manifest are run.

    Raises:
        RunError: some of its codecs are programs; their command lines.
    """
    settings = manifest.get("arguments", {}).values()
    if lines := dict.fromkeys(line for given in settings for line in command_lines(given)):
        raise RunError(
            "to code again what this run coded, programs are run with your rights, as its manifest "
            "says. Give --programs if you trust them:\n  " + "\n  ".join(map(repr, lines))
        )


def _faults(value: Any, form: Any, where: str) -> Iterator[str]:
    """What is not of its form, in words that name the place."""
    if isinstance(form, tuple):
        if value not in form:
            yield f"{where} is {_shown(value)}; allowed are {', '.join(form)}"
    elif isinstance(form, type):
        if not _is(value, form):
            yield f"{where} is {_shown(value)}, not a {form.__name__}"
    elif not isinstance(value, type(form)):
        yield f"{where or 'its content'} is not a {type(form).__name__}"
    elif isinstance(form, list):
        for number, entry in enumerate(value):
            yield from _faults(entry, form[0], f"{where}[{number}]")
    elif "*" in form:
        for key, entry in value.items():
            yield from _faults(entry, form["*"], f"{where}.{key}")
    else:
        for key, part in form.items():
            place = f"{where}.{key}" if where else key
            if key not in value:
                yield f"lacks {place}"
            else:
                yield from _faults(value[key], part, place)


def _is(value: object, kind: type) -> bool:
    if kind is float:
        return isinstance(value, int | float) and not isinstance(value, bool)
    return isinstance(value, kind) and (kind is bool or not isinstance(value, bool))


def _shown(value: object) -> str:
    """A value in a message, short."""
    text = repr(value)
    return text if len(text) <= 80 else f"{text[:77]}..."


def _senseless(manifest: Mapping[str, Any]) -> Iterator[str]:
    names = {
        "conditions": [entry["condition"] for entry in manifest["conditions"]],
        "metrics": [entry["metric"] for entry in manifest["metrics"]],
        "items": [entry["id"] for entry in manifest["items"]],
    }
    for kind, known in names.items():
        if not known:
            yield f"has no {kind}"
        if twice := _twice(known):
            yield f"has {twice} more than once among its {kind}"
    given = manifest.get("arguments", {})  # which older runs lack
    if not isinstance(given, dict) or not all(isinstance(part, dict) for part in given.values()):
        yield "has arguments that are not settings by condition"
    if (draws := manifest["suite"]["draws"]) < 1:
        yield f"suite.draws is {draws}; at least 1 is allowed"
    if draws > MOST_DRAWS:
        yield f"suite.draws is {draws}; at most {MOST_DRAWS} are allowed"
    if not _is(manifest["suite"].get("normalize", 0.0), float):
        yield f"suite.normalize is {manifest['suite']['normalize']!r}, not a number"
    if not _is(manifest["suite"].get("sample_rate", 16_000), int):
        yield f"suite.sample_rate is {manifest['suite']['sample_rate']!r}, not a whole number"
    elif "sample_rate" in manifest["suite"]:
        for entry in manifest["metrics"]:
            if not _is(entry.get("sample_rate"), int):
                yield f"does not say at which sample_rate {entry['metric']} was measured"
    for entry in manifest["items"]:
        columns = entry.get("columns", {})  # which older runs lack
        said = [entry.get("language", ""), *columns.values()] if isinstance(columns, dict) else [0]
        if not all(isinstance(text, str) for text in said):
            yield f"the item {entry['id']} has a language or columns that are not text"
        if entry["seconds"] <= 0:
            yield f"the item {entry['id']} is {entry['seconds']} s long"
        if not all(_is(entry.get(key, ""), str) for key in ("reference", "reference_sha256")):
            yield f"the item {entry['id']} has a reference that is no text"
    for entry in manifest["conditions"]:
        tokens = entry.get("tokens", {})  # which older runs lack
        if not isinstance(tokens, dict) or not all(_is(v, float) for v in tokens.values()):
            yield f"the tokens of {entry['condition']} are not numbers by column"
        for key, least in (("sample_rate", 1), ("nominal_kbps", 0)):
            if entry[key] < least:
                yield f"the {key} of {entry['condition']} is {entry[key]}; at least {least}"


def _twice(names: Iterable[str]) -> str:
    return next((name for name, count in Counter(names).items() if count > 1), "")
