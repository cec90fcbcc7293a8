"""The files of a listening test, and where they are; what is in them, `schema` says.

Beside the folder, never in it, is what a listener must not get:

    FOLDER/                   what listeners get, and nothing that unblinds it
    FOLDER/test.js            the test's description: a JSON object after an assignment, because a
                              page on file:// may load scripts but not fetch JSON
    FOLDER.key.json           what each blind id is
    FOLDER.results.jsonl      what listeners sent to our player's server
    FOLDER.webmushra.jsonl    what they sent from webMUSHRA
    FOLDER.*.torn             half lines that a killed server left in one of these
    FOLDER.token              of the links to a server that is not on the loopback

FOLDER is the folder itself, whatever links lead to it: a test has one key and one file of results.
"""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from ..benchmarks.store.atomic import write_atomically
from .schema import SCHEMA, BuildError

_BEFORE, _AFTER = "window.Mushra = window.Mushra || {};\nwindow.Mushra.test = ", ";\n"


def beside(folder: Path, suffix: str) -> Path:
    """A file next to the test's folder, so that serving the folder cannot serve it.

    Raises:
        BuildError: nothing can be next to the root of the file system.
    """
    path = folder.resolve()
    if not path.name:
        raise BuildError(f"{folder} is the root of the file system, not a folder of a test")
    return path.with_name(path.name + suffix)


def key_path(folder: Path) -> Path:
    """The key of the test in a folder."""
    return beside(folder, ".key.json")


def write_description(description: Mapping[str, Any], folder: Path) -> None:
    """Write a test's description into its folder."""
    text = json.dumps(description, indent=1)
    write_atomically(folder / "test.js", f"{_BEFORE}{text}{_AFTER}".encode())


def read_description(folder: Path) -> dict[str, Any]:
    """The description in a test's folder.

    Raises:
        BuildError: there is none, or it is damaged.
    """
    path = folder / "test.js"
    try:
        text = path.read_text("utf-8")
        description = json.loads(text.removeprefix(_BEFORE).removesuffix(_AFTER))
    except OSError as error:
        raise BuildError(
            f"{folder} holds no listening test ({path.name}: {error.strerror}); "
            "`nscbench mushra build` makes one"
        ) from error
    except ValueError as error:
        raise BuildError(f"{path} is damaged: {error}") from error
    if not isinstance(description, dict) or description.get("schema") != SCHEMA:
        raise BuildError(f"{path} is not a test of schema {SCHEMA}")
    return description
