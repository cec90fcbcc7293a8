"""The table of the site's first page: the report's leaderboard, with delay, arithmetic, terms."""

import math
from collections.abc import Iterator
from typing import Any

from ..page.leaderboard import board as board_lines
from ..page.leaderboard import heads as board_heads
from .board import Board, licences

_LEADING = 3  # columns before these: condition, bitrate, items
_OWN = (
    ("delay/ms", "algorithmic delay of encoder and decoder", "lower"),
    ("GMAC/s", "10^9 multiply-accumulates for a second of audio", "lower"),
    ("licence", "of the code, and of published weights", ""),
)
NOT_STATED = "not stated"
SEPARATOR = "|"  # of licences in a line's facts


def heads(board: Board) -> list[dict[str, str]]:
    """The heads of its columns."""
    listed = list(board_heads(board.scores))
    own = [
        {"short": short, "long": long, "better": better, "arrow": "", "class": "", "common": ""}
        for short, long, better in _OWN
    ]
    return [*listed[:_LEADING], *own, *listed[_LEADING:]]


def lines(board: Board) -> Iterator[dict[str, Any]]:
    """Its lines: by kind, the best first; each leads to its codec's page."""
    for line in board_lines(board.material):
        name = line["name"]
        delay, macs = board.delay_ms(name), board.cost(name, "macs_per_second")
        told = terms(board, name) if line["kind"] == "codec" else []
        own = [
            _cell("" if delay is None else delay, delay_text(delay)),
            _cell("" if macs is None else macs, macs_text(macs)),
            _cell(" / ".join(told), " / ".join(told) or "–"),
        ]
        place = _LEADING - 1  # the name is no cell
        facts = {
            "delay": own[0]["value"],
            "macs": own[1]["value"],
            "licence": SEPARATOR.join(told),
            "paper": board.source(name)["paper"],
        }
        yield line | {
            "cells": [*line["cells"][:place], *own, *line["cells"][place:]],
            "facts": facts,
            "href": board.codec_of[name].page,
        }


def terms_of(board: Board) -> list[str]:
    """All licences by which lines can be chosen, in their order."""
    told = {text for name in board.scores.of_kind("codec") for text in terms(board, name)}
    return sorted(told, key=lambda text: (text == NOT_STATED, text.lower()))


def terms(board: Board, condition: str) -> list[str]:
    """The licences of a codec, or that none is stated."""
    return licences(board.source(condition)) or [NOT_STATED]


def _cell(value: float | str, text: str) -> dict[str, Any]:
    shown = "Infinity" if value == math.inf else value  # as JavaScript reads it
    return {"value": shown, "text": text, "class": "", "rank": None, "interval": ""}


def delay_text(milliseconds: float | None) -> str:
    """A delay, or that the codec needs the whole signal."""
    if milliseconds is None:
        return "–"
    return "whole signal" if math.isinf(milliseconds) else f"{milliseconds:.1f}"


def macs_text(per_second: float | None) -> str:
    """Multiply-accumulates for a second of audio, in 10^9."""
    return "–" if per_second is None else f"{per_second / 1e9:.3g}"
