"""The categories of opinion scales, as numbers and as the words that listeners read.

acr     ITU-T P.800 Table B.1, excellent 5 to bad 1
dcr     Table D.1, degradation is inaudible 5 to very annoying 1
ccr     Table E.1, much better 3 to much worse -3
"""

import re
from collections.abc import Mapping

from ..schema import brief
from ..votes import VOTES

WORDS: Mapping[str, Mapping[str, int]] = {
    "acr": {
        **{"excellent": 5, "good": 4, "fair": 3, "poor": 2, "bad": 1},
        **{"ausgezeichnet": 5, "gut": 4, "ordentlich": 3, "dürftig": 2, "schlecht": 1},
    },
    "dcr": {
        "inaudible": 5,
        "imperceptible": 5,
        "audible but not annoying": 4,
        "perceptible but not annoying": 4,
        "slightly annoying": 3,
        "annoying": 2,
        "very annoying": 1,
        "unhörbar": 5,
        "hörbar, aber nicht störend": 4,
        "etwas störend": 3,
        "störend": 2,
        "sehr störend": 1,
    },
    "ccr": {
        **{"much better": 3, "better": 2, "slightly better": 1, "about the same": 0},
        **{"slightly worse": -1, "worse": -2, "much worse": -3},
        **{"viel besser": 3, "besser": 2, "etwas besser": 1, "etwa gleich": 0},
        **{"etwas schlechter": -1, "schlechter": -2, "viel schlechter": -3},
    },
}
NAMES: Mapping[str, tuple[str, ...]] = {  # from the lowest category upwards
    "acr": ("bad", "poor", "fair", "good", "excellent"),
    "dcr": ("very annoying", "annoying", "slightly annoying", "audible", "inaudible"),
    "ccr": (
        *("much worse", "worse", "slightly worse", "same"),
        *("slightly better", "better", "much better"),
    ),
}
NOT_ANSWERED = ("", "na", "nan", "none", "null", "undefined")

_NUMBER = re.compile(r"[+-]?(\d+([.,]\d*)?|[.,]\d+)")


def category_of(sent: str, own: Mapping[str, int]) -> tuple[float, str] | str:
    """The number of a category, and what kind of text said it; or why it is none.

    Args:
        sent: as the file has it.
        own: further words with their numbers, in lower case; they come first.

    Returns:
        The number with "" (a number), "," (one with a decimal comma), "own", or the test whose word
        it is.
    """
    text = " ".join(sent.casefold().split())
    if text in own:
        return float(own[text]), "own"
    if text in NOT_ANSWERED:
        return "not answered"
    if _NUMBER.fullmatch(text):
        return float(text.replace(",", ".")), "," if "," in text else ""
    for test, words in WORDS.items():
        if text in words:
            return float(words[text]), test
    return (
        f"the score {brief(sent)} is neither a number nor a word of a scale; words of a scale of "
        "your own are given from worst to best: --categories WORST,...,BEST"
    )


def out_of_scale(score: float, test: str) -> str:
    """Why a number is no category of this test; "" if it is one."""
    scale = VOTES[test]
    if score == int(score) and int(score) in scale:
        return ""
    return (
        f"the score {score:g} is no category of {test}: these are the whole numbers from "
        f"{scale[0]} to {scale[-1]}"
    )
