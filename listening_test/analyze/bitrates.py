"""The bitrates and objective means of a run's conditions, to be drawn beside what listeners say."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from pathlib import Path

from ...benchmarks.store.finished_run import read_run
from ...benchmarks.store.run_directory import RunError
from ...benchmarks.store.scores import curve_of
from ..schema import ResultsError


@dataclass(frozen=True)
class Curves:
    """Of each condition of a run.

    Attributes:
        kbps: measured bitrate; NaN for an oracle.
        curve: name of its bitrate-quality curve.
        columns: each ranked objective column's means over its items, and whether lower is better.
    """

    kbps: Mapping[str, float]
    curve: Mapping[str, str]
    columns: Mapping[str, tuple[Mapping[str, float], bool]]


def curves_of(root: Path, judged: Collection[str]) -> Curves:
    """The curves of a run.

    Args:
        root: of the run.
        judged: conditions of the listening test.

    Raises:
        ResultsError: no finished run there, or it has none of these conditions.
    """
    try:
        scores = read_run(root).scores
    except RunError as error:
        raise ResultsError(str(error)) from error
    if not scores.conditions.keys() & set(judged):
        raise ResultsError(
            f"{root} has none of the judged conditions: it has conditions such as "
            f"{', '.join(list(scores.conditions)[:3])}, the votes {', '.join(list(judged)[:3])}"
        )
    columns = {}
    for column in scores.measured:
        if sign := scores.sign(column):
            means = scores.of(column).mean().dropna()
            values = {str(name): float(mean) for name, mean in means.items()}
            columns[column] = values, sign < 0
    return Curves(
        {name: scores.kbps(name) for name in scores.conditions},
        {name: curve_of(name, line["codec"]) for name, line in scores.conditions.items()},
        columns,
    )
