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

import json
import math
import re
from collections.abc import Mapping
from dataclasses import dataclass, fields, is_dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ...benchmarks.statistics.coefficients import KINDS
from ...benchmarks.statistics.intervals import Interval
from ...benchmarks.store.atomic import write_atomically
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
    files = {f"{name}.svg": content for name, content in drawn.items()}
    files |= {
        name: table.encode()
        for name, table in csv_tables(
            conclusions.reading,
            conclusions.screening,
            conclusions.before,
            conclusions.after,
            conclusions.correlations,
        ).items()
    }
    files["analysis.json"] = to_json(conclusions).encode()
    files["index.html"] = to_html(conclusions, drawn).encode()
    for name, content in files.items():
        write_atomically(folder / name, content)
    if "correlations.csv" not in files:
        (folder / "correlations.csv").unlink(missing_ok=True)
    return folder / "index.html"


def to_json(conclusions: Conclusions) -> str:
    """The conclusions as JSON; no NaN and no infinity, which JSON does not have."""
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
    return json.dumps(plain(document), indent=1, ensure_ascii=False) + "\n"


def plain(value: Any) -> Any:
    """Records, maps, lists and numbers as JSON has them; None for what is no finite number."""
    if is_dataclass(value) and not isinstance(value, type):
        return {f.name: plain(getattr(value, f.name)) for f in fields(value)}
    if isinstance(value, Mapping):
        return {key: plain(item) for key, item in value.items()}
    if isinstance(value, tuple | list):
        return [plain(item) for item in value]
    return None if isinstance(value, float) and not math.isfinite(value) else value


def to_html(conclusions: Conclusions, drawn: Mapping[str, bytes]) -> str:
    """One page without any outside resource.

    Args:
        conclusions: to be shown.
        drawn: SVG figures by name.
    """
    from jinja2 import Environment, PackageLoader, StrictUndefined

    environment = Environment(
        loader=PackageLoader("nscbench.listening_test.analyze"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters |= {"number": _number, "interval": interval_text, "p": _p_value}
    return environment.get_template("analysis.html").render(
        conclusions=conclusions,
        shown=conclusions.shown,
        sections=conclusions.sections(),
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


def _number(value: float | None, digits: int = 1) -> str:
    return "–" if value is None else f"{value:.{digits}f}"


def interval_text(value: Interval | None, digits: int = 1) -> str:
    """An interval as tables show it; a dash where there is none."""
    return "–" if value is None else f"[{value.low:.{digits}f}, {value.high:.{digits}f}]"


def means_text(analysis: Analysis) -> str:
    """The conditions' means and intervals, a line each."""
    width = max((len(s.condition) for s in analysis.conditions), default=0)
    return "\n".join(
        f"  {s.condition.ljust(width)}  {s.mean:6.2f} {interval_text(s.mean_t):>15}  "
        f"{s.listeners} listeners"
        for s in analysis.conditions
    )


def _p_value(value: float | None) -> str:
    return "–" if value is None else f"{value:.2g}"
