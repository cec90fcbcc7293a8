"""The documentation's page of columns is what the columns say of themselves."""

from pathlib import Path

from nscbench.reports.glossary import glossary

DOCS = Path(__file__).parents[2] / "docs"


def test_the_page_is_made_of_the_columns():
    assert (DOCS / "columns.md").read_text("utf-8") == glossary()
