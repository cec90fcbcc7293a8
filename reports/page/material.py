"""What a report is made of: a run, and every table of it, each made once."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property

import pandas as pd

from ...benchmarks.store.costs import read_costs
from ...benchmarks.store.finished_run import Run
from ..columns import overview
from ..figures.style import REFERENCE
from ..tables.curve_deltas import compare_curves, curves
from ..tables.leaderboard import all_comparisons, leaderboard
from ..tables.seeds import seed_variance
from ..tables.summary import cautions
from ..tables.verdicts import FAIL, UNDECIDED, read_verdicts, reasons, with_verdicts
from .flags import Flag, flags

_FIRST = {FAIL: 0, UNDECIDED: 1}  # of the findings


@dataclass(frozen=True)
class Material:
    """A run and every table that its report needs, each made once.

    Attributes:
        run: one run, or several merged.
        families: of codecs, by condition, where they are known (`figures.style.FAMILY_MARKS`).
    """

    run: Run
    families: Mapping[str, str] = field(default_factory=dict)

    @cached_property
    def comparisons(self) -> Mapping[str, pd.DataFrame]:
        return all_comparisons(self.run.scores)

    @cached_property
    def table(self) -> pd.DataFrame:
        table = leaderboard(self.run.scores, self.comparisons)
        return with_verdicts(table, self.verdicts) if len(self.verdicts) else table

    @cached_property
    def verdicts(self) -> pd.DataFrame:
        """On the limits of the suite: of every directory that has some."""
        judged = [d for d in self.run.directories if d.verdicts.exists()]
        tables = [read_verdicts(directory.root, directory.verdicts) for directory in judged]
        return pd.concat(tables) if tables else pd.DataFrame()

    @cached_property
    def cautions(self) -> list[str]:
        return cautions(self.run.scores, self.comparisons.values())

    @cached_property
    def flags(self) -> list[Flag]:
        found = flags(self.run.scores, self.comparisons, self.run.findings)
        if len(self.verdicts):
            found = [Flag(kind, name, why) for name, kind, why in reasons(self.verdicts)] + found
        return sorted(found, key=lambda flag: _FIRST.get(flag.kind, len(_FIRST)))

    @cached_property
    def anchor(self) -> str:
        """The curve that others are held against; "" where there is none to compare."""
        names = list(curves(self.run.scores))
        return "" if len(names) < 2 else REFERENCE if REFERENCE in names else names[0]

    @cached_property
    def deltas(self) -> pd.DataFrame:
        columns = overview(self.run.scores.ranked)
        return compare_curves(self.run.scores, columns if self.anchor else [], self.anchor)

    @cached_property
    def seeds(self) -> pd.DataFrame:
        return seed_variance(self.run.scores)

    @cached_property
    def costs(self) -> pd.DataFrame:
        return read_costs(self.run)
