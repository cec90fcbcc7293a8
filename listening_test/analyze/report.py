"""Writes what an analysis found: CSV tables, one JSON document, figures, one HTML page.

index.html         everything, offline in one file
analysis.json      everything but the ratings, numbers unrounded; null where there is none
conditions.csv     `ConditionSummary`, all listeners and after screening
pairs.csv          `Pair`, all listeners and after screening
listeners.csv      who was excluded, and why
ratings.csv        the ratings taken, as a plain long table
rejected.csv       what was not taken, by file and line
correlations.csv   `ColumnReport`, where a run was given
box.svg, violin.svg, intervals.svg
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from ...benchmarks.statistics.coefficients import KINDS
from ..report_files import PAGE, cell_text, json_text, page_text, write_files
from ..schema import Reading
from . import figures, sentences
from .analysis import Analysis
from .correlation import ColumnReport
from .opinion_scores import OpinionScores
from .screening import Screening
from .tables import csv_tables

if TYPE_CHECKING:
    from markupsafe import Markup

ANALYSIS_SCHEMA = 2  # of analysis.json


@dataclass(frozen=True)
class Conclusions:
    """Everything that is reported; `before` has all listeners, `after` those that count.

    `notes` say which correlations with the run's columns were not computed, and why.
    """

    reading: Reading
    scores: OpinionScores
    screening: Screening
    before: Analysis
    after: Analysis
    correlations: tuple[ColumnReport, ...] = ()
    notes: tuple[str, ...] = ()

    @property
    def shown(self) -> Analysis:
        """What figures and scores show: all listeners where post-screening left none."""
        return self.after if self.after.conditions else self.before

    def sections(self) -> dict[str, list[str]]:
        """The sentences, by heading."""
        found = {
            "What was read": sentences.reading_sentences(self.reading, self.scores),
            "Post-screening": sentences.screening_sentences(self.screening)
            + sentences.change_sentences(self.before, self.after),
            "Results": sentences.analysis_sentences(self.after),
        }
        if self.correlations or self.notes:
            found["Objective metrics"] = [
                *sentences.correlation_sentences(self.correlations),
                *(f"{note}." for note in self.notes),
            ]
        return found


def write(conclusions: Conclusions, folder: Path) -> Path:
    """Writes all files into a folder, which is made; the page's path.

    A table of correlations that an earlier analysis left there is removed if this one has none.
    """
    scores, shown = conclusions.scores, conclusions.shown
    if shown is conclusions.after:
        scores = scores.without(conclusions.screening.excluded)
    drawn = {
        "intervals": figures.to_svg(figures.interval_plot(shown, conclusions.before)),
        "box": figures.to_svg(figures.box_plot(scores, shown)),
        "violin": figures.to_svg(figures.violin_plot(scores, shown)),
    }
    tables = csv_tables(
        conclusions.reading,
        conclusions.screening,
        conclusions.before,
        conclusions.after,
        conclusions.correlations,
    )
    page = write_files(
        {
            **{f"{name}.svg": content for name, content in drawn.items()},
            **tables,
            "analysis.json": to_json(conclusions),
            PAGE: to_html(conclusions, drawn),
        },
        folder,
    )
    if "correlations.csv" not in tables:
        (folder / "correlations.csv").unlink(missing_ok=True)
    return page


def to_json(conclusions: Conclusions) -> str:
    """The conclusions as JSON."""
    document = {
        "schema": ANALYSIS_SCHEMA,
        "sources": conclusions.reading.sources,
        "rejected": conclusions.reading.rejected,
        "sentences": conclusions.sections(),
        "screening": conclusions.screening,
        "before": conclusions.before,
        "after": conclusions.after,
        "correlations": conclusions.correlations,
        "correlation_notes": conclusions.notes,
    }
    return json_text(document)


def to_html(conclusions: Conclusions, drawn: Mapping[str, bytes]) -> str:
    """One page without any outside resource.

    Args:
        conclusions: to be shown.
        drawn: SVG figures by name.
    """
    return page_text(
        "analysis.html",
        title="Listening test: results",
        sections=conclusions.sections(),
        verdicts=conclusions.screening.verdicts,
        rejected=conclusions.reading.rejected,
        conclusions=conclusions,
        shown=conclusions.shown,
        counts=_counts(conclusions.shown),
        figures={name: _inline(name, svg.decode()) for name, svg in drawn.items()},
        before={summary.condition: summary for summary in conclusions.before.conditions},
        kinds=KINDS,
    )


def _inline(name: str, svg: str) -> "Markup":
    """A figure within the page: ids of its own, and the page's colours of text and paper."""
    from markupsafe import Markup

    text = svg[svg.index("<svg") :]
    text = re.sub(r"<metadata>.*?</metadata>", "", text, count=1, flags=re.DOTALL)
    text = re.sub(r'\bid="', f'id="{name}-', text)
    text = re.sub(r'(href="|url\()#', rf"\1#{name}-", text)
    text = text.replace(figures.INK, "currentColor").replace(figures.PAPER, "none")
    return Markup(text.replace("<svg", '<svg aria-hidden="true"', 1))


def _counts(analysis: Analysis) -> str:
    """What the plots are of, in words."""
    counted = sentences.counted
    return (
        f"{counted(analysis.listeners, 'listener')}, {counted(analysis.items, 'item')}, "
        f"{counted(analysis.ratings, 'rating')}"
    )


def means_text(analysis: Analysis) -> str:
    """The conditions' means and intervals, a line each."""
    width = max((len(s.condition) for s in analysis.conditions), default=0)
    return "\n".join(
        f"  {s.condition.ljust(width)}  {s.mean:6.2f} {cell_text(s.mean_t):>15}  "
        f"{sentences.counted(s.listeners, 'listener')}"
        for s in analysis.conditions
    )
