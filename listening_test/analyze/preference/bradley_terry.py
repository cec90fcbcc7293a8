"""One scale for all conditions from preferences between pairs: Bradley and Terry, with ties.

    P(i over j) = w_i / (w_i + w_j + v sqrt(w_i w_j)),  P(tie) = v sqrt(w_i w_j) / (the same)

Bradley and Terry, Biometrika 39, 1952; v by Davidson, Journal of the American Statistical
Association 65, 1970; v = 0 where nobody called a tie. The worths w are given as logarithms with
the mean 0: a difference d of two says that, where it is decided, the first is preferred with the
probability 1 / (1 + exp(-d)).

The standard errors are those of a sandwich: votes of one listener are summed before they are
squared (`statistics.clustered`), for they agree more than the model says.

There is no estimate where a group of conditions never lost against the others, nor tied with them:
its worth would be infinite (Ford, American Mathematical Monthly 64, 1957).
"""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import combinations

import numpy as np
from scipy.sparse import csr_array
from scipy.sparse.csgraph import connected_components

from ....benchmarks.statistics.clustered import Clusters, Estimate, clustered_error
from ....benchmarks.statistics.gaps import Array
from ....benchmarks.statistics.holm import holm
from ....benchmarks.statistics.intervals import Interval
from ...votes import Choice
from ..opinion_scores import ordered_conditions
from ..units import unit_of
from .shares import Pairs, outcomes

_STEPS, _CLOSE = 200, 1e-10


@dataclass(frozen=True)
class Worth:
    """A condition's logarithm of worth, with its 95 % interval around the mean of all."""

    condition: str
    value: float
    interval: Interval | None


@dataclass(frozen=True)
class WorthPair:
    """Difference of two log-worths, and the probability with which the first is preferred."""

    first: str
    second: str
    difference: float
    interval: Interval | None
    probability: float
    probability_interval: Interval | None
    p: float | None
    p_holm: float | None


@dataclass(frozen=True)
class Scale:
    """The fitted model; `tie` is Davidson's v, None where nobody called a tie."""

    worths: tuple[Worth, ...]
    pairs: tuple[WorthPair, ...]
    tie: float | None


class NoScale(ValueError):
    """The preferences have no Bradley-Terry scale: the message says why."""


def bradley_terry(rows: Sequence[Choice]) -> Scale:
    """The scale of choices, the best condition first.

    Raises:
        NoScale: fewer than 3 conditions, no decided vote, or some of infinite worth.
    """
    names = ordered_conditions([name for row in rows for name in (row.first, row.second)])
    if len(names) < 3:
        raise NoScale("a scale needs 3 conditions; of two, the share says all")
    if not any(row.choice for row in rows):
        raise NoScale("no vote is decided")
    votes = _Votes.of(outcomes(rows, unit_of(rows)), names)
    _check(votes, names)
    found = _fit(votes)
    contrasts = np.array([_unit(i, j, len(names)) for i, j in combinations(range(len(names)), 2)])
    centred = np.eye(len(names)) - 1 / len(names)
    worths = _estimates(votes, found, centred)
    pairs = _estimates(votes, found, contrasts)
    p = np.array([estimate.p() for estimate in pairs], dtype=float)
    p_holm = holm(p)
    listed = [Worth(n, e.value, e.interval) for n, e in zip(names, worths, strict=True)]
    return Scale(
        tuple(sorted(listed, key=lambda worth: -worth.value)),
        tuple(
            _pair(*pair, estimate, float(p[k]), float(p_holm[k]))
            for k, (pair, estimate) in enumerate(zip(combinations(names, 2), pairs, strict=True))
        ),
        float(np.exp(found[-1])) if votes.ties else None,
    )


@dataclass(frozen=True)
class _Votes:
    """Votes [n]: conditions i and j, outcome 1, -1 or 0 for a tie, and the unit."""

    i: Clusters
    j: Clusters
    outcome: Array
    unit: Clusters
    count: int

    @classmethod
    def of(cls, pairs: Pairs, names: list[str]) -> "_Votes":
        place = {name: number for number, name in enumerate(names)}
        sizes = [len(signs) for signs, _ in pairs.values()]
        return cls(
            np.repeat([place[first] for first, _ in pairs], sizes),
            np.repeat([place[second] for _, second in pairs], sizes),
            np.concatenate([signs for signs, _ in pairs.values()]),
            np.concatenate([unit for _, unit in pairs.values()]),
            len(names),
        )

    @property
    def ties(self) -> bool:
        return bool((self.outcome == 0).any())


def _check(votes: _Votes, names: list[str]) -> None:
    over = np.where(votes.outcome >= 0, votes.i, votes.j)
    under = np.where(votes.outcome >= 0, votes.j, votes.i)
    tied = votes.outcome == 0
    rows, columns = np.append(over, under[tied]), np.append(under, over[tied])
    graph = csr_array((np.ones(len(rows)), (rows, columns)), shape=(len(names), len(names)))
    groups, group = connected_components(graph, directed=True, connection="strong")
    if groups > 1:
        listed = "; ".join(
            ", ".join(n for n, g in zip(names, group, strict=True) if g == k) for k in range(groups)
        )
        raise NoScale(
            "between these groups of conditions every vote went the same way, or there was none, "
            f"so that no finite scale holds them all: {listed}"
        )


def _fit(votes: _Votes) -> Array:
    """Log-worths with the mean 0, and log v if there are ties, by Newton's method."""
    found = np.zeros(votes.count + votes.ties)
    likelihood = _likelihood(votes, found)
    for _ in range(_STEPS):
        step = np.linalg.pinv(_information(votes, found)) @ _slopes(votes, found).sum(axis=0)
        while (better := _likelihood(votes, found + step)) < likelihood and np.abs(
            step
        ).max() > _CLOSE:
            step = step / 2
        found, likelihood = found + step, better
        if np.abs(step).max() < _CLOSE:
            break
    found[: votes.count] -= found[: votes.count].mean()
    return found


def _chances(votes: _Votes, found: Array) -> Array:
    """Probabilities of the first, the second and a tie [n, 3]."""
    half = (found[votes.i] - found[votes.j]) / 2
    tie = np.full_like(half, found[-1] if votes.ties else -np.inf)
    exponents = np.stack([half, -half, tie], axis=1)
    exponents -= exponents.max(axis=1, keepdims=True)
    weights = np.exp(exponents)
    return np.asarray(weights / weights.sum(axis=1, keepdims=True))


def _likelihood(votes: _Votes, found: Array) -> float:
    chances = _chances(votes, found)
    own = np.select(
        [votes.outcome > 0, votes.outcome < 0], [chances[:, 0], chances[:, 1]], chances[:, 2]
    )
    return float(np.log(own).sum())


def _slopes(votes: _Votes, found: Array) -> Array:
    """Derivatives of each vote's log-likelihood [n, parameters]."""
    chances = _chances(votes, found)
    of_half = votes.outcome - (chances[:, 0] - chances[:, 1])
    slopes = np.zeros((len(votes.i), len(found)))
    every = np.arange(len(votes.i))
    slopes[every, votes.i] += of_half / 2
    slopes[every, votes.j] -= of_half / 2
    if votes.ties:
        slopes[:, -1] = (votes.outcome == 0) - chances[:, 2]
    return slopes


def _information(votes: _Votes, found: Array) -> Array:
    """Fisher information [parameters, parameters]."""
    chances = _chances(votes, found)
    total = np.zeros((len(found), len(found)))
    net = chances[:, 0] - chances[:, 1]
    of_half = (chances[:, 0] + chances[:, 1] - net**2) / 4
    for row, column, sign in (("i", "i", 1), ("j", "j", 1), ("i", "j", -1), ("j", "i", -1)):
        np.add.at(total, (getattr(votes, row), getattr(votes, column)), sign * of_half)
    if votes.ties:
        mixed = -net * chances[:, 2] / 2
        for place, sign in ((votes.i, 1), (votes.j, -1)):
            np.add.at(total, (place, np.full_like(place, -1)), sign * mixed)
        total[-1, :-1] = total[:-1, -1]
        total[-1, -1] = (chances[:, 2] * (1 - chances[:, 2])).sum()
    return total


def _estimates(votes: _Votes, found: Array, contrasts: Array) -> list[Estimate]:
    """Contrasts [k, conditions] of log-worths, with clustered errors."""
    wide = np.zeros((len(contrasts), len(found)))
    wide[:, : votes.count] = contrasts
    effects = _slopes(votes, found) @ np.linalg.pinv(_information(votes, found)) @ wide.T
    error, degrees = clustered_error(effects, [votes.unit])
    return [Estimate(*map(float, row)) for row in zip(wide @ found, error, degrees, strict=True)]


def _unit(i: int, j: int, count: int) -> Array:
    contrast = np.zeros(count)
    contrast[i], contrast[j] = 1, -1
    return contrast


def _pair(first: str, second: str, estimate: Estimate, p: float, p_holm: float) -> WorthPair:
    ends = estimate.interval
    return WorthPair(
        first,
        second,
        estimate.value,
        ends,
        _probability(estimate.value),
        ends and Interval(_probability(ends.low), _probability(ends.high)),
        None if np.isnan(p) else p,
        None if np.isnan(p_holm) else p_holm,
    )


def _probability(difference: float) -> float:
    return float(1 / (1 + np.exp(-difference)))
