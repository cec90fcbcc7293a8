"""Buckets: every item once, the longest first, none too large."""

import pytest

from nscbench.codecs.neural.buckets import buckets


@pytest.mark.parametrize(
    ("lengths", "expected"),
    [
        ([], []),
        ([7], [[0]]),
        ([3, 5, 4], [[1, 2], [0]]),  # 2 * 5 frames are 10, 3 * 5 would be 15
        ([30, 1, 1], [[0], [1, 2]]),  # longer than the limit: alone
        ([5, 5, 5], [[0, 1], [2]]),  # equal ones in their order
    ],
)
def test_buckets(lengths: list[int], expected: list[list[int]]) -> None:
    assert buckets(lengths, 10) == expected
