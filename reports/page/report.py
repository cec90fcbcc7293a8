"""The report of a run: one page that needs no network, and beside it the same as files.

report.html         leaderboard, findings, figures, significance, players, failures, provenance
audio/              the signals that it plays, each loaded when it is asked for
leaderboard.*       as CSV, Markdown and LaTeX
leaderboard_by_*    as CSV and Markdown: by a column of the items, where asked for
summary.txt         who leads each column, and how many pairs are decided
comparisons.csv     all pairs of codecs in all columns
bd.csv, seeds.csv   Bjøntegaard deltas; variance of draws
findings.csv        what a reader must not overlook
figures/            each as PNG, SVG, PDF and CSV; NAME_column as wide as a paper's column
"""

from collections.abc import Iterator, Mapping, Sequence
from itertools import chain
from pathlib import Path
from typing import Any, NamedTuple

import pandas as pd
from markupsafe import Markup

from ...benchmarks.store.atomic import write_atomically
from ...benchmarks.store.finished_run import Run
from ...benchmarks.store.received import csv_text
from .. import figures
from ..figures.curves import curve_pictures
from ..figures.front import NAME as FRONT
from ..figures.style import COLUMN, Picture, drawing
from ..figures.training import training_curves
from ..tables.not_run import with_not_run
from ..tables.printed import latex, markdown, show_summary
from ..tables.split import Split, cells_by_column, split, split_markdown
from ..tables.summary import summary
from .drawings import narrow_ones, saved
from .flags import Flag
from .gallery import Gallery, gallery
from .material import Material
from .run_signals import ReadSignal
from .template_values import template_values
from .templating import make_environment, source

SCRIPTS = ("page.js", "board.js", "matrix.js", "player.js")  # of the page, in their order


class Report(NamedTuple):
    """What was written.

    Attributes:
        page: its path.
        faults: a sentence for each signal that it does not play.
        changed: is one of them there, but not what was measured?
    """

    page: Path
    faults: list[str]
    changed: bool


def write_report(
    run: Run,
    out: Path,
    read_signal: ReadSignal,
    trainings: Sequence[Path] = (),
    families: Mapping[str, str] | None = None,
    splits: Sequence[str] = (),
) -> Report:
    """Write all files of a report.

    Args:
        run: one run, or several merged.
        out: folder of the report.
        read_signal: reads the recordings and decoded audio that the page plays.
        trainings: folders of trainings whose curves are drawn, too.
        families: of codecs, by condition, where they are known.
        splits: columns of the items by which the leaderboard is split, too.

    Raises:
        RunError: a folder of a training has no log, or no item has a column to split by.
    """
    material = Material(run, families or {})
    parts = [split(run.scores, column) for column in splits]
    pictures, curves_of_columns = _drawn(material, out / "figures", trainings)
    shown = gallery(run, read_signal)
    page = _page(material, shown, pictures, curves_of_columns, parts)
    table = with_not_run(material.table, run.not_run)
    files: dict[str, bytes] = {
        "leaderboard.csv": csv_text(table),
        "leaderboard.md": f"{markdown(table, material.cautions)}\n".encode(),
        "leaderboard.tex": latex(table, material.cautions).encode(),
        "summary.txt": f"{show_summary(summary(material.comparisons))}\n".encode(),
        "comparisons.csv": csv_text(_joined(material.comparisons)),
        "bd.csv": csv_text(material.deltas),
        "seeds.csv": csv_text(material.seeds),
        "findings.csv": csv_text(pd.DataFrame(material.flags, columns=list(Flag._fields))),
        "report.html": page.encode(),
    }
    for part in parts:
        files[f"{part.name}.csv"] = csv_text(part.table)
        files[f"{part.name}.md"] = split_markdown(part).encode()
    for name, content in {**shown.files, **files}.items():
        write_atomically(out / name, content)
    return Report(out / "report.html", shown.faults, shown.changed)


def _joined(tables: Mapping[str, pd.DataFrame]) -> pd.DataFrame:
    return pd.concat(tables.values()) if tables else pd.DataFrame()


def _drawn(
    material: Material, folder: Path, trainings: Sequence[Path]
) -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
    """Draw and save all figures, in both layouts; what the page shows, then curves of columns."""
    with drawing():
        overview, *of_columns = saved(_curves(material), folder) or [{}]
        others = saved(_pictures(material, trainings), folder)
    with drawing(COLUMN):
        every = chain(_curves(material), _pictures(material, trainings, narrow=True))
        narrow = narrow_ones(every, folder)
    pictures = [picture for picture in (overview, *others) if picture]
    for picture in pictures:
        picture["narrow"] = narrow.get(picture["name"], "")
    return sorted(pictures, key=lambda picture: picture["name"] != FRONT), of_columns


def _curves(material: Material) -> Iterator[Picture]:
    """The overview of all curves, then those of each column."""
    scores = material.run.scores
    ranked = {column: scores.directions[column] for column in scores.ranked}
    return curve_pictures(material.table, ranked, material.run.title)


def _pictures(
    material: Material, trainings: Sequence[Path], narrow: bool = False
) -> Iterator[Picture]:
    run = material.run
    given = figures.Given(run.scores, material.table, material.costs, material.families, run.title)
    for figure in figures.available():
        if figure.narrow or not narrow:
            yield from figure.draw(given)
    yield from training_curves(trainings)


def _page(
    material: Material,
    shown: Gallery,
    pictures: list[dict[str, Any]],
    each: list[dict[str, Any]],
    parts: Sequence[Split],
) -> str:
    environment = make_environment("nscbench.reports.page")
    style = Markup(source(environment, "report.css"))
    script = Markup("\n".join(source(environment, name) for name in SCRIPTS))
    values = template_values(material, shown)
    groups = [{"column": part.column, "tables": list(cells_by_column(part))} for part in parts]
    return environment.get_template("report.html").render(
        css=style, js=script, pictures=pictures, curves=each, groups=groups, **values
    )
