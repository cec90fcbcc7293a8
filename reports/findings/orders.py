"""Do all metrics order the cells alike, and which metrics contradict each other?"""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from itertools import combinations
from typing import NamedTuple

import numpy as np
import pandas as pd

from ...benchmarks.statistics.coefficients import coefficient
from ...benchmarks.store.scores import Scores
from ..columns import look
from ..wording import listed
from .answers import (
    NO,
    PARTLY,
    UNDECIDED,
    YES,
    Answer,
    TextTable,
    short_names,
    unanswered,
)
from .cells import NINE, at
from .duels import Duels, details, fight, too_few

RULE = (
    "A pair of cells is contradicted where one metric finds the first significantly better and "
    "another the second, all pairs in all metrics being one family. Yes: no pair is; no: more than "
    "half of those that some metric decides; partly: fewer. Kendall's tau: of the order of the "
    "cells' means in two metrics, 1 where it is the same; better is first in both."
)
_SHOWN = 4  # metrics and pairs that a sentence names; tables have them all


class Contradiction(NamedTuple):
    """Of two cells: metrics in which the one is significantly better, and the other."""

    a: str
    b: str
    for_a: tuple[str, ...]
    for_b: tuple[str, ...]


def same_order(scores: Scores, kbps: float) -> Answer:
    """The order of the nine cells, metric against metric."""
    question = f"Do all metrics order the cells alike at {kbps:g} kbit/s?"
    pairs = list(combinations(at(NINE, kbps), 2))
    duels = fight(scores, pairs)
    cells = [cell for cell in at(NINE, kbps) if cell in scores.conditions]
    if len(cells) < 3 or len(duels.columns) < 2:
        return unanswered(question, RULE, duels.missing)
    taus = _taus(scores, cells, duels.columns)
    found, decided = contradictions(duels, pairs)
    if duels.powerless:
        sentence = too_few(scores)
    else:
        sentence = f"{_over_pairs(found, decided)} {_over_families(taus)}"
    alike = YES if not found else NO if 2 * len(found) > decided else PARTLY
    tables = (_tau_table(taus), _contradiction_table(found), details(duels))
    return Answer(question, alike if decided else UNDECIDED, sentence, RULE, tables, duels.missing)


def _taus(scores: Scores, cells: Sequence[str], columns: Sequence[str]) -> pd.DataFrame:
    """Kendall's tau of every two metrics, better first in both."""
    signed = [scores.sign(c) * scores.common(c, cells).mean() for c in columns]
    means = np.stack([one.reindex(list(cells)).to_numpy(np.float64) for one in signed])
    first, second = np.triu_indices(len(columns), k=1)
    taus = np.eye(len(columns))
    taus[first, second] = coefficient("kendall", means[first], means[second])
    taus[second, first] = taus[first, second]
    return pd.DataFrame(taus, index=list(columns), columns=list(columns))


def contradictions(
    duels: Duels, pairs: Sequence[tuple[str, str]]
) -> tuple[list[Contradiction], int]:
    """Pairs that two metrics order against each other; how many pairs some metric decides."""
    found, decided = [], 0
    for a, b in pairs:
        outcome = duels.outcome(a, b)
        won, lost = (tuple(c for c, sign in outcome.items() if sign == s) for s in (1, -1))
        decided += bool(won or lost)
        if won and lost:
            found.append(Contradiction(a, b, won, lost))
    return found, decided


def at_odds(found: Sequence[Contradiction]) -> "Counter[tuple[str, str]]":
    """How many pairs of cells two metrics order against each other."""
    return Counter(
        pair for one in found for a in one.for_a for b in one.for_b for pair in [_sorted(a, b)]
    )


def _over_pairs(found: Sequence[Contradiction], decided: int) -> str:
    if not found:
        return f"Of {decided} pairs of cells that some metric decides, none is contradicted."
    most = [f"{short_names(pair)} ({n})" for pair, n in at_odds(found).most_common(_SHOWN)]
    return (
        f"Of {decided} pairs of cells that some metric decides, {len(found)} are contradicted; "
        f"most often by {', '.join(most)}."
    )


def _sorted(a: str, b: str) -> tuple[str, str]:
    return (a, b) if look(a).place <= look(b).place else (b, a)


def _over_families(taus: pd.DataFrame) -> str:
    """Mean tau within each kind of metric and between kinds."""
    groups = _groups(list(taus.columns))
    within = [
        f"{kind} {_mean(taus, combinations(own, 2)):.2f}"
        for kind, own in groups.items()
        if len(own) > 1
    ]
    across = [
        (_mean(taus, [(x, y) for x in own for y in other]), first, second)
        for (first, own), (second, other) in combinations(groups.items(), 2)
    ]
    lowest = [f"{a} and {b} {tau:.2f}" for tau, a, b in sorted(across)[:_SHOWN]]
    return (
        f"Mean of Kendall's tau among metrics of a kind: {listed(within) or 'there is one of each'}"
        f"; lowest between kinds: {listed(lowest) or 'there is one'}."
    )


def _groups(columns: Sequence[str]) -> Mapping[str, list[str]]:
    """Metrics by kind: quality by what it is judged against, others by what they are about."""
    groups: dict[str, list[str]] = {}
    for column in columns:
        family, meaning = look(column).family, look(column).meaning
        kind = f"{family} {meaning.mode}" if family == "quality" and meaning else family
        groups.setdefault(kind, []).append(column)
    return groups


def _mean(
    taus: pd.DataFrame, pairs: Iterator[tuple[str, str]] | Sequence[tuple[str, str]]
) -> float:
    return float(np.nanmean([taus.loc[a, b] for a, b in pairs]))


def _tau_table(taus: pd.DataFrame) -> TextTable:
    names = [look(column).short for column in taus.columns]
    lines = [
        (name, *("–" if np.isnan(tau) else f"{tau:.2f}" for tau in row))
        for name, row in zip(names, taus.to_numpy(), strict=True)
    ]
    return TextTable("Kendall's tau of the order of the cells", ("metric", *names), lines)


def _contradiction_table(found: Sequence[Contradiction]) -> TextTable:
    lines = [(one.a, one.b, short_names(one.for_a), short_names(one.for_b)) for one in found]
    return TextTable("Contradicted pairs", ("a", "b", "a is better in", "b is better in"), lines)
