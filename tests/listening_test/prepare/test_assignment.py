"""Assignments: balanced, and the same for the same seed."""

from collections import Counter
from itertools import combinations

import pytest

from nscbench.listening_test.prepare.assignment import assign
from nscbench.listening_test.schema import ResultsError


def test_the_assignment_is_balanced() -> None:
    items = [f"i{k}" for k in range(16)]
    sessions = assign(22, items, 8)
    assert all(len(set(session)) == 8 for session in sessions)
    rated = Counter(item for session in sessions for item in session)
    assert set(rated.values()) == {11}
    placed = Counter((item, k) for session in sessions for k, item in enumerate(session))
    assert len(placed) == 16 * 8
    assert max(placed.values()) <= 3
    met = Counter(pair for s in sessions for pair in combinations(sorted(s), 2))
    assert len(met) == 16 * 15 / 2
    assert max(met.values()) <= 9  # 5.1 on average


def test_the_assignment_follows_from_its_seed() -> None:
    items = ["a", "b", "c", "d"]
    assert assign(6, items, 4, seed=1) == assign(6, items, 4, seed=1)
    assert assign(6, items, 4, seed=1) != assign(6, items, 4, seed=2)
    with pytest.raises(ResultsError):
        assign(3, items, 5)
