"""The findings as one Markdown page, every number and sentence of it computed."""

import os
from collections.abc import Iterator, Sequence
from pathlib import Path

from ...benchmarks.store.costs import read_costs
from ...benchmarks.store.finished_run import Run
from ..figures.design_space import CEILINGS, REFERENCES, design_space
from ..figures.nfe import against_nfe
from ..figures.style import Picture, drawing, save
from ..tables.leaderboard import leaderboard
from ..tables.nfe import over_nfe
from . import basis, cells, nfe_and_samplers, paper, seeds, targets
from .answers import NO, PARTLY, UNANSWERED, UNDECIDED, YES, Answer, MarkdownTable
from .basis import TrainedWeights

RATES = (3.0, 1.5)
PAPER_RATE = 3.0
HOW_TO_READ = """\
- All comparisons are paired: a difference is the mean over the items that all conditions of a
  question have, its 95 % interval is Student's with the standard error of drawing whole speakers
  anew (bootstrap), its p-value is that of Student's test with the same standard error, adjusted by
  Holm over the tests of the question. These are the statistics of `nscbench compare`.
- ▲ the first is significantly better, ▼ significantly worse, · undecided, which is not equality.
- Behind a metric, ↑ says that more is better, ↓ that less is. Differences keep the sign of the
  numbers: a distance that falls is a gain.
- Every condition enters by its first draw; only the question about seeds uses the others.
- n/N: items that were compared, of those in the runs."""


def answers(run: Run) -> list[Answer]:
    """All questions, answered, in the order of the page."""
    scores, costs = run.scores.part(run.scores.conditions, draw=0), read_costs(run)
    return [
        *(cells.best_of_six(scores, kbps) for kbps in RATES),
        *(cells.beats_baseline(scores, kbps) for kbps in RATES),
        *(cells.diffusion_adds(scores, kbps) for kbps in RATES),
        *(cells.tuning_adds(scores, kbps) for kbps in RATES),
        *(cells.against_published(scores, kbps) for kbps in RATES),
        *(cells.below_ceilings(scores, kbps) for kbps in RATES),
        nfe_and_samplers.knees(scores, costs),
        nfe_and_samplers.samplers(scores),
        seeds.seed_spread(run.scores, PAPER_RATE),
        targets.above_opus(scores, PAPER_RATE),
        targets.oracle_height(scores),
        paper.statements(scores, costs, PAPER_RATE),
    ]


def pictures(run: Run) -> Iterator[Picture]:
    """The design space at each bitrate, and quality against NFE."""
    scores, costs = run.scores.part(run.scores.conditions, draw=0), read_costs(run)
    held = {*cells.NINE, *REFERENCES, *CEILINGS}
    space = scores.part(n for n, c in scores.conditions.items() if c["codec"] in held)
    if space.conditions:
        yield from design_space(space, leaderboard(space, {}))
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


def markdown_page(
    run: Run,
    command: str,
    weights: TrainedWeights,
    figures: Sequence[tuple[Path, Picture]] = (),
    home: Path = Path(),
) -> str:
    """The page as Markdown.

    Args:
        run: several runs, merged.
        command: that makes the page.
        weights: of the runs' codecs.
        figures: as `write_figures` gives them.
        home: folder of the page, which paths of figures start from.
    """
    found = answers(run)
    parts = [
        "# What we found",
        f"Every number and every sentence below is computed from finished runs by\n\n    {command}",
        "## In short",
        _markdown(("question", "verdict"), [(answer.question, answer.verdict) for answer in found]),
        "## How to read it",
        HOW_TO_READ,
        *(_figure(path, picture, home) for path, picture in figures),
        *(part for answer in found for part in _section(answer)),
        "## The runs",
        "\n".join(basis.settings(run)),
        "## Limits",
        *basis.limits(weights),
    ]
    return "\n\n".join(parts) + "\n"


def _figure(path: Path, picture: Picture, home: Path) -> str:
    where = Path(os.path.relpath(path, home)).as_posix()
    return f"![{picture.title}]({where})\n\n*{picture.title}.* {picture.caption}"


def _section(answer: Answer) -> Iterator[str]:
    yield f"## {answer.question}"
    known = answer.verdict in (YES, NO, PARTLY, UNDECIDED, UNANSWERED)
    yield f"**{answer.verdict.capitalize() if known else answer.verdict}.** {answer.sentence}"
    if answer.missing:
        yield f"Missing in the runs: {', '.join(answer.missing)}."
    yield f"*Rule.* {answer.rule}"
    for table in answer.tables:
        yield _table(table)


def _table(table: MarkdownTable) -> str:
    text = _markdown(table.head, table.lines)
    if table.folded:
        return f"<details>\n<summary>{table.caption}</summary>\n\n{text}\n\n</details>"
    return f"{table.caption}:\n\n{text}"


def _markdown(head: Sequence[str], lines: Sequence[Sequence[str]]) -> str:
    rule = [":--"] + ["--:"] * (len(head) - 1)
    return "\n".join("| " + " | ".join(line) + " |" for line in (head, rule, *lines))
