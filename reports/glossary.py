"""Every column as a page of the documentation: `python -m nscbench.reports.glossary`.

The page is `docs/columns.md`; a test holds it against what metrics and costs say of themselves.
"""

from itertools import groupby

from .. import metrics
from ..benchmarks.store.costs import COST_COLUMNS
from ..metrics.base import Column
from .columns import ARROWS, in_order

_LEAD = """# The columns

What a leaderboard, a figure or a cost table calls each number, by family, as the metrics say
themselves; made by `python -m nscbench.reports.glossary > docs/columns.md`. The arrow says where
better is; a column without one is shown and never ranked. *Shown*: `page` is the files and the
report's page, `tables` also the tables in a terminal, in Markdown and in LaTeX, `overview` also
the figures where few columns stand for all. A metric of your own: [extending.md](extending.md).
"""
_HEAD = """\
| column | in tables | in words | unit | better | shown |
| :-- | :-- | :-- | :-- | :-: | :-- |"""


def glossary() -> str:
    """The page as Markdown."""
    every = metrics.columns() | COST_COLUMNS
    ordered = sorted((every[name] for name in in_order(every)), key=lambda column: column.family)
    parts = [_LEAD.strip()]
    for family, columns in groupby(ordered, key=lambda column: column.family):
        parts.append(f"## {family.capitalize()}\n\n" + "\n".join([_HEAD, *map(_line, columns)]))
    return "\n\n".join(parts) + "\n"


def _line(column: Column) -> str:
    cells = (
        f"`{column.name}`",
        column.short,
        column.long,
        column.unit or "–",
        ARROWS[column.direction] or "–",
        column.shown if column.family != "cost" else "costs",
    )
    return f"| {' | '.join(cells)} |"


if __name__ == "__main__":
    print(glossary(), end="")
