"""Edits by kind, against all lists of edits."""

import itertools
from functools import cache

import pytest

from nscbench.metrics.machinery.edits import Edits, edits


@pytest.mark.parametrize(
    ("said", "heard", "kinds"),
    [
        ("", "", (0, 0, 0)),
        ("abc", "abc", (0, 0, 0)),
        ("abc", "", (0, 3, 0)),
        ("", "abc", (0, 0, 3)),
        ("kitten", "sitting", (2, 0, 1)),
        ("abcd", "acd", (0, 1, 0)),
        ("ab", "ba", (2, 0, 0)),  # not a deletion and an insertion
        ("abc", "xbc", (1, 0, 0)),
    ],
)
def test_kinds(said, heard, kinds):
    assert edits(said, heard) == Edits(*kinds)
    substitutions, deletions, insertions = kinds
    assert edits(heard, said) == Edits(substitutions, insertions, deletions)


def every_list(said, heard):
    """The kinds of every way to make `heard` of `said`."""

    @cache
    def ways(a, b):
        if not a and not b:
            return {(0, 0, 0)}
        found = set()
        if a and b:
            found |= {(s + (a[0] != b[0]), d, i) for s, d, i in ways(a[1:], b[1:])}
        if a:
            found |= {(s, d + 1, i) for s, d, i in ways(a[1:], b)}
        if b:
            found |= {(s, d, i + 1) for s, d, i in ways(a, b[1:])}
        return found

    return ways(said, heard)


def test_the_list_is_a_shortest_one_with_the_most_substitutions():
    words = ["".join(letters) for n in range(5) for letters in itertools.product("ab", repeat=n)]
    for said, heard in itertools.product(words, repeat=2):
        best = min(every_list(said, heard), key=lambda kinds: (sum(kinds), -kinds[0]))
        assert edits(said, heard) == Edits(*best)
