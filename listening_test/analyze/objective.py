"""The objective values of a run, as they are set against listeners' scores."""

from collections.abc import Mapping
from pathlib import Path

from ...benchmarks.store.finished_run import read_run
from ...benchmarks.store.results import RATE_COLUMNS
from ...benchmarks.store.run_directory import RunError
from ..schema import ResultsError

ObjectiveValues = Mapping[str, Mapping[tuple[str, str], float]]  # column: (item, condition): value


def objective_values(root: Path) -> tuple[ObjectiveValues, dict[str, str]]:
    """The values of a run by column, and the columns' directions: "higher", "lower" or "none".

    A stochastic decoder's first draw is taken: it is what the listeners heard.

    Raises:
        ResultsError: no finished run there, or a damaged one.
    """
    try:
        scores = read_run(root).scores
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
