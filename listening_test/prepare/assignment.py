"""Who rates which items of a test, and in which order."""

from collections.abc import Sequence

import numpy as np
from scipy.optimize import linear_sum_assignment

from ..schema import ResultsError


def assign(
    listeners: int, items: Sequence[str], items_per_listener: int, seed: int = 0
) -> list[list[str]]:
    """Each listener's items in the order of the trials.

    Balanced: the numbers of listeners of any two items differ by one at most, items meet in one
    session about equally often, and so do items and positions.

    Raises:
        ResultsError: more items per listener than there are items.
    """
    total = len(items)
    if not 1 <= items_per_listener <= total:
        raise ResultsError(f"{items_per_listener} items per listener of {total} items")
    generator = np.random.default_rng(seed)
    rated = np.zeros(total)
    met = np.zeros((total, total))
    placed = np.zeros((total, items_per_listener))
    sessions = []
    for _ in range(listeners):
        chosen: list[int] = []
        for _ in range(items_per_listener):
            left = np.setdiff1d(np.arange(total), chosen)
            company = met[left][:, chosen].sum(axis=1)
            order = np.lexsort((generator.random(len(left)), company, rated[left]))
            chosen.append(int(left[order[0]]))
        rated[chosen] += 1
        met[np.ix_(np.array(chosen), np.array(chosen))] += 1
        cost = placed[chosen] + 0.5 * generator.random((items_per_listener, items_per_listener))
        rows, positions = linear_sum_assignment(cost)
        placed[np.array(chosen)[rows], positions] += 1
        session = [""] * items_per_listener
        for row, position in zip(rows, positions, strict=True):
            session[position] = items[chosen[row]]
        sessions.append(session)
    return sessions
