"""What does a point of quality cost in multiply-accumulates?"""

from collections.abc import Sequence
from itertools import pairwise

import pandas as pd

from ...benchmarks.store.scores import Scores
from ..columns import headline, look
from ..figures.cost import MACS, pareto
from ..wording import listed
from .additions import PLAIN, PUBLISHED, REGRESSION, VOCODER, WAVES
from .answers import Answer, TextTable, rounded, unanswered
from .cells import BASELINE, NINE, at
from .duels import Duels, details, fight, too_few

GIGA = 1e9
RULE = (
    "The front: conditions than which none that multiplies no more has a higher mean, on the items "
    "that all have. A step of it is paid for where the dearer one is significantly better (all "
    "steps are one family). The price of a point is in billion multiply-accumulates a second of "
    "audio."
)
OTHERS = (BASELINE, f"{BASELINE}-regression", REGRESSION, VOCODER, f"{WAVES}-regression", PLAIN)


def priced(kbps: float) -> list[str]:
    """The conditions that are held against each other."""
    return at([*NINE, *OTHERS, *PUBLISHED], kbps)


def price(scores: Scores, costs: pd.DataFrame, kbps: float) -> Answer:
    """The front of quality against computing, and the price of each of its steps.

    Args:
        scores: of the runs.
        costs: what `costs.read_costs` gives.
        kbps: bitrate of the cells and of what they are held against.
    """
    column = headline(scores.ranked)
    name = look(column).long
    question = f"What does a point of {name} cost at {kbps:g} kbit/s?"
    asked = priced(kbps)
    counted = costs[MACS].dropna() if MACS in costs else pd.Series(dtype=float)
    there = [c for c in asked if c in scores.conditions and c in counted.index]
    means = scores.common(column, there).mean() if there else pd.Series(dtype=float)
    if len(means) < 2:
        reason = "`nscbench cost` counted for too few of these conditions what they multiply."
        return unanswered(question, RULE, [], reason)
    points = pd.DataFrame({"macs": counted[means.index], "mean": means * scores.sign(column)})
    points = points.sort_values(["macs", "mean"], ascending=[True, False])
    front = pareto(points, "macs", "mean", sign=1)  # means are signed already
    duels = fight(scores, [(b, a) for a, b in pairwise(front.index)], [column])
    missing = tuple(c for c in asked if c not in there)
    found = " → ".join(f"{c} ({macs / GIGA:.2g} G)" for c, macs in front["macs"].items())
    sentence = _steps(front, duels, column)
    every = points.assign(on_front=points.index.isin(front.index))
    tables = (_table(every, column, scores.sign(column)), details(duels))
    return Answer(question, found, sentence, RULE, tables, missing)


def _steps(front: pd.DataFrame, duels: Duels, column: str) -> str:
    """Each step of the front: what more costs, and whether it is significantly more."""
    if len(front) == 1:
        return f"{front.index[0]} multiplies least and has the highest mean."
    if duels.powerless:
        return too_few(duels.scores)
    words = []
    for cheap, dear in pairwise(front.index):
        gain = front["mean"][dear] - front["mean"][cheap]
        more = (front["macs"][dear] - front["macs"][cheap]) / GIGA
        proven = duels.outcome(dear, cheap).get(column) == 1
        words.append(
            f"from {cheap} to {dear} {rounded(column, gain, sign=True)} for {more:.2g} G more, "
            f"{more / gain:.2g} G a point{'' if proven else ' (undecided)'}"
        )
    return f"{listed(words)}."[0].upper() + f"{listed(words)}."[1:]


def _table(points: pd.DataFrame, column: str, sign: int) -> TextTable:
    head = ("condition", "GMAC/s", look(column).short, "on the front")
    lines: Sequence[tuple[str, ...]] = [
        (
            str(name),
            f"{line['macs'] / GIGA:.3g}",
            rounded(column, sign * float(line["mean"])),
            "yes" if line["on_front"] else "no",
        )
        for name, line in points.iterrows()
    ]
    return TextTable("Quality against multiply-accumulates", head, lines)
