"""The items that a run was begun with: whoever goes on with it measures these, or is refused.

`items.csv` is written first. A folder that has got more recordings since, or others, is another
test set, and means over both would be of neither.
"""

from collections.abc import Iterator, Mapping, Sequence

import pandas as pd

from ..data.items import Item
from ..store.atomic import write_atomically
from ..store.finished_run import reading
from ..store.printable import some
from ..store.received import csv_text, read_table
from ..store.run_directory import RunDirectory, RunError
from .tables import items_table


def begin(directory: RunDirectory, items: Sequence[Item]) -> None:
    """Begin a run with these items, or go on with it.

    Raises:
        RunError: it was begun with others: which.
    """
    if not directory.items.exists():
        write_atomically(directory.items, csv_text(items_table(items)))
        return
    with reading(directory):
        known = read_table(directory.root, directory.items, dtype=str, keep_default_na=False)
    if not {"id", "sha256"} <= set(known):
        raise RunError(f"{directory.items}: is no table of items; choose another --out")
    references = known.get("reference_sha256", pd.Series("", index=known.index))
    begun = dict(zip(known["id"], known["sha256"] + references, strict=True))
    here = {item.id: item.sha256 + item.reference_sha256 for item in items}
    if differences := "; ".join(_differences(begun, here)):
        raise RunError(
            f"{directory.root}: was begun with {len(begun)} items, here are {len(here)}: "
            f"{differences}. Take the items and the --limit that it was begun with, or choose "
            "another --out"
        )


def _differences(begun: Mapping[str, str], here: Mapping[str, str]) -> Iterator[str]:
    kinds = {
        "new": [name for name in here if name not in begun],
        "gone": [name for name in begun if name not in here],
        "changed": [n for n, digest in begun.items() if here.get(n, digest) != digest],
    }
    for what, names in kinds.items():
        if names:
            yield f"{what}: {some(names)}"
