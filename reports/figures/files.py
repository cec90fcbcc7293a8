"""Files of a figure: PNG, SVG and PDF, and a CSV of what is drawn."""

from collections.abc import Sequence
from io import BytesIO
from pathlib import Path

from matplotlib import pyplot as plt
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.backends.backend_pdf import FigureCanvasPdf
from matplotlib.backends.backend_svg import FigureCanvasSVG
from matplotlib.figure import Figure

from ...benchmarks.store.atomic import write_atomically
from ...benchmarks.store.received import csv_text
from .style import Picture, layout, settle

FORMATS = (".png", ".svg", ".csv")
_DPI = 160


def save(picture: Picture, folder: Path, suffixes: Sequence[str] = FORMATS) -> None:
    """Write NAME.png, NAME.svg and NAME.csv, or those of these suffixes, and close the figure.

    NAME ends as the layout says, "_column" in a column.
    """
    name = f"{picture.name}{layout().suffix}"
    settle(picture.figure)
    for suffix in (suffix for suffix in suffixes if suffix != ".csv"):
        # a name may have a dot: design_space_1.5
        write_atomically(folder / f"{name}{suffix}", _printed(picture.figure, suffix))
    plt.close(picture.figure)
    if ".csv" in suffixes:
        write_atomically(folder / f"{name}.csv", csv_text(picture.data))


def _printed(figure: Figure, suffix: str) -> bytes:
    """A figure that is laid out, in a format; `savefig` would draw it once more to lay it out."""
    figure.set_dpi(_DPI)  # each format leaves its own
    drawn = BytesIO()
    if suffix == ".png":
        FigureCanvasAgg(figure).print_png(drawn)  # type: ignore[no-untyped-call]
    elif suffix == ".svg":
        canvas = FigureCanvasSVG(figure)
        canvas.print_svg(drawn, metadata={"Date": None})  # type: ignore[no-untyped-call]
    else:
        sheet = FigureCanvasPdf(figure)
        sheet.print_pdf(drawn, metadata={"CreationDate": None})  # type: ignore[no-untyped-call]
    return drawn.getvalue()


def follows_layout(picture: Picture) -> bool:
    """Is a figure as wide as the layout wants it? Matrices are as wide as they must be."""
    width = layout().width
    return not width or picture.figure.get_figwidth() <= width + 0.01
