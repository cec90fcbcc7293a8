"""The objective values of a run, as they are set against listeners' scores."""

from collections.abc import Mapping
from pathlib import Path

from ... import metrics
from ...benchmarks.store.finished_run import read_run
from ...benchmarks.store.results import RATE_COLUMNS
from ...benchmarks.store.run_directory import RunDirectory, RunError
from ...benchmarks.store.run_manifest import read_run_manifest
from ..schema import ResultsError

ObjectiveValues = Mapping[str, Mapping[tuple[str, str], float]]  # column: (item, condition): value


def objective_values(root: Path) -> tuple[ObjectiveValues, dict[str, str]]:
    """The values of a run by column, and the columns' directions: "higher", "lower" or "none".

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
    return columns, {column: scores.directions.get(column, "none") for column in columns}


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
