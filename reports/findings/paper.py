"""What of the study's statements (Foti and Brendel, EUSIPCO 2025) holds in these runs."""

import pandas as pd

from ..columns import look
from ..figures.trade import COST, machines
from ..scores import Scores
from .answers import UNANSWERED, UNDECIDED, Answer, Table
from .cells import BASELINE, NINE, PROPOSED, SIX, against_all, at, nine_duels, six_duels
from .duels import FAMILY, Duels

QUESTION = "Which of the paper's statements hold here?"
METRICS = ("visqol", "scoreq_nr", "scoreq_ref")  # the paper's
RULE = (
    "Judged by the tests of the questions above, at the paper's 3 kbit/s and in its metrics where "
    "they were measured (ViSQOL, SCOREQ). Best: significantly better than each of the other five "
    "(holds), or one of them is better (does not hold). Not beaten: the baseline is significantly "
    "better than all nine cells (holds), or one is better than the baseline (does not hold). Most "
    "computing: every cell that makes waveforms decodes more slowly than every other. " + FAMILY
)
HELD = {1: "holds", -1: "does not hold", 0: UNDECIDED}


def statements(scores: Scores, costs: pd.DataFrame, kbps: float = 3.0) -> Answer:
    """Each statement, and whether it holds."""
    columns = [column for column in METRICS if column in scores.ranked]
    own, *others = at([PROPOSED, *(cell for cell in SIX if cell != PROPOSED)], kbps)
    anchor, cells = f"{BASELINE}-{kbps:g}", at(NINE, kbps)
    six, nine = six_duels(scores, kbps), nine_duels(scores, kbps)
    judged = {
        f"{PROPOSED} is the best of the six diffusion codecs": _judge(six, own, others, columns),
        f"no diffusion codec beats {BASELINE}": _judge(nine, anchor, cells, columns),
        "making waveforms by diffusion takes the most computing": _expensive(costs, kbps),
    }
    lines = [(statement, held) for statement, held in judged.items()]
    holding, refuted = (
        sum(held.startswith(HELD[sign]) for held in judged.values()) for sign in (1, -1)
    )
    found = f"{holding} of {len(judged)} hold, {refuted} refuted"
    sentence = " ".join(f"That {statement}: {held}." for statement, held in lines)
    table = Table("Statements", ("statement", "here"), lines)
    missing = tuple(dict.fromkeys([*six.missing, *nine.missing]))
    return Answer(QUESTION, found, sentence, RULE, (table,), missing)


def _judge(duels: Duels, name: str, others: list[str], columns: list[str]) -> str:
    there = [other for other in others if other in duels.scores.conditions]
    if name in duels.missing or not there:
        return UNANSWERED
    outcome = against_all(duels, name, there)
    judged = {column: HELD[outcome[column]] for column in columns if column in outcome}
    if not judged:
        return UNANSWERED
    words = set(judged.values())
    if len(words) == 1:
        return f"{words.pop()} ({', '.join(look(column).short for column in judged)})"
    return ", ".join(f"{word} ({look(column).short})" for column, word in judged.items())


def _expensive(costs: pd.DataFrame, kbps: float) -> str:
    """By the decoders' times of the cells on one machine, where all of a side are timed."""
    times = machines(costs)
    times = times[times.index.isin(at(NINE, kbps))]
    if times.empty or times["machine"].nunique() > 1:
        return UNANSWERED
    waves = times.index.str.contains("2wav")
    if waves.all() or not waves.any():
        return UNANSWERED
    slowest, fastest = times.loc[~waves, COST].max(), times.loc[waves, COST].min()
    held = HELD[1] if fastest > slowest else HELD[-1]
    return f"{held} (real-time factors from {fastest:.2g} against up to {slowest:.2g})"
