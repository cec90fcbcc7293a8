"""Where is the knee of quality against NFE, and which sampler?"""

from collections.abc import Iterator
from itertools import combinations
from typing import NamedTuple

import pandas as pd

from ...benchmarks.store.scores import Scores
from ..columns import look
from ..figures.cost import COST
from ..tables.comparisons import compare_planned, hopeless
from ..tables.nfe import nfe_points, over_nfe
from .answers import (
    UNANSWERED,
    Answer,
    TextTable,
    interval,
    probability,
    rounded,
    short_names,
    unanswered,
)
from .duels import Duels, details, fight, matrix, split, too_few

KNEE = "Where is the knee of quality against NFE?"
KNEE_RULE = (
    "The knee of a metric is the smallest NFE from which on no NFE is significantly worse than the "
    "largest: adjusted p under 5 % (signed rank; Holm over the NFE of one curve in one metric, the "
    "smaller family, since here every test that finds nothing favours fewer evaluations) and a "
    "95 % interval that leaves out 0. The knee of a curve is the largest of its metrics' knees. "
    "`detectable`: the smallest true difference that such a test finds in 80 % of all tries, at "
    "the knee or, where that is the largest, next to it."
)
SAMPLER = "Which sampler?"
KNEE_HEAD = (
    *("metric", "knee", "mean there", "mean at largest"),
    *("knee − largest", "95 %", "p (Holm)", "detectable", "better than largest", "n/N"),
)


class Knee(NamedTuple):
    """Of one metric of one curve.

    Attributes:
        column: the metric.
        nfe: where the knee is.
        fewer: NFE that are significantly better than the largest.
        line: what the table shows of it.
    """

    column: str
    nfe: float
    fewer: list[float]
    line: tuple[str, ...]


def knees(scores: Scores, costs: pd.DataFrame) -> Answer:
    """The knee of every curve.

    Args:
        scores: of the runs.
        costs: what `costs.read_costs` gives: real-time factors that the table shows.
    """
    curves = over_nfe(scores)
    if curves.empty:
        return unanswered(KNEE, KNEE_RULE, [], "No codec was decoded with several NFE.")
    verdicts, sentences, tables = [], [], []
    for curve, own in curves.groupby("curve", sort=False):
        by_nfe = own.drop_duplicates("nfe").sort_values("nfe").set_index("nfe")["condition"]
        found = [_knee(scores, by_nfe, column) for column in scores.ranked]
        known = [knee for knee in found if knee is not None]
        if not known:
            sentences.append(f"{curve}: {too_few(scores)}")
            continue
        knee, text = _over_metrics(str(curve), known, float(by_nfe.index[-1]))
        verdicts.append(f"{curve}: {knee:g}")
        sentences.append(text + _time(costs, by_nfe, knee))
        lines = [one.line for one in known]
        tables.append(TextTable(f"{curve}", KNEE_HEAD, lines))
    return Answer(
        KNEE, "; ".join(verdicts) or UNANSWERED, " ".join(sentences), KNEE_RULE, tuple(tables)
    )


def _knee(scores: Scores, by_nfe: "pd.Series[str]", column: str) -> Knee | None:
    """None where there are too few speakers, or no values."""
    *steps, largest = by_nfe.index
    last = by_nfe[largest]
    pairs = [(by_nfe[nfe], last) for nfe in steps]
    table = compare_planned(scores, pairs, [column]).set_index("a")
    if table.empty or hopeless(table):
        return None
    tested = [nfe for nfe in steps if by_nfe[nfe] in table.index]
    better = {nfe: table.loc[by_nfe[nfe], "better"] for nfe in tested}
    worse = [nfe for nfe in tested if better[nfe] == last]
    knee = next(nfe for nfe in [*tested, largest] if not worse or nfe > worse[-1])
    fewer = [nfe for nfe in tested if better[nfe] == by_nfe[nfe]]
    at = table.loc[by_nfe[knee if knee in tested else tested[-1]]]
    means = scores.common(column, dict.fromkeys([by_nfe[knee], last])).mean()
    itself = knee == largest
    line = (
        look(column).short,
        f"{knee:g}",
        rounded(column, means[by_nfe[knee]]),
        rounded(column, means[last]),
        "–" if itself else rounded(column, at["difference"], sign=True),
        "–" if itself else interval(column, at["low"], at["high"], sign=True),
        "–" if itself else probability(at["p_holm"]),
        f"{at['detectable']:.2g}",
        ", ".join(f"{nfe:g}" for nfe in fewer) or "–",
        f"{at['n']}/{at['N']}",
    )
    return Knee(column, float(knee), [float(nfe) for nfe in fewer], line)


def _over_metrics(curve: str, known: list[Knee], largest: float) -> tuple[float, str]:
    knee = max(one.nfe for one in known)
    latest = [one.column for one in known if one.nfe == knee]
    text = f"{curve}: from NFE {knee:g} on, no metric is significantly worse than at {largest:g}"
    if len(latest) < len(known):
        text += f" (the last to get there: {short_names(latest)})"
    if fewer := [one.column for one in known if one.fewer]:
        text += f"; in {len(fewer)} of {len(known)}, some smaller NFE is significantly better"
    return knee, text + "."


def _time(costs: pd.DataFrame, by_nfe: "pd.Series[str]", knee: float) -> str:
    """The decoder's real-time factor at the knee and at the largest NFE, where both are known."""
    ends = [by_nfe[knee], by_nfe.iloc[-1]]
    if COST not in costs or not set(ends) <= set(costs.index):
        return ""
    at, largest = costs.loc[ends, COST]
    return f" Its decoder takes {at:.3g} s there for a second of audio, {largest:.3g} s at the end."


def samplers(scores: Scores) -> Answer:
    """Samplers at equal NFE, each pair of them for each codec and bitrate."""
    rule = "Samplers are compared at equal NFE, on the same bitstreams and the same noise."
    table = nfe_points(scores)
    answers, tables, verdicts = [], [], []
    for (codec, kbps), own in table.groupby(["codec", "kbps"], sort=False):
        for first, second in combinations(own["sampler"].unique(), 2):
            sides = (own[own["sampler"] == name].set_index("nfe") for name in (first, second))
            both = pd.concat([s["condition"] for s in sides], axis=1, join="inner").sort_index()
            if both.empty:
                continue
            pairs = [(f"NFE {nfe:g}", a, b) for nfe, a, b in both.itertuples()]
            duels = fight(scores, [(a, b) for _, a, b in pairs])
            verdict, text = _decide(duels, pairs, (str(first), str(second)))
            where = f"{codec} at {kbps:g} kbit/s"
            verdicts.append(f"{where}: {verdict}")
            answers.append(f"{where}: {text}")
            tables += [
                matrix(duels, pairs, f"{where}: {first} − {second}"),
                details(duels, f"{where}: every comparison"),
            ]
    if not answers:
        reason = "No codec was decoded by two samplers at one NFE."
        return unanswered(SAMPLER, rule, [], reason)
    return Answer(SAMPLER, "; ".join(verdicts), " ".join(answers), rule, tuple(tables))


def _decide(
    duels: Duels, pairs: list[tuple[str, str, str]], samplers: tuple[str, str]
) -> tuple[str, str]:
    """The sampler that wins tests and loses none, "depends" or "undecided"; and a sentence."""
    if duels.powerless:
        return "undecided", too_few(duels.scores)
    wins = dict(_wins(duels, pairs, samplers))
    total = len(duels.table)
    words = [
        f"{name} is significantly better in {sum(map(len, found.values()))} of {total} tests"
        + "".join(f"; at {head} in {short_names(columns)}" for head, columns in found.items())
        for name, found in wins.items()
    ]
    winners = [name for name, found in wins.items() if found]
    verdict = winners[0] if len(winners) == 1 else "depends" if winners else "undecided"
    return verdict, ". ".join(words) + "."


def _wins(
    duels: Duels, pairs: list[tuple[str, str, str]], samplers: tuple[str, str]
) -> Iterator[tuple[str, dict[str, list[str]]]]:
    """By sampler: the metrics that it wins, by the head of the NFE."""
    for side, name in enumerate(samplers):
        found = {head: split(duels.outcome(a, b))[side] for head, a, b in pairs}
        yield name, {head: columns for head, columns in found.items() if columns}
