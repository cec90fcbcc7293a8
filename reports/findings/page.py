"""The findings as one Markdown page with its tables beside it, every number of it computed."""

import csv
import io
import os
import re
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from types import MappingProxyType
from typing import NamedTuple

from ...benchmarks.store.costs import read_costs
from ...benchmarks.store.finished_run import Run
from ..figures.cost import against_computing
from ..figures.design_space import compared, design_space
from ..figures.files import save
from ..figures.nfe import against_nfe
from ..figures.style import Picture, drawing
from ..tables.leaderboard import leaderboard
from ..tables.nfe import over_nfe
from . import (
    additions,
    basis,
    cells,
    listeners,
    nfe_and_samplers,
    orders,
    paper,
    power,
    price,
    seeds,
    targets,
)
from .answers import NO, PARTLY, UNANSWERED, UNDECIDED, YES, Answer, TextTable
from .basis import TrainedWeights

RATES = (3.0, 1.5)
PAPER_RATE = 3.0
LONGEST = 80  # characters of a verdict that is repeated beside its sentences
HOW_TO_READ = """\
- All comparisons are paired: a difference is the mean over the items that all conditions of a
  question have, its 95 % interval is Student's with the standard error of drawing whole speakers
  anew (bootstrap), its p-value is that of Student's test with the same standard error, adjusted by
  Holm over the tests of the question. These are the statistics of `nscbench compare`. A difference
  is significant where the adjusted p-value is under 5 %.
- The tables are CSV files beside this page. In them, ▲: the first is significantly better, ▼:
  significantly worse, ·: undecided, which is not equality.
- Behind a metric, ↑ says that more is better, ↓ that less is. Differences keep the sign of the
  numbers: a distance that falls is a gain.
- Every condition enters by its first draw; only the question about seeds uses the others.
- n/N: items that were compared, of those in the runs."""


class Beside(NamedTuple):
    """What is known beside the runs.

    Attributes:
        tests: listening tests of other codecs, by name.
        corpora: speakers of the data sets that can be fetched, by name.
    """

    tests: Mapping[str, listeners.Test] = MappingProxyType({})
    corpora: Mapping[str, int] = MappingProxyType({})


NOTHING = Beside()


def answers(run: Run, beside: Beside = NOTHING) -> list[Answer]:
    """All questions, answered, in the order of the page."""
    scores, costs = run.scores.part(run.scores.conditions, draw=0), read_costs(run)
    return [
        *(cells.best_of_six(scores, kbps) for kbps in RATES),
        *(cells.beats_baseline(scores, kbps) for kbps in RATES),
        *(additions.diffusion_adds(scores, kbps) for kbps in RATES),
        additions.diffusion_by_nfe(scores, PAPER_RATE),
        additions.excitation_adds(scores, PAPER_RATE),
        *(additions.against_published(scores, kbps) for kbps in RATES),
        additions.against_yardsticks(scores, PAPER_RATE),
        *(cells.below_ceilings(scores, kbps) for kbps in RATES),
        orders.same_order(scores, PAPER_RATE),
        listeners.whom_to_believe(scores, PAPER_RATE, beside.tests),
        price.price(scores, costs, PAPER_RATE),
        power.speakers_needed(scores, PAPER_RATE, beside.corpora),
        nfe_and_samplers.knees(scores, costs),
        nfe_and_samplers.samplers(scores),
        seeds.seed_spread(run.scores, PAPER_RATE),
        targets.above_opus(scores, PAPER_RATE),
        targets.oracle_height(scores),
        paper.statements(scores, costs, PAPER_RATE),
    ]


def pictures(run: Run) -> Iterator[Picture]:
    """The design space at each bitrate, quality against computing and against NFE."""
    scores, costs = run.scores.part(run.scores.conditions, draw=0), read_costs(run)
    # of these alone: other operating points, on fewer items, would take items away
    space = scores.part(compared(scores))
    if space.conditions:
        yield from design_space(space, leaderboard(space, {}))
    part = scores.part([c for c in price.priced(PAPER_RATE) if c in scores.conditions])
    if part.conditions:
        yield from against_computing(part, leaderboard(part, {}), costs)
    if len(curves := over_nfe(scores)):
        part = scores.part(curves["condition"])
        yield from against_nfe(part, leaderboard(part, {}), costs)


def write_figures(run: Run, folder: Path) -> list[tuple[Path, Picture]]:
    """Write the figures as PNG; the path of each."""
    with drawing():
        made = list(pictures(run))
        for picture in made:
            save(picture, folder, (".png",))
    return [(folder / f"{picture.name}.png", picture) for picture in made]


class Findings(NamedTuple):
    """The page, and its tables as CSV by the path from the page."""

    text: str
    tables: dict[str, str]


def findings_page(
    run: Run,
    command: str,
    weights: TrainedWeights,
    figures: Sequence[tuple[Path, Picture]] = (),
    home: Path = Path(),
    folder: str = "",
    again: Run | None = None,
    beside: Beside = NOTHING,
) -> Findings:
    """The page as Markdown, and its tables.

    Args:
        run: several runs, merged.
        command: that makes the page.
        weights: of the runs' codecs.
        figures: as `write_figures` gives them.
        home: folder of the page, which paths of figures start from.
        folder: of the tables, from there; "": the page goes without them.
        again: runs of the same suites on other recordings: every question has a second verdict.
    """
    found = answers(run, beside)
    second = [answer.verdict for answer in answers(again, beside)] if again else []
    tables = dict(files(found, folder)) if folder else {}
    parts = [
        "# What we found",
        f"Every number and every sentence below is computed from finished runs by\n\n    {command}",
        *questions(found, second, tables, list(_shown(figures, home))),
        "## The runs",
        "\n".join(basis.settings(run)),
        *(_settings_of_others(run, again) if again else []),
        "## Limits",
        *basis.limits(weights),
    ]
    written = {path: _csv(table) for path, table in tables.items()}
    return Findings("\n\n".join(parts) + "\n", written)


def _settings_of_others(run: Run, again: Run) -> Iterator[str]:
    """Those of the second verdicts that differ."""
    known = set(basis.settings(run))
    yield "Those of the second verdicts:"
    yield "\n".join(line for line in basis.settings(again) if line not in known)


def files(found: Sequence[Answer], folder: str) -> Iterator[tuple[str, TextTable]]:
    """Each table of the answers by its path: the question's number and the table's caption."""
    for number, answer in enumerate(found, 1):
        for table in answer.tables:
            caption = re.sub(r" \(.*\)", "", table.caption).lower()
            words = re.sub(r"[^a-z0-9.]+", "-", caption).strip("-.")
            yield f"{folder}/{number:02d}-{words}.csv", table


def questions(
    found: Sequence[Answer],
    second: Sequence[str],
    tables: dict[str, TextTable],
    figures: Sequence[str],
) -> Iterator[str]:
    """Paragraphs from the verdicts in short to the last answer."""
    yield "## In short"
    lines = [[f"{n}", answer.question, answer.verdict] for n, answer in enumerate(found, 1)]
    head = ["no.", "question", "verdict"]
    if second:
        head = [*head, "on other speakers"]
        lines = [
            [*line, "the same" if again == line[-1] else again]
            for line, again in zip(lines, second, strict=True)
        ]
    yield _markdown(head, lines)
    yield "## How to read it"
    yield HOW_TO_READ
    yield from figures
    rules: dict[str, int] = {}
    for number, answer in enumerate(found, 1):
        first = rules.setdefault(answer.rule, number)
        rule = answer.rule if first == number else f"As in question {first}."
        yield from _section(number, answer, rule, tables)


def _shown(figures: Sequence[tuple[Path, Picture]], home: Path) -> Iterator[str]:
    """Each figure in Markdown; a caption that was there stands once."""
    before: set[str] = set()
    for path, picture in figures:
        where = Path(os.path.relpath(path, home)).as_posix()
        said = "" if picture.caption in before else f" {picture.caption}"
        before.add(picture.caption)
        yield f"![{picture.title}]({where})\n\n*{picture.title}.*{said}"


def _section(number: int, answer: Answer, rule: str, tables: dict[str, TextTable]) -> Iterator[str]:
    yield f"## {number}. {answer.question}"
    known = answer.verdict in (YES, NO, PARTLY, UNDECIDED, UNANSWERED)
    bold = f"**{answer.verdict.capitalize() if known else answer.verdict}.** "
    # a list of verdicts stands above, and its sentences say it again
    yield answer.sentence if len(bold) > LONGEST else bold + answer.sentence
    if answer.missing:
        yield f"Missing in the runs: {', '.join(answer.missing)}."
    yield f"*Rule.* {rule}"
    links = [
        f"[{table.caption}]({path})"
        for path, table in tables.items()
        if any(table is own for own in answer.tables)
    ]
    if links:
        yield f"*Tables.* {'; '.join(links)}."


def _csv(table: TextTable) -> str:
    text = io.StringIO()
    csv.writer(text, lineterminator="\n").writerows((table.head, *table.lines))
    return text.getvalue()


def _markdown(head: Sequence[str], lines: Sequence[Sequence[str]]) -> str:
    rule = [":--"] * len(head)
    return "\n".join("| " + " | ".join(line) + " |" for line in (head, rule, *lines))
