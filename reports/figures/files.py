"""Files of a figure: PNG, SVG and PDF, and a CSV of what is drawn."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from io import BytesIO
from pathlib import Path
from typing import Any

from fontTools import subset
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
_LOAD = "load_font"  # of fontTools, which matplotlib calls
_LAYOUT_TABLES = ("GDEF", "GPOS", "GSUB", "kern")


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
        with _plain_fonts():
            sheet.print_pdf(drawn, metadata={"CreationDate": None})  # type: ignore[no-untyped-call]
    return drawn.getvalue()


@contextmanager
def _plain_fonts() -> Iterator[None]:
    """Embed fonts without their tables of ligatures and of places.

    A PDF has chosen and placed its glyphs, and to subset these tables takes longer than to draw.
    """
    load = getattr(subset, _LOAD)

    def plain(*arguments: Any, **options: Any) -> Any:
        font = load(*arguments, **options)
        for table in _LAYOUT_TABLES:
            if table in font:
                del font[table]
        return font

    setattr(subset, _LOAD, plain)
    try:
        yield
    finally:
        setattr(subset, _LOAD, load)


def follows_layout(picture: Picture) -> bool:
    """Is a figure as wide as the layout wants it? Matrices are as wide as they must be."""
    width = layout().width
    return not width or picture.figure.get_figwidth() <= width + 0.01
