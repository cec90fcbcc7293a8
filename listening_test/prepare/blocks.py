"""Who hears which trials, where all of them are too many for one session.

A block is what one listener takes. Trials are cells of a table of items and variants (condition, or
pair and order); cell (i, v) goes to block (i + v) mod B, after both have been shuffled: a Latin
square. So every trial is in one block, every block has every item and every variant about equally
often, and equally many listeners of each block mean equally many votes of each clip.
"""

import math
import random
from collections.abc import Mapping, Sequence

Cell = tuple[str, str]  # item and variant


def split(cells: Sequence[Cell], most: int, seed: int) -> list[list[Cell]]:
    """The blocks of these cells, of about `most` at most, in the order of the cells."""
    count = math.ceil(len(cells) / max(1, most))
    items = _places([item for item, _ in cells], f"items/{seed}")
    variants = _places([variant for _, variant in cells], f"variants/{seed}")
    blocks: list[list[Cell]] = [[] for _ in range(count)]
    for item, variant in cells:
        blocks[(items[item] + variants[variant]) % count].append((item, variant))
    return [block for block in blocks if block]


def _places(names: Sequence[str], word: str) -> Mapping[str, int]:
    known = list(dict.fromkeys(names))
    random.Random(f"blocks/{word}").shuffle(known)
    return {name: place for place, name in enumerate(known)}
