"""A gate for the development of a codec: is a condition of the new run worse than in the old?

What a condition is in a column, on the items that have a value in both runs:

ok         the 95 % interval of the paired mean difference reaches, or lies on, the better side
WORSE      it lies on the worse side
LOST       an item, a condition, or a value of an item (of one of its draws) that the old run has
           is not in the new one: a codec does not get better by failing on what is hard
UNDECIDED  there is no interval: too few speakers have values, or the old run has none
unmeasured neither run has a value
new        the condition is in the new run only

The gate closes for those in capitals. What did not change differs by exactly 0, so that untouched
conditions never raise an alarm; each touched one does so wrongly in 2.5 % of all runs.
"""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from ... import metrics
from ...benchmarks.statistics.bootstrap import FEWEST_CLUSTERS
from ...benchmarks.statistics.paired import compare
from ...benchmarks.store.finished_run import Run
from ...benchmarks.store.run_directory import RunError
from ...benchmarks.store.scores import Scores
from ...metrics.machinery.names import unknown

_CLOSING = ("WORSE", "LOST", "UNDECIDED")
_NAMED = 3  # of the items that a verdict is about


class GateVerdict(NamedTuple):
    """What is the matter with a condition, in a column; see above for `kind`."""

    kind: str
    subject: str
    reason: str

    @property
    def closes(self) -> bool:
        """Does the gate close for it?"""
        return self.kind in _CLOSING

    def __str__(self) -> str:
        return f"{self.kind:10} {self.subject}: {self.reason}"


def resolve(run: Run, wanted: Sequence[str]) -> list[str]:
    """Columns of metrics or columns by name.

    Raises:
        RunError: the run has none of that name, or it does not say what is better.
    """
    names = [entry["metric"] for manifest in run.manifests for entry in manifest["metrics"]]
    scores, columns = run.scores, []
    for name in wanted:
        of_metric = metrics.get(name).directions if name in names else {name: ""}
        found = [c for c in of_metric if c in scores.directions and scores.sign(c)]
        if not found:
            ranked = [c for c in scores.directions if scores.sign(c)]
            noun = "metric or column of the run that says what is better"
            raise RunError(unknown(noun, name, [*names, *ranked]))
        columns += found
    return list(dict.fromkeys(columns))


def verdicts(new: Scores, old: Scores, columns: Sequence[str]) -> list[GateVerdict]:
    """A verdict for every condition in every column, and on items that are gone.

    Raises:
        RunError: too few speakers are in both runs to be sure of anything, or neither has a value.
    """
    items = [item for item in old.items if item in new.items]
    speakers = len(set(old.clusters_of(items)))
    if speakers < FEWEST_CLUSTERS:
        raise RunError(
            f"{speakers} speakers are in both runs; a gate needs {FEWEST_CLUSTERS} to be sure"
        )
    found = []
    if gone := [item for item in old.items if item not in new.items]:
        reason = f"{len(gone)} of {len(old.items)} are not in the new run ({_named(gone)})"
        found.append(GateVerdict("LOST", "items", reason))
    for condition in old.conditions:
        if condition not in new.conditions:
            found.append(GateVerdict("LOST", condition, "is not in the new run"))
            continue
        found += [_judge(new, old, condition, column, items) for column in columns]
    added = [name for name in new.conditions if name not in old.conditions]
    found += [GateVerdict("new", name, "is not in the old run") for name in added]
    if all(verdict.kind in ("unmeasured", "new") for verdict in found):
        raise RunError(f"neither run has a value of {', '.join(columns)} in a condition of both")
    return found


def _judge(new: Scores, old: Scores, condition: str, column: str, items: list[str]) -> GateVerdict:
    subject, total = f"{condition} {column}", len(old.items)
    before, after = (scores.of(column).loc[items, condition] for scores in (old, new))
    if before.isna().all():
        if after.isna().all():
            return GateVerdict("unmeasured", subject, "neither run has a value")
        return GateVerdict("UNDECIDED", subject, "the old run has no value")
    had, has = (scores.draws(column).loc[items, condition] for scores in (old, new))
    if lost := list(had.index[has < had]):
        reason = f"values of {len(lost)}/{total} items are gone ({_named(lost)})"
        return GateVerdict("LOST", subject, reason)
    common = list(before.dropna().index)
    pair = np.stack([after[common], before[common]], axis=1).astype(np.float64)
    clusters = old.clusters_of(common)
    weights = [scores.weights(column).loc[common, condition] for scores in (new, old)]
    (found,) = compare(
        pair, [(0, 1)], clusters, weights=np.stack(weights, axis=1).astype(np.float64)
    )
    if np.isnan(found.low):
        reason = (
            f"{len(set(clusters))} speakers have values, {FEWEST_CLUSTERS} are needed for an "
            f"interval ({found.difference:+.4g} on {found.n}/{total} items)"
        )
        return GateVerdict("UNDECIDED", subject, reason)
    worst_side = found.high if new.sign(column) > 0 else -found.low
    reason = (
        f"{found.difference:+.4g} [{found.low:+.4g}, {found.high:+.4g}] on {found.n}/{total} items"
    )
    return GateVerdict("WORSE" if worst_side < 0 else "ok", subject, reason)


def _named(items: Sequence[str]) -> str:
    return ", ".join(items[:_NAMED]) + (", ..." if len(items) > _NAMED else "")
