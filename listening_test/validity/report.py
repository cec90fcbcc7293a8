"""Writes what a comparison of metrics and listeners found.

index.html         everything, offline in one file
validity.json      everything but single scores, numbers unrounded; null where there is none
coefficients.csv   by column, level and kind
errors.csv         RMSE, RMSE* and outlier ratio by column, level and order of the mapping
reversals.csv      pairs that a metric orders against the listeners
conditions.csv     mean opinion and mean values by condition
rejected.csv       ratings that were not taken, by file and line
coefficients.svg, mappings.svg
"""

import base64
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from ...benchmarks.statistics.coefficients import KINDS
from ..analyze.figures import to_svg
from ..report_files import PAGE, json_text, page_text, write_files
from . import figures, sentences
from .agreement import ColumnValidity
from .compared import Compared
from .tables import csv_tables

VALIDITY_SCHEMA = 1  # of validity.json


@dataclass(frozen=True)
class Found:
    """What is reported; `notes` say which columns were not compared, and why."""

    compared: Compared
    columns: tuple[ColumnValidity, ...]
    notes: tuple[str, ...]

    @property
    def shown(self) -> list[ColumnValidity]:
        """The columns with a better end, best first."""
        return [c for c in sentences.ordered(self.columns) if c.direction != "none"]

    def sections(self) -> dict[str, list[str]]:
        """The sentences, by heading."""
        return {
            "What was compared": sentences.compared_sentences(self.compared),
            "Metrics": [
                *sentences.column_sentences(self.columns),
                *(f"{note}." for note in self.notes),
            ],
        }


def write(found: Found, folder: Path) -> Path:
    """Writes all files into a folder, which is made; the page's path."""
    drawn = {
        "coefficients": to_svg(figures.coefficient_plot(found.shown)),
        "mappings": to_svg(figures.mapping_plot(found.shown, found.compared)),
    }
    files: dict[str, str | bytes] = {f"{name}.svg": content for name, content in drawn.items()}
    files |= csv_tables(found.columns, found.compared)
    files |= {"validity.json": to_json(found), PAGE: to_html(found, drawn)}
    return write_files(files, folder)


def to_json(found: Found) -> str:
    """The findings as JSON."""
    compared = found.compared
    document = {
        "schema": VALIDITY_SCHEMA,
        "run": str(compared.root),
        "ratings": compared.opinions.sources,
        "test": compared.opinions.test,
        "recordings": "same" if compared.shared else "others",
        "conditions": compared.names,
        "scores": len(compared.opinions.score),
        "rejected": compared.opinions.rejected,
        "sentences": found.sections(),
        "columns": found.columns,
    }
    return json_text(document)


def to_html(found: Found, drawn: Mapping[str, bytes]) -> str:
    """One page without any outside resource.

    Args:
        found: to be shown.
        drawn: SVG figures by name.
    """
    return page_text(
        "validity.html",
        title="Metrics and listeners",
        sections=found.sections(),
        verdicts=(),
        rejected=found.compared.opinions.rejected,
        found=found,
        columns=sentences.ordered(found.columns),
        figures={name: base64.b64encode(svg).decode() for name, svg in drawn.items()},
        kinds=KINDS,
    )
