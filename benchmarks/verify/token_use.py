"""Differences between what a run says of its tokens and what its bitstreams hold."""

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from ..run.plan import Plan
from ..run.token_use import token_use
from ..store.journal import Find
from ..store.run_directory import RunDirectory
from .tables import table_differences

_WRITTEN = 1e-9  # relative


def token_differences(
    plan: Plan,
    find: Find,
    directory: RunDirectory,
    manifest: Mapping[str, Any],
    tables: Mapping[Path, pd.DataFrame],
) -> Iterator[str]:
    """Lines of `tokens.csv`, and columns of the manifest, that the bitstreams do not make.

    A run that was made before there was such a table says nothing of tokens.
    """
    told = {entry["condition"]: entry["tokens"] for entry in manifest["conditions"]
            if "tokens" in entry}  # fmt: skip
    if not told or len(plan.suite.codecs) < len(manifest["conditions"]):
        return
    table, columns = token_use(plan, find, directory)
    if len(table) or directory.tokens in tables:
        yield from table_differences(directory.tokens, tables.get(directory.tokens), table)
    for condition, own in told.items():
        made = columns.get(condition, {})
        for column in dict.fromkeys((*own, *made)):
            values = [of.get(column, float("nan")) for of in (own, made)]
            if not np.isclose(values[0], values[1], rtol=_WRITTEN, atol=0):
                yield (
                    f"{directory.manifest.name}, {condition}: {column} is {values[0]:.9g}, its "
                    f"bitstreams make {values[1]:.9g}"
                )
