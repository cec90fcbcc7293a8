"""The documentation's page of columns is what the columns say of themselves."""

from dataclasses import astuple
from pathlib import Path

import pytest

from nscbench import metrics
from nscbench.benchmarks.store.costs import COST_COLUMNS
from nscbench.metrics import Column
from nscbench.reports.glossary import glossary, section

DOCS = Path(__file__).parents[2] / "docs"


def test_the_page_is_made_of_the_columns():
    assert (DOCS / "columns.md").read_text("utf-8") == glossary()


@pytest.mark.parametrize(
    "column", (metrics.columns() | COST_COLUMNS).values(), ids=lambda c: c.name
)
def test_every_column_says_what_it_means(column):
    assert column.meaning is not None
    span, mode, *sentences = astuple(column.meaning)
    assert span
    assert mode
    for text in sentences:
        assert len(text.split()) > 1
        assert text.endswith(".")
    assert f"\n### `{column.name}`\n" in glossary()


def test_a_column_that_tells_nothing_has_a_line_and_no_section():
    lines = section("quality", [Column("mine", "higher")])
    assert len(lines) == 1
    assert "| `mine` | mine | mine | – | ↑ | – | – | overview |" in lines[0]
