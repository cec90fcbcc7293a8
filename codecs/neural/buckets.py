"""Buckets: items of about the same length, decoded as one padded batch."""

from collections.abc import Sequence


def buckets(lengths: Sequence[int], limit: int) -> list[list[int]]:
    """Places of the items, the longest first, in groups of at most `limit` padded frames each.

    An item that is longer than the limit is a group of its own.
    """
    groups: list[list[int]] = []
    for place in sorted(range(len(lengths)), key=lambda i: (-lengths[i], i)):
        if groups and lengths[groups[-1][0]] * (len(groups[-1]) + 1) <= limit:
            groups[-1].append(place)
        else:
            groups.append([place])
    return groups
