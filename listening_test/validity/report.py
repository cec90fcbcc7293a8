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
import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from ...benchmarks.statistics.coefficients import KINDS
from ...benchmarks.store.atomic import write_atomically
from ..analyze.figures import to_svg
from ..analyze.report import plain
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
    files = {f"{name}.svg": content for name, content in drawn.items()}
    files |= {
        name: text.encode() for name, text in csv_tables(found.columns, found.compared).items()
    }
    files["validity.json"] = to_json(found).encode()
    files["index.html"] = to_html(found, drawn).encode()
    for name, content in files.items():
        write_atomically(folder / name, content)
    return folder / "index.html"


def to_json(found: Found) -> str:
    """The findings as JSON; no NaN and no infinity, which JSON does not have."""
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
    return json.dumps(plain(document), indent=1, ensure_ascii=False) + "\n"


def to_html(found: Found, drawn: Mapping[str, bytes]) -> str:
    """One page without any outside resource.

    Args:
        found: to be shown.
        drawn: SVG figures by name.
    """
    from jinja2 import Environment, PackageLoader, StrictUndefined

    environment = Environment(
        loader=PackageLoader("nscbench.listening_test.validity"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters |= {"number": _number, "interval": sentences.interval_words}
    return environment.get_template("validity.html").render(
        found=found,
        columns=sentences.ordered(found.columns),
        sections=found.sections(),
        figures={name: base64.b64encode(svg).decode() for name, svg in drawn.items()},
        kinds=KINDS,
    )


def _number(value: float | None, digits: int = 2) -> str:
    return "–" if value is None else f"{value:.{digits}f}"
