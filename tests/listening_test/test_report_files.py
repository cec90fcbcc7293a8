"""One way to write page, JSON and CSV: what is no number is never shown as one."""

import json
import math
from pathlib import Path

import pytest

from nscbench.benchmarks.statistics.intervals import Interval
from nscbench.listening_test.report_files import (
    cell_text,
    csv_text,
    json_text,
    page_text,
    rejected_table,
    write_files,
)
from nscbench.listening_test.schema import Rejected, ResultsError

FOLDER = Path(__file__).parents[2] / "listening_test"


def test_json_has_null_for_what_is_no_finite_number():
    document = {"a": math.nan, "b": (math.inf, 1.5), "c": Interval(1.0, math.nan)}
    found = json.loads(json_text(document))
    assert found == {"a": None, "b": [None, 1.5], "c": {"low": 1.0, "high": None}}


def test_a_table_runs_no_formula_and_leaves_empty_what_is_not_there():
    assert csv_text(["a", "b"], [["=1+1", None]]) == "a,b\n'=1+1,\n"
    rejected = [Rejected("x.csv", 3, "no score", 2)]
    assert rejected_table(rejected, "votes") == "source,line,votes,why\nx.csv,3,2,no score\n"


@pytest.mark.parametrize(
    ("value", "digits", "text"),
    [
        (None, 1, "–"),
        (0.04, "p", "0.04"),
        (1.25, 1, "1.2"),
        (12_345, 1, "12,345"),
        (Interval(1.0, 2.0), 2, "[1.00, 2.00]"),
        ((1.0, None), 1, "1.0, –"),
        (True, 1, "yes"),
    ],
)
def test_a_cell(value, digits, text):
    assert cell_text(value, digits) == text


def test_a_page_shows_names_as_text_and_what_was_not_taken():
    page = page_text(
        "report.html",
        title="Test",
        sections={"Results": ["<b>opus</b>"]},
        verdicts=(),
        rejected=[Rejected("x.csv", 3, "no <score>")],
    )
    assert "<li>&lt;b&gt;opus&lt;/b&gt;</li>" in page
    assert "<li>x.csv:3: no &lt;score&gt;</li>" in page


def test_files_are_written_beside_the_page(tmp_path):
    page = write_files({"a.csv": "ü\n", "index.html": b"<p>"}, tmp_path / "out")
    assert page == tmp_path / "out" / "index.html"
    assert (tmp_path / "out" / "a.csv").read_bytes() == "ü\n".encode()


def test_a_file_in_the_folders_place_is_said(tmp_path):
    (tmp_path / "out").write_text("")
    with pytest.raises(ResultsError, match="out is a file: choose another --out"):
        write_files({"a.csv": ""}, tmp_path / "out")


def test_no_report_makes_its_pages_by_itself():
    makers = [p.name for p in FOLDER.rglob("*.py") if "jinja2" in p.read_text("utf-8")]
    assert makers == ["report_files.py"]
