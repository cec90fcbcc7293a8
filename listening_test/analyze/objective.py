"""The objective values of a run, as they are set against listeners' scores."""

from collections.abc import Mapping
from pathlib import Path

from ..read.ratings import ResultsError

Objective = Mapping[str, Mapping[tuple[str, str], float]]  # column -> (item, condition) -> value


def read_run(run: Path) -> tuple[Objective, dict[str, str]]:
    """The values of a run by column, and the columns' directions.

    A stochastic decoder's first draw is taken: it is what the listeners heard.

    Raises:
        ResultsError: no run there.
    """
    from ... import metrics
    from ...benchmarks.store.results import RATE_COLUMNS, read_rows

    try:
        rows = read_rows(run / "rows.csv")
    except (OSError, ValueError) as error:
        raise ResultsError(f"{run} is not a finished run: {error}") from error
    columns: dict[str, dict[tuple[str, str], float]] = {}
    rows = rows[(rows["draw"] == 0) & rows["value"].notna() & ~rows["column"].isin(RATE_COLUMNS)]
    for condition, item, column, value in zip(
        rows["condition"], rows["item"], rows["column"], rows["value"], strict=True
    ):
        columns.setdefault(str(column), {})[str(item), str(condition)] = float(value)
    directions = {
        column: direction
        for metric in metrics.available().values()
        for column, direction in metric.directions.items()
    }
    return columns, {column: directions.get(column, "none") for column in columns}
