"""Writes what an analysis of votes found: CSV tables, one JSON document, figures, one HTML page.

index.html       everything, offline in one file
analysis.json    everything but the votes, numbers unrounded; null where there is none
votes.csv        the votes taken, as a long table that can be read again
rejected.csv     what was not taken, by file and line
listeners.csv    who was excluded, and why
TABLE.csv        every table of the test, for all listeners and after screening
NAME.svg         every figure of the test
"""

import base64
from collections.abc import Sequence
from dataclasses import asdict, dataclass, fields
from pathlib import Path
from typing import Any

from ...benchmarks.statistics.intervals import Interval
from ..report_files import PAGE, csv_text, ends, json_text, page_text, rejected_table, write_files
from ..votes import Vote, Votes
from .bitrates import Curves
from .conclusion import Conclusion, change_sentences
from .figures import to_svg
from .screening import Screening
from .sentences import counted, rejected_sentences, screening_sentences
from .tables import listeners_table
from .vote_figures import pictures

VOTES_SCHEMA = 1  # of analysis.json
STAGES = ("all listeners", "after screening")


@dataclass(frozen=True)
class VoteReport:
    """Everything that is reported; `before` has all listeners, `after` those that count."""

    votes: Votes
    screening: Screening
    before: Conclusion
    after: Conclusion | None
    curves: Curves | None = None

    @property
    def shown(self) -> Conclusion:
        """What figures and tables of the page show: all listeners where screening left none."""
        return self.after or self.before

    def sections(self) -> dict[str, list[str]]:
        """The sentences, by heading."""
        screened = _screening_sentences(self.votes, self.screening)
        screened += change_sentences(self.before, self.after) if self.after else []
        results = self.after.sentences if self.after else ("No listener is left: nothing is said.",)
        return {
            "What was read": reading_sentences(self.votes),
            "Post-screening": screened,
            "Results": list(results),
        }


def reading_sentences(votes: Votes) -> list[str]:
    """What was read and what was not."""
    listeners = len({row.listener for row in votes.rows if row.listener})
    items = len({row.item for row in votes.rows if row.item})
    lines = [
        f"Read {counted(len(votes.rows), 'vote')} ({votes.test}) of "
        f"{counted(listeners, 'named listener')} and {counted(items, 'named item')} from "
        f"{counted(len(votes.sources), 'file')}."
    ]
    lines += rejected_sentences(votes.rejected, "vote")
    return lines + [f"{note}." for note in votes.notes]


def _screening_sentences(votes: Votes, screening: Screening) -> list[str]:
    if not any(row.listener for row in votes.rows):
        return [f"Post-screening ({screening.preset}): votes that name no listener are all kept."]
    return screening_sentences(screening)


def write_report(report: VoteReport, folder: Path) -> Path:
    """Write all files into a folder, which is made; the page's path."""
    shown = report.shown
    drawn = [
        (picture.name, picture.caption, to_svg(picture.figure))
        for picture in pictures(shown, report.votes.test, report.curves)
    ]
    files: dict[str, str | bytes] = {f"{name}.svg": svg for name, _, svg in drawn}
    files |= tables(report)
    files |= {"analysis.json": to_json(report), PAGE: to_html(report, drawn)}
    return write_files(files, folder)


def tables(report: VoteReport) -> dict[str, str]:
    """The CSV files by name."""
    stages = [(STAGES[0], report.before)]
    stages += [(STAGES[1], report.after)] if report.after else []
    found = {
        "votes.csv": _votes_text(report.votes),
        "rejected.csv": rejected_table(report.votes.rejected, "votes"),
        "listeners.csv": listeners_table(report.screening),
    }
    for table in report.before.tables:
        rows = [
            {"listeners_counted": stage, **_flat(record)}
            for stage, conclusion in stages
            for other in conclusion.tables
            if other.name == table.name
            for record in other.records
        ]
        header = list(dict.fromkeys(name for row in rows for name in row))
        found[f"{table.name}.csv"] = csv_text(header, ([r.get(n) for n in header] for r in rows))
    return found


def _flat(record: Any) -> dict[str, object]:
    """A record's fields: an interval as its two ends, several numbers with their place."""
    found: dict[str, object] = {}
    for field in fields(record):
        _spread(
            field.name, getattr(record, field.name), "interval" in str(field.type).lower(), found
        )
    return found


def _spread(name: str, value: object, interval: bool, found: dict[str, object]) -> None:
    if isinstance(value, Interval) or (value is None and interval):
        found[f"{name}_low"], found[f"{name}_high"] = ends(value)
    elif isinstance(value, tuple):
        for place, part in enumerate(value, 1):
            if isinstance(part, tuple):
                found[f"{name}_{place}"] = part[0]
                _spread(f"{name}_{place}", part[1], True, found)
            else:
                found[f"{name}_{place}"] = part
    else:
        found[name] = value


def _votes_text(votes: Votes) -> str:
    rows = [{**asdict(row), "test": votes.test} for row in votes.rows]
    for row in rows:
        if "alternatives" in row:
            row["alternatives"] = "|".join(row["alternatives"])
    header = list(rows[0]) if rows else [f.name for f in fields(Vote)]
    return csv_text(header, (list(row.values()) for row in rows))


def to_json(report: VoteReport) -> str:
    """The report as JSON."""

    def of(conclusion: Conclusion | None) -> dict[str, Any] | None:
        if conclusion is None:
            return None
        return {table.name: table.records for table in conclusion.tables}

    document = {
        "schema": VOTES_SCHEMA,
        "test": report.votes.test,
        "sources": report.votes.sources,
        "rejected": report.votes.rejected,
        "checks": report.votes.checks,
        "sentences": report.sections(),
        "screening": report.screening,
        "before": of(report.before),
        "after": of(report.after),
    }
    return json_text(document)


def to_html(report: VoteReport, drawn: Sequence[tuple[str, str, bytes]]) -> str:
    """One page without any outside resource.

    Args:
        report: to be shown.
        drawn: name, caption and SVG of each figure.
    """
    return page_text(
        "votes.html",
        title=f"Listening test: {report.votes.test.upper()}",
        sections=report.sections(),
        verdicts=report.screening.verdicts,
        rejected=report.votes.rejected,
        all_listeners=report.after is None,
        figures=[(n, caption, base64.b64encode(svg).decode()) for n, caption, svg in drawn],
        tables=report.shown.tables,
    )
