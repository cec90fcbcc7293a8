"""How many speakers would decide what these runs leave undecided?"""

import math
from collections.abc import Mapping

import pandas as pd

from ...benchmarks.store.scores import Scores, records
from ..columns import headline, look
from ..wording import listed
from .answers import Answer, TextTable, rounded, unanswered
from .cells import nine_duels, six_duels
from .duels import too_few

RULE = (
    "Of the tests of whether mel2mel is best and of whether a cell beats gan, those that decide "
    "nothing. If the true difference is the measured one, the test of n speakers finds it in 80 % "
    "of all tries from n = speakers × (detectable / difference)² on: standard errors fall with the "
    "root of n; `detectable` is the smallest true difference that these speakers show in 80 % of "
    "all tries, after Holm."
)
HEAD = ("metric", "a", "b", "a − b", "detectable", "speakers", "speakers needed")


def speakers_needed(scores: Scores, kbps: float, corpora: Mapping[str, int]) -> Answer:
    """For each undecided test of the paper's questions, the speakers that would decide it.

    Args:
        scores: of the runs.
        kbps: bitrate of the cells.
        corpora: speakers of the data sets that can be fetched, by name.
    """
    question = f"How many speakers would decide what is undecided at {kbps:g} kbit/s?"
    six, nine = six_duels(scores, kbps), nine_duels(scores, kbps)
    missing = tuple(dict.fromkeys([*six.missing, *nine.missing]))
    tables = [duels.table for duels in (six, nine) if not duels.table.empty]
    if not tables:
        return unanswered(question, RULE, missing)
    if all(duels.powerless for duels in (six, nine)):
        return unanswered(question, RULE, missing, too_few(scores))
    tests = pd.concat(tables)
    open_ones = tests[(tests["better"] == "") & tests["detectable"].notna()].copy()
    ratio = open_ones["detectable"] / open_ones["difference"].abs()
    wanted = (open_ones["speakers"].astype(float) * ratio**2).map(_whole)
    open_ones = open_ones.assign(needed=wanted).sort_values("needed", kind="stable")
    column = headline(scores.ranked)
    own = open_ones[open_ones["column"] == column]
    short = look(column).short
    if own.empty:
        return Answer(
            question, "none is", f"All tests in {short} are decided.", RULE, missing=missing
        )
    middle = own["needed"].iloc[(len(own) - 1) // 2]
    all_of_them = own["needed"].iloc[-1]
    found = f"{middle:,.0f} half of it in {short}"
    total = int((tests["column"] == column).sum())
    sentence = (
        f"In {short}, {len(own)} of {total} tests with {int(own['speakers'].max())} speakers are "
        f"undecided. {own['needed'].iloc[0]:,.0f} speakers would decide the first of them, "
        f"{middle:,.0f} half of them, {_count(all_of_them)} all.{_by_corpus(own, corpora)}"
    )
    return Answer(question, found, sentence, RULE, (_table(open_ones),), missing)


def _by_corpus(tests: pd.DataFrame, corpora: Mapping[str, int]) -> str:
    """How many of the undecided tests the speakers of each data set would decide."""
    if not corpora:
        return ""
    found = [
        f"the {speakers} speakers of {name} {int((tests['needed'] <= speakers).sum())}"
        for name, speakers in sorted(corpora.items(), key=lambda corpus: -corpus[1])
    ]
    return f" Decided would be: by {listed(found)}."


def _whole(speakers: float) -> float:
    return math.ceil(speakers) if math.isfinite(speakers) else math.inf


def _count(speakers: float) -> str:
    return f"{speakers:,.0f}" if math.isfinite(speakers) else "no number"


def _table(tests: pd.DataFrame) -> TextTable:
    lines = [
        (
            look(line["column"]).short,
            line["a"],
            line["b"],
            rounded(line["column"], line["difference"], sign=True),
            f"{line['detectable']:.2g}",
            f"{line['speakers']:g}",
            _count(line["needed"]),
        )
        for line in records(tests)
    ]
    return TextTable("Undecided tests", HEAD, lines)
