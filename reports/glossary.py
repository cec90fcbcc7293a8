"""Every column as a page of the documentation: `python -m nscbench.reports.glossary`.

The page is `docs/columns.md`; a test holds it against what metrics and costs say of themselves.
"""

from collections.abc import Iterator, Sequence
from itertools import groupby

from .. import metrics
from ..benchmarks.store.costs import COST_COLUMNS
from ..metrics.base import Column
from .columns import ARROWS, in_order

_LEAD = """# What a number means

Every column of a leaderboard, a figure or a cost table, by family, as the metrics say themselves;
made by `python -m nscbench.reports.glossary > docs/columns.md`. The arrow says where better is; a
column without one is shown and never ranked. *Shown*: `page` is the files and the report's page,
`tables` also the tables in a terminal, in Markdown and in LaTeX, `overview` also the figures where
few columns stand for all. All metrics judge 16 kHz, but in suites of wider bands
([suites.md](suites.md#the-suite)). How they are measured:
[runs.md](runs.md#how-it-is-measured); those that need a file of weights:
[weight_metrics.md](weight_metrics.md); one of your own: [extending.md](extending.md#a-metric).

No single column ranks codecs. Read one with a reference, one without, and one of content, voice or
pitch together, and look at the controls first: `pcm` has the ceiling of a column, `noise` its
floor, and `swapped` what it says of the wrong recording. Which agreed with listeners, on which
data: [metrics and listeners](metrics_and_listeners.md).
"""
_HEAD = """\
| column | in tables | in words | unit | better | range | mode | shown |
| :-- | :-- | :-- | :-- | :-: | :-- | :-- | :-- |"""


def glossary() -> str:
    """The page as Markdown."""
    every = metrics.columns() | COST_COLUMNS
    ordered = sorted((every[name] for name in in_order(every)), key=lambda column: column.family)
    parts = [_LEAD.strip()]
    for family, columns in groupby(ordered, key=lambda column: column.family):
        parts += section(family, list(columns))
    return "\n\n".join(parts) + "\n"


def section(family: str, columns: Sequence[Column]) -> list[str]:
    """Paragraphs about the columns of a family."""
    table = "\n".join([_HEAD, *map(_line, columns)])
    meanings = [text for column in columns for text in _meaning(column)]
    return [f"## {family.capitalize()}\n\n{table}", *meanings]


def _line(column: Column) -> str:
    meaning = column.meaning
    cells = (
        f"`{column.name}`",
        column.short,
        column.long,
        column.unit or "–",
        ARROWS[column.direction] or "–",
        meaning.span if meaning else "–",
        meaning.mode if meaning else "–",
        column.shown if column.family != "cost" else "costs",
    )
    return f"| {' | '.join(cells)} |"


def _meaning(column: Column) -> Iterator[str]:
    if meaning := column.meaning:
        yield f"### `{column.name}`"
        yield "\n".join(
            (
                f"- **Hears** {meaning.hears}",
                f"- **Misses** {meaning.misses}",
                f"- **Traps.** {meaning.traps}",
            )
        )


if __name__ == "__main__":
    print(glossary(), end="")
