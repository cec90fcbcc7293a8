"""The README: short, and of no other figures than the pages of results have."""

import re
import tomllib
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
README = (ROOT / "README.md").read_text("utf-8")
RESULTS = ROOT / "docs" / "results"


def tables(text):
    """Lines of each table, with its head and without the line of dashes."""
    blocks = re.findall(r"(?:^\|.*\n)+", text, re.M)
    return [[cells(line) for line in block.splitlines() if ":--" not in line] for block in blocks]


def cells(line):
    return [cell.strip() for cell in line.strip().strip("|").split(" | ")]


def test_it_is_short():
    assert len(README.encode()) <= 7000
    assert README.split("\n\n")[1].count(". ") == 0  # one sentence, before all else
    assert README.split("\n\n")[2].startswith("![")
    assert len(tables(README)) <= 3
    assert all(len(table) <= 12 for table in tables(README))
    limits = re.search(r"^## Limits\n(.*?)^## ", README, re.M | re.S)[1]
    assert 0 < limits.count("\n- ") <= 10


def test_it_begins_with_the_two_commands():
    start = re.search(r"^## Start\n\n((?: {4}.*\n)+)", README, re.M)[1]
    lines = [line.split("#")[0].split()[:2] for line in start.splitlines()]
    assert lines == [
        ["git", "clone"],
        ["make", "bench"],
        ["make", "test"],
        ["source", ".venv/bin/activate"],
    ]


def test_its_numbers_are_those_of_the_pages_of_results():
    (head, *lines) = next(table for table in tables(README) if table[0][0] == "condition")
    known = {}
    for page in ("design_space.md", "source_filter.md", "conventional.md"):
        names, *others = tables((RESULTS / page).read_text("utf-8"))[0]
        known |= {line[0]: dict(zip(names, line, strict=True)) for line in others}
    for line in lines:
        assert line == [known[line[0]][name] for name in head]


@pytest.mark.parametrize("page", sorted(RESULTS.glob("*.md")), ids=lambda page: page.name)
def test_a_page_of_results_says_which_command_made_it(page):
    assert re.search(r"nscbench\s+run |make speed", page.read_text("utf-8"))


def test_the_packages_long_description_leads_nowhere_within_the_repository():
    """It is read where there is no repository: on an index, in an installed package."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    text = (ROOT / project["readme"]).read_text("utf-8")
    assert re.findall(r"\]\((?!https://)", text) == []
    assert "<img" not in text
    assert text.split("\n\n")[1] == README.split("\n\n")[1]
