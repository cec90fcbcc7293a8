"""What the trained codecs are to reach: above Opus at twice their rate, and a good vocoder."""

from typing import NamedTuple

import pandas as pd

from ...benchmarks.store.scores import Scores, records
from ..columns import look
from ..tables.leaderboard import mean
from .answers import (
    NO,
    PARTLY,
    UNDECIDED,
    YES,
    Answer,
    TextTable,
    interval,
    probability,
    rounded,
    unanswered,
)
from .cells import CEILINGS, PROPOSED
from .duels import details, fight, too_few

OPUS, TARGETS = "opus-6", ("visqol", "pesq_wb", "dnsmos_ovrl")
ORACLE, ORACLE_COLUMN, ORACLE_TARGET = "mel-oracle", "visqol", 4.0
HEAD = (
    *("codec", "metric", "mean", "95 %", f"{OPUS}", "95 %", "separate", "misses by"),
    *("difference", "95 %", "p (Holm)", "n/N"),
)


class Height(NamedTuple):
    """Of one codec in one metric: is it above, and by how much does it miss to be so?"""

    codec: str
    column: str
    separate: bool
    missing: float
    line: tuple[str, ...]


def above_opus(scores: Scores, kbps: float) -> Answer:
    """Do the GAN baseline and mel2mel stand above Opus with separate intervals?"""
    codecs = [f"{codec}-{kbps:g}" for codec in ("gan", PROPOSED)]
    question = f"Do {' and '.join(codecs)} stand above {OPUS} in ViSQOL, PESQ and DNSMOS OVRL?"
    rule = (
        "Above: the whole 95 % interval of its mean lies above that of Opus, over the same items. "
        "It misses by what the lower bound lacks to the upper bound of Opus. Yes: all three. "
        "Paired differences are a finer test. Where the mean of the codec's oracle, which loses "
        "nothing to quantization, is not above Opus either, more bits could not do it: better "
        "networks or longer training could."
    )
    measured = [column for column in TARGETS if column in scores.ranked]
    duels = fight(scores, [(codec, OPUS) for codec in codecs] if measured else [], measured)
    lines = records(duels.table)
    if not lines:
        return unanswered(question, rule, duels.missing)
    heights = [_height(scores, line) for line in lines]
    if all(pd.isna(height.missing) for height in heights):
        found, sentence = UNDECIDED, too_few(scores)
    else:
        there = dict.fromkeys(height.codec for height in heights)
        of = {codec: [h for h in heights if h.codec == codec] for codec in there}
        found = "; ".join(f"{codec}: {_verdict(own)}" for codec, own in of.items())
        sentence = " ".join(
            f"{_sentence(codec, own)}{_needed(scores, codec, own)}" for codec, own in of.items()
        )
    table = TextTable("Means over the same items", HEAD, [height.line for height in heights])
    return Answer(question, found, sentence, rule, (table, details(duels)), duels.missing)


def _height(scores: Scores, line: dict[str, object]) -> Height:
    codec, column = str(line["a"]), str(line["column"])
    items = scores.common(column, [codec, OPUS]).index
    own, opus = (mean(scores, column, name, items) for name in (codec, OPUS))
    missing = opus[2] - own[1]
    cells = (
        *(codec, look(column).short, rounded(column, own[0]), interval(column, *own[1:])),
        *(rounded(column, opus[0]), interval(column, *opus[1:])),
        "yes" if missing < 0 else "–" if pd.isna(missing) else "no",
        rounded(column, missing) if missing >= 0 else "–",
        rounded(column, _float(line["difference"]), sign=True),
        interval(column, _float(line["low"]), _float(line["high"]), sign=True),
        probability(_float(line["p_holm"])),
        f"{line['n']}/{line['N']}",
    )
    return Height(codec, column, bool(missing < 0), float(missing), cells)


def _float(value: object) -> float:
    return float(str(value))


def _verdict(heights: list[Height]) -> str:
    above = sum(height.separate for height in heights)
    return YES if above == len(heights) == len(TARGETS) else PARTLY if above else NO


def _sentence(codec: str, heights: list[Height]) -> str:
    above = [look(h.column).short for h in heights if h.separate]
    missed = [
        f"{look(h.column).short} (misses by {rounded(h.column, h.missing)})"
        for h in heights
        if not h.separate
    ]
    absent = [look(c).short for c in TARGETS if c not in [h.column for h in heights]]
    parts = [
        f"above {OPUS} with separate intervals in {', '.join(above) or 'none'}",
        *([f"not in {', '.join(missed)}"] if missed else []),
        *([f"not measured: {', '.join(absent)}"] if absent else []),
    ]
    return f"{codec} is {'; '.join(parts)}."


def _needed(scores: Scores, codec: str, heights: list[Height]) -> str:
    """What a codec lacks where it misses: is it lost to quantization, or in its networks?"""
    oracle = CEILINGS["mel" if codec.startswith(PROPOSED) else "lat"]
    if oracle not in scores.conditions:
        return ""
    found = []
    for column in (height.column for height in heights if not height.separate):
        items = scores.common(column, [codec, OPUS, oracle]).index
        without, opus = (mean(scores, column, name, items)[0] for name in (oracle, OPUS))
        if pd.isna(without - opus):
            continue
        reached = "misses it too" if without <= opus else "is above it"
        found.append(f"{look(column).short} {rounded(column, without)} {reached}")
    return f" Without quantization ({oracle}): {', '.join(found)}." if found else ""


def oracle_height(scores: Scores) -> Answer:
    """Does the clean mel through the vocoder reach the target?"""
    short = look(ORACLE_COLUMN).short
    question = f"Does {ORACLE}, the clean mel through the vocoder, reach {short} {ORACLE_TARGET}?"
    rule = "Yes: the whole 95 % interval is at least that; no: all of it is less."
    if ORACLE not in scores.conditions:
        return unanswered(question, rule, [ORACLE])
    items = scores.of(ORACLE_COLUMN)[ORACLE].dropna().index
    if not len(items):
        return unanswered(question, rule, [], f"The runs have no value of {short} for {ORACLE}.")
    value, low, high = mean(scores, ORACLE_COLUMN, ORACLE, items)
    found = YES if low >= ORACLE_TARGET else NO if high < ORACLE_TARGET else UNDECIDED
    gap = ORACLE_TARGET - value
    short_of = f"{rounded(ORACLE_COLUMN, gap)} short of it" if gap > 0 else "at or above it"
    bounds = interval(ORACLE_COLUMN, low, high)
    sentence = (
        f"{ORACLE} has a {short} of {rounded(ORACLE_COLUMN, value)} {bounds} on "
        f"{len(items)}/{len(scores.items)} items, {short_of}."
    )
    return Answer(question, found, sentence, rule)
