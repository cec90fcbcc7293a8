"""What of the study's statements (Foti and Brendel, EUSIPCO 2025) holds in these runs."""

import pandas as pd

from ...benchmarks.store.scores import Scores
from ..columns import look
from .answers import UNANSWERED, UNDECIDED, Answer, TextTable
from .cells import BASELINE, NINE, PROPOSED, SIX, against_all, at, nine_duels, six_duels
from .duels import Duels

QUESTION = "Which of the paper's statements hold here?"
METRICS = ("visqol", "scoreq_nr", "scoreq_ref")  # the paper's
MACS = "macs_per_second"  # of `store.costs`
RULE = (
    "Judged by the tests of the questions above, at the paper's 3 kbit/s and in its metrics where "
    "they were measured (ViSQOL, SCOREQ). Best: significantly better than each of the other five "
    "(holds), or one of them is better (does not hold). Not beaten: the baseline is significantly "
    "better than all nine cells (holds), or one is better than the baseline (does not hold). Most "
    "computing: every cell that makes waveforms multiplies more for a second of audio than every "
    "other."
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
    table = TextTable("Statements", ("statement", "here"), lines)
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
    """By what the cells multiply in encoding and decoding: unlike times, it does not vary."""
    cells = costs.index.isin(at(NINE, kbps))
    counts = costs.loc[cells, MACS].dropna() if MACS in costs else pd.Series(dtype=float)
    waves = counts.index.astype(str).str.contains("2wav")
    if waves.all() or not waves.any():
        return UNANSWERED
    most, least = counts[~waves].max() / 1e9, counts[waves].min() / 1e9
    held = HELD[1] if least > most else HELD[-1]
    return f"{held} (from {least:.3g} against up to {most:.3g} billion multiply-accumulates)"
