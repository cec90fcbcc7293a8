"""How a column is named, rounded and ordered, wherever a reader meets it: as it says itself."""

from collections.abc import Iterable

from .. import metrics
from ..benchmarks.store.costs import COST_COLUMNS
from ..metrics.base import LAST_PLACE, Column

ARROWS = {"higher": "↑", "lower": "↓", "none": ""}  # where better is
_MOST = 6  # columns of an overview where none says that it belongs there


def look(column: str) -> Column:
    """What a metric's or cost's column says of itself; of another, the defaults for its name."""
    known = metrics.columns().get(column) or COST_COLUMNS.get(column)
    return known or Column(column, "none")


def heading(column: str, direction: str) -> str:
    """Long name, unit, and where better is: `F0 RMSE (Hz) ↓`."""
    return f"{look(column).title} {ARROWS[direction]}".rstrip()


def in_order(columns: Iterable[str]) -> list[str]:
    """Columns in the order of printed tables."""
    return sorted(columns, key=lambda column: look(column).place)


def overview(columns: Iterable[str]) -> list[str]:
    """Those of these columns that stand for all; if there are none, the first six."""
    listed = list(columns)
    return in_order(c for c in listed if look(c).in_overview) or listed[:_MOST]


def first_of_overview(columns: Iterable[str], count: int) -> list[str]:
    """The first of the overview, and those after them that do not say where they stand.

    What does not is of a user's own metric, which no figure leaves out.
    """
    shown = overview(columns)
    own = [column for column in shown[count:] if look(column).place >= LAST_PLACE]
    return [*shown[:count], *own]


def headline(columns: Iterable[str]) -> str:
    """The column to name where there is room for one; "" of none."""
    listed = list(columns)
    first = [column for column in listed if look(column).headline] or overview(listed)
    return first[0] if first else ""
