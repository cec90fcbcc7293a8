"""Training curves: what each validation score did over the minutes of training."""

from collections.abc import Iterator, Sequence
from pathlib import Path

import pandas as pd

from ...benchmarks.store.run_directory import RunError
from ..columns import look
from .axes import common_legend
from .style import Picture, marks, panels

LOG = "validation.csv"
_COLUMNS = ["step", "minutes", "audio_seconds", "name", "value"]


def training_curves(folders: Sequence[Path]) -> Iterator[Picture]:
    """One panel for each validation score, a line for each folder of a training and each variant.

    A score is called NAME, or VARIANT/NAME.

    Raises:
        RunError: a folder has no log of a training.
    """
    if not folders:
        return
    log = pd.concat([_read(folder) for folder in folders])
    parts = log["name"].str.rpartition("/")
    log = log.assign(score=parts[2], curve=(log["training"] + " " + parts[0]).str.strip())
    names = list(dict.fromkeys(log["score"]))
    styles = marks(list(dict.fromkeys(log["curve"])))
    figure, grid = panels(len(names))
    for axes, name in zip(grid, names, strict=True):
        for curve, own in log[log["score"] == name].groupby("curve", sort=False):
            mark = styles[str(curve)]
            axes.plot(
                own["minutes"], own["value"], color=mark.colour, linestyle=mark.line,
                marker=mark.marker, markersize=4, label=str(curve),
            )  # fmt: skip
        axes.set_title(look(name).title)
        axes.set_xlabel("minutes of training")
    common_legend(figure, grid)
    figure.suptitle("Training")
    yield Picture(
        "training",
        "Training",
        "Validation scores of the moving average of the weights, over the time that training took.",
        figure,
        log,
    )


def _read(folder: Path) -> pd.DataFrame:
    try:
        log = pd.read_csv(folder / LOG)
    except FileNotFoundError as error:
        raise RunError(f"{folder}: not a training: it has no {LOG}") from error
    if list(log.columns) != _COLUMNS:
        raise RunError(f"{folder / LOG}: its columns are {', '.join(map(str, log.columns))}")
    return log.assign(training=folder.name)
