"""What is in the body of a post: one JSON object, or a session as webMUSHRA sends it."""

import json
import math
from hashlib import blake2b
from typing import Any
from urllib.parse import parse_qs

from ..schema import SESSION_FIELD
from .record_error import RecordError

DEEPEST = 32  # levels of lists and objects; a session has 5


def object_of(body: bytes) -> dict[str, Any]:
    """The JSON object in a body.

    Raises:
        RecordError: not UTF-8, not JSON, not an object, nested too deeply, or with NaN or
            infinity.
    """
    try:
        found = json.loads(
            body.decode(), parse_constant=_refuse_constant, parse_float=_finite_float
        )
    except (ValueError, RecursionError) as error:
        raise RecordError(f"not JSON: {error}") from error
    if not isinstance(found, dict):
        raise RecordError("not a JSON object")
    if _is_deeper(found, DEEPEST):
        raise RecordError(f"nested more than {DEEPEST} deep")
    return found


def _is_deeper(value: object, levels: int) -> bool:
    """Are lists and objects nested in more levels? Without recursion, whose depth is limited."""
    level = [value]
    for _ in range(levels + 1):
        containers = [v for v in level if isinstance(v, dict | list)]
        if not containers:
            return False
        level = [v for c in containers for v in (c.values() if isinstance(c, dict) else c)]
    return True


def _refuse_constant(name: str) -> None:
    raise ValueError(f"{name} is no JSON")


def _finite_float(text: str) -> float:
    value = float(text)
    if not math.isfinite(value):
        raise ValueError(f"{text} is too large")
    return value


def beginner(sent: dict[str, Any]) -> tuple[str, str]:
    """Listener and session of who begins a test.

    Raises:
        RecordError: they are not there.
    """
    listener, session = sent.get("listener"), sent.get("session")
    for text in (listener, session):
        if not isinstance(text, str) or not 0 < len(text) <= 64 or not text.isprintable():
            raise RecordError("who begins has listener and session, of 1 to 64 characters each")
    return str(listener), str(session)


def session_of(body: bytes) -> dict[str, Any]:
    """The session in a post of webMUSHRA: raw behind `sessionJSON=`, or properly encoded.

    Raises:
        RecordError: it is none.
    """
    name = SESSION_FIELD.encode()
    if not body.startswith(name):
        raise RecordError(f"a session starts with {SESSION_FIELD}")
    try:
        session = object_of(body.removeprefix(name))
    except RecordError:
        fields = parse_qs(body.decode(errors="replace"))
        session = object_of(fields.get(SESSION_FIELD.rstrip("="), [""])[0].encode())
    if not isinstance(session.get("testId"), str) or not isinstance(session.get("trials"), list):
        raise RecordError("a session of webMUSHRA has testId and trials")
    return session


def session_id(session: Any) -> str:
    """Digest of the content: webMUSHRA has no id for one act of sending."""
    if not isinstance(session, dict):
        raise TypeError("a session is an object")
    text = json.dumps(session, sort_keys=True)
    return blake2b(text.encode(), digest_size=16).hexdigest()
