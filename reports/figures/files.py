"""Files of a figure: PNG, SVG and PDF, and a CSV of what is drawn."""

from collections.abc import Sequence
from io import BytesIO
from pathlib import Path

from matplotlib import pyplot as plt

from ...benchmarks.store.atomic import write_atomically
from ...benchmarks.store.received import csv_text
from .style import Picture, layout, settle

FORMATS = (".png", ".svg", ".csv")


def save(picture: Picture, folder: Path, suffixes: Sequence[str] = FORMATS) -> None:
    """Write NAME.png, NAME.svg and NAME.csv, or those of these suffixes, and close the figure.

    NAME ends as the layout says, "_column" in a column.
    """
    name = f"{picture.name}{layout().suffix}"
    settle(picture.figure)
    for suffix in (suffix for suffix in suffixes if suffix != ".csv"):
        drawn = BytesIO()
        kind = suffix.removeprefix(".")
        picture.figure.savefig(drawn, format=kind, dpi=160, metadata=_METADATA.get(suffix))
        # a name may have a dot: design_space_1.5
        write_atomically(folder / f"{name}{suffix}", drawn.getvalue())
    plt.close(picture.figure)
    if ".csv" in suffixes:
        write_atomically(folder / f"{name}.csv", csv_text(picture.data))


def follows_layout(picture: Picture) -> bool:
    """Is a figure as wide as the layout wants it? Matrices are as wide as they must be."""
    width = layout().width
    return not width or picture.figure.get_figwidth() <= width + 0.01


# the same data make the same file
_METADATA: dict[str, dict[str, None]] = {".svg": {"Date": None}, ".pdf": {"CreationDate": None}}
