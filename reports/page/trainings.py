"""The page of a campaign: how every training's validation went, and where it stands."""

from collections.abc import Sequence
from pathlib import Path

import pandas as pd
from markupsafe import Markup

from ...benchmarks.store.atomic import write_atomically
from ..figures.files import save
from ..figures.style import INK, PAPER, drawing
from ..figures.training import training_curves
from .drawings import inline
from .templating import make_environment

TEMPLATE = "trainings.html"


def write_trainings(folders: Sequence[Path], out: Path) -> Path:
    """Write `trainings.html` and the figure beside it; the page's path.

    Args:
        folders: of trainings, each with its log of validation.
        out: folder of the page.

    Raises:
        RunError: a folder has no log of a training.
    """
    with drawing():
        (picture,) = training_curves(folders)
        save(picture, out)
    svg = (out / f"{picture.name}.svg").read_text("utf-8")
    environment = make_environment("nscbench.reports.page")
    page = environment.get_template(TEMPLATE).render(
        svg=Markup(inline(picture.name, picture.title, svg)),
        caption=picture.caption,
        standing=Markup(_standing(picture.data).to_html(na_rep="", border=0)),
        ink=INK,
        paper=PAPER,
    )
    write_atomically(out / TEMPLATE, page.encode())
    return out / TEMPLATE


def _standing(log: pd.DataFrame) -> pd.DataFrame:
    """The last value of every curve, a line each, and the minutes that it took."""
    last = log.sort_values("step").groupby(["curve", "score"], sort=False).last()
    table = last["value"].unstack("score").round(3)
    table.insert(0, "minutes", last["minutes"].groupby("curve").max().round(1))
    return table
