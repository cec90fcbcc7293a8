"""What a test says and asks beside its trials: a TOML file, for panels and ethics boards.

    language = "en"                  # of these texts, and where the page begins; or "de"
    title = "Listening test"
    logo = "logo.png"                # PNG, JPEG or SVG, beside the file
    welcome = "..."                  # on the first page; a blank line starts a paragraph
    task = "..."                     # on the training page, in place of our words
    standard_questions = true        # those for headphones and experience

    [consent]
    text = "..."                     # nothing begins before it is agreed to

    [participant]
    parameter = "PROLIFIC_PID"       # of the page's address; where it lacks, listeners are asked
    required = true

    [requirements]
    headphones = "offered"           # or "asked": not to be skipped; or "required": to be passed
    seconds = 2.0                    # that each signal is heard before the next trial

    [completion]
    text = "..."                     # on the last page
    link = "https://..."             # {participant} is the participant's id

    [[question]]                     # any number up to 20
    name = "hearing"                 # in the results
    text = "..."
    choices = ["...", "..."]         # without them, an answer of up to 64 characters is typed
    required = false

Every key may be left out but a question's name and text. All of it is text: no HTML is read.
"""

import re
import tomllib
from base64 import b64encode
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass
from difflib import get_close_matches
from pathlib import Path
from typing import Any

from ..schema import BuildError

LANGUAGES = ("en", "de")
HEADPHONES = ("offered", "asked", "required")
STANDARD_QUESTIONS = ("device", "experience")
LOGO_TYPES = {".png": "image/png", ".jpg": "image/jpeg", ".jpeg": "image/jpeg"} | {
    ".svg": "image/svg+xml"
}
LARGEST_LOGO = 256 * 1024  # bytes
MOST_QUESTIONS = 20
LONGEST_ANSWER = 64  # characters, of records
LONGEST_WAIT = 60.0  # seconds that a signal can be asked to be heard

_NAME = re.compile(r"[A-Za-z][A-Za-z0-9_-]{0,63}")
_RESERVED = ("plan", "headphones", *STANDARD_QUESTIONS)
_LINK = re.compile(r"https?://[^\s<>\"\\^`{|}]+(\{participant\}[^\s<>\"\\^`{|}]*)?")

Check = Callable[[Any], bool]


@dataclass(frozen=True)
class Question:
    """One question of the page before the trials; without `choices`, the answer is typed."""

    name: str
    text: str
    choices: tuple[str, ...] = ()
    required: bool = False


@dataclass(frozen=True)
class Configuration:
    """What the player shows and asks for; "" or () for nothing. `logo` is a data URI."""

    language: str = ""
    title: str = ""
    logo: str = ""
    welcome: str = ""
    task: str = ""
    standard_questions: bool = True
    consent: str = ""
    participant: str = ""
    participant_required: bool = False
    headphones: str = HEADPHONES[0]
    seconds: float = 0.0
    completion: str = ""
    link: str = ""
    questions: tuple[Question, ...] = ()

    def described(self) -> dict[str, Any]:
        """As the player has it: JSON."""
        return asdict(self)

    def requirements(self) -> dict[str, Any]:
        """What listeners must have met, as the key has it for the analysis."""
        return {"headphones": self.headphones, "seconds": self.seconds}


PLAIN = Configuration()


def read_configuration(path: Path) -> Configuration:
    """The configuration in a file.

    Raises:
        BuildError: it cannot be read, or has a key or a value that is not allowed: the first.
    """
    try:
        told = tomllib.loads(path.read_text("utf-8-sig"))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError, RecursionError) as error:
        raise BuildError(f"{path} cannot be read as a configuration: {error}") from error
    where = str(path)
    _check(where, told, {**_TOP, **dict.fromkeys((*_TABLES, "question"))})
    parts = {name: _table(where, told, name, form) for name, form in _TABLES.items()}
    plain = {name: told[name] for name in _TOP if name in told}
    if logo := plain.get("logo"):
        plain["logo"] = _logo(where, path.parent / logo)
    return Configuration(
        **plain,
        consent=parts["consent"].get("text", ""),
        participant=parts["participant"].get("parameter", ""),
        participant_required=parts["participant"].get("required", False),
        headphones=parts["requirements"].get("headphones", HEADPHONES[0]),
        seconds=float(parts["requirements"].get("seconds", 0.0)),
        completion=parts["completion"].get("text", ""),
        link=parts["completion"].get("link", ""),
        questions=_questions(where, told.get("question", [])),
    )


def _table(where: str, told: Mapping[str, Any], name: str, form: "Form") -> dict[str, Any]:
    table = told.get(name, {})
    if not isinstance(table, dict):
        raise BuildError(f"{where}: {name} is a table: [{name}]")
    _check(f"{where}: [{name}]", table, form)
    if name == "participant" and table and "parameter" not in table:
        raise BuildError(f"{where}: [{name}] lacks parameter, the name of one in the address")
    return table


def _questions(where: str, told: object) -> tuple[Question, ...]:
    if not isinstance(told, list) or not all(isinstance(entry, dict) for entry in told):
        raise BuildError(f"{where}: a question is a table of a list: [[question]]")
    if len(told) > MOST_QUESTIONS:
        raise BuildError(f"{where}: {len(told)} questions; {MOST_QUESTIONS} are allowed")
    found = []
    for number, entry in enumerate(told, 1):
        place = f"{where}: question {number}"
        _check(place, entry, _QUESTION)
        if lacking := [name for name in ("name", "text") if name not in entry]:
            raise BuildError(f"{place} lacks {lacking[0]}")
        found.append(Question(**{**entry, "choices": tuple(entry.get("choices", ()))}))
    names = [question.name for question in found]
    if twice := [name for name in names if names.count(name) > 1]:
        raise BuildError(f"{where}: two questions are called {twice[0]}")
    return tuple(found)


def _check(where: str, table: Mapping[str, Any], form: Mapping[str, Any]) -> None:
    """Refuse keys that are not in the form, and values that it does not allow."""
    for key, value in table.items():
        if key not in form:
            near = get_close_matches(key, form, 1)
            meant = f" (did you mean {near[0]}?)" if near else ""
            raise BuildError(f"{where}: unknown key {key!r}{meant}; allowed are {', '.join(form)}")
        if form[key] and not form[key][0](value):
            shown = repr(value) if len(repr(value)) <= 80 else f"{repr(value)[:77]}..."
            raise BuildError(f"{where}: {key} is {shown}; allowed is {form[key][1]}")


def _logo(where: str, path: Path) -> str:
    """An image as a data URI: pages on file:// and under our server's policy show it, too."""
    kind = LOGO_TYPES.get(path.suffix.lower())
    if kind is None:
        raise BuildError(f"{where}: logo {path.name} is not one of {', '.join(LOGO_TYPES)}")
    try:
        content = path.read_bytes()
    except OSError as error:
        raise BuildError(f"{where}: logo {path}: {error.strerror}") from error
    if not 0 < len(content) <= LARGEST_LOGO:
        raise BuildError(f"{where}: logo {path} has {len(content)} bytes; 1 to {LARGEST_LOGO} fit")
    return f"data:{kind};base64,{b64encode(content).decode()}"


def _is_line(value: object) -> bool:
    return isinstance(value, str) and 0 < len(value) <= LONGEST_ANSWER and value.isprintable()


def _is_word(value: object) -> bool:
    return isinstance(value, str) and bool(_NAME.fullmatch(value)) and value not in _RESERVED


def _is_link(value: object) -> bool:
    return isinstance(value, str) and len(value) <= 2000 and bool(_LINK.fullmatch(value))


def _is_number(value: object) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


Form = Mapping[str, tuple[Check, str]]

_FLAG = (lambda value: isinstance(value, bool), "true or false")
_LINE = (_is_line, f"a line of 1 to {LONGEST_ANSWER} characters")
_TEXT = (
    lambda value: isinstance(value, str) and 0 < len(value.strip()) <= 20_000,
    "a text of 1 to 20000 characters",
)
_WORD = (
    _is_word,
    "a word of up to 64 letters, digits, _ and -, that begins with a letter and is none of "
    + ", ".join(_RESERVED),
)
_TOP: Form = {
    "language": (lambda value: value in LANGUAGES, " or ".join(LANGUAGES)),
    "title": _LINE,
    "logo": (lambda value: isinstance(value, str) and bool(value), "the name of an image file"),
    "welcome": _TEXT,
    "task": _TEXT,
    "standard_questions": _FLAG,
}
_TABLES: Mapping[str, Form] = {
    "consent": {"text": _TEXT},
    "participant": {"parameter": _WORD, "required": _FLAG},
    "requirements": {
        "headphones": (lambda value: value in HEADPHONES, ", ".join(HEADPHONES)),
        "seconds": (
            lambda value: _is_number(value) and 0 <= value <= LONGEST_WAIT,
            f"a number from 0 to {LONGEST_WAIT:g}",
        ),
    },
    "completion": {
        "text": _TEXT,
        "link": (
            _is_link,
            "an address that begins with https:// or http://; {participant} may stand in it",
        ),
    },
}
_QUESTION: Form = {
    "name": _WORD,
    "text": _TEXT,
    "choices": (
        lambda value: (
            isinstance(value, list)
            and 2 <= len(value) <= 20
            and all(map(_is_line, value))
            and len(set(value)) == len(value)
        ),
        f"a list of 2 to 20 different lines of up to {LONGEST_ANSWER} characters",
    ),
    "required": _FLAG,
}
