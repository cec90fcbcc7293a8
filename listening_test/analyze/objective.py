"""The objective values of a run, as they are set against listeners' scores.

Quality comes first, then what else is heard, and last the columns without a better end. What a
test makes equal before anybody listens, delay, polarity and level, is left out: it cannot
correlate with what was heard.
"""

from collections.abc import Mapping
from pathlib import Path

from ... import metrics
from ...benchmarks.store.finished_run import read_run
from ...benchmarks.store.results import RATE_COLUMNS
from ...benchmarks.store.run_directory import RunDirectory, RunError
from ...benchmarks.store.run_manifest import read_run_manifest
from ...metrics.base import Column
from ..schema import ResultsError

ObjectiveValues = Mapping[str, Mapping[tuple[str, str], float]]  # column: (item, condition): value


def objective_values(root: Path) -> tuple[ObjectiveValues, dict[str, str]]:
    """The values of a run by column, in their order, and the columns' directions.

    A stochastic decoder's first draw is taken: it is what the listeners heard. The values are those
    that were stored: what measured them need not be installed, but without it nobody knows which
    end of its columns is the better one (`foreign_metrics`), and their direction is "none".

    Raises:
        ResultsError: no finished run there, or a damaged one.
    """
    try:
        scores = read_run(root, foreign=True).scores
    except RunError as error:
        raise ResultsError(str(error)) from error
    rows = scores.rows
    rows = rows[(rows["draw"] == 0) & rows["value"].notna() & ~rows["column"].isin(RATE_COLUMNS)]
    columns: dict[str, dict[tuple[str, str], float]] = {}
    for condition, item, column, value in zip(
        rows["condition"], rows["item"], rows["column"], rows["value"], strict=True
    ):
        columns.setdefault(str(column), {})[str(item), str(condition)] = float(value)
    heard = sorted(filter(is_heard, columns), key=_place)
    return (
        {column: columns[column] for column in heard},
        {column: scores.directions.get(column, "none") for column in heard},
    )


def foreign_metrics(root: Path) -> list[str]:
    """The metrics of a run that are not installed here.

    Raises:
        ResultsError: no finished run there, or a damaged one.
    """
    try:
        manifest = read_run_manifest(RunDirectory(root))
    except RunError as error:
        raise ResultsError(str(error)) from error
    names = [entry["metric"] for entry in manifest["metrics"]]
    return [name for name in names if name not in metrics.available()]


def is_heard(column: str) -> bool:
    """Does a column say anything of what listeners hear? Not of what a test makes equal."""
    return _look(column).family != "alignment"


def is_quality(column: str) -> bool:
    """Is a column about quality, as listeners' scores are?"""
    return _look(column).family == "quality"


def _place(column: str) -> tuple[bool, bool, int]:
    look = _look(column)
    return look.family != "quality", look.direction == "none", look.place


def _look(column: str) -> Column:
    """What the column's metric says of it; of no metric's, that it ranks nothing."""
    known = metrics.columns().get(column)
    return known or Column(column, "none", family="cost")
