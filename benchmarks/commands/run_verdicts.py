"""The verdicts of a run whose suite states limits: costs that they need, table, leaderboard, page.

`verdicts.csv` lies beside the leaderboard, which gets the column `verdict`; of a robustness suite,
beside its tables, and in the clean part.
"""

from collections.abc import Mapping, Sequence

import pandas as pd
from tqdm import tqdm

from ...reports.tables.verdicts import (
    FAIL,
    PASS,
    UNDECIDED,
    Judged,
    judge,
    overall,
    reasons,
    with_verdicts,
)
from ..cost.measure import COLUMNS
from ..cost.table import CostTable
from ..data.items import Item
from ..run.suite import Suite
from ..store import checksums
from ..store.atomic import write_atomically
from ..store.limited_costs import busy, costs_or_reasons
from ..store.limits import COSTS, DELAY
from ..store.received import csv_text, read_table
from ..store.run_directory import RunDirectory
from .cost import Effort, add_costs, speech_of

_OF_DELAY = ("impulse_delay_ms", "cut_delay_ms")


def judge_run(
    suite: Suite,
    items: Sequence[Item],
    device: str,
    clean: RunDirectory,
    runs: Mapping[str, Judged],
) -> pd.DataFrame:
    """Judge a finished run, and write and print what was found.

    Args:
        suite: with limits.
        items: of the run.
        device: that the codecs ran on.
        clean: directory of the run, or of its clean part.
        runs: as `judge` takes them.

    Raises:
        AudioError: a recording cannot be read.
        OSError: a file cannot be written.
    """
    _measure_costs(suite, items, device, clean)
    table = judge(suite.limits, runs, costs_or_reasons(clean.root), busy(clean.root))
    write_atomically(clean.verdicts, csv_text(table))
    board = with_verdicts(read_table(clean.root, clean.leaderboard), table)
    write_atomically(clean.leaderboard, csv_text(board))
    checksums.add(clean, [clean.verdicts, clean.leaderboard])
    _show(suite, table)
    return table


def worst(table: pd.DataFrame) -> str:
    """The worst verdict on any condition."""
    found = set(overall(table).values())
    return next((verdict for verdict in (FAIL, UNDECIDED) if verdict in found), PASS)


def _measure_costs(
    suite: Suite, items: Sequence[Item], device: str, directory: RunDirectory
) -> None:
    """Measure what limits ask for and the directory lacks, on the first items."""
    asked = {limit.column for limit in suite.limits if limit.column in COSTS}
    if DELAY in asked:
        asked |= {*_OF_DELAY}
    wanted = [column for column in COLUMNS if column in asked]
    known = costs_or_reasons(directory.root)
    missing = [
        codec
        for codec in suite.codecs
        if codec.kind == "codec"
        and any(limit.is_for(codec.condition) for limit in suite.limits if limit.column in COSTS)
        and any(known.get(codec.condition, {}).get(column, "") == "" for column in wanted)
    ]
    if not missing:
        return
    effort = Effort(suite.source, columns=wanted)
    speech = speech_of(items, effort)
    table = CostTable(directory.root)
    for codec in tqdm(missing, "costs", disable=None, leave=False):
        add_costs(table, codec, effort, device, speech)


def _show(suite: Suite, table: pd.DataFrame) -> None:
    if suite.document:
        print(f"\nafter {suite.document['name']}")
        for key, said in (("covered", "covered"), ("not_covered", "not covered")):
            for line in suite.document[key]:
                print(f"  {said}: {line}")
    print()
    for condition, verdict in overall(table).items():
        print(f"{verdict:9} {condition}")
        for name, kind, why in reasons(table):
            if name == condition:
                print(f"  {kind}: {why}")
