"""Leaderboards by groups of items, of made-up runs."""

import re

import numpy as np
import pandas as pd
import pytest

from nscbench.benchmarks.cli import main
from nscbench.benchmarks.store.finished_run import read_run
from nscbench.benchmarks.store.run_directory import RunError
from nscbench.reports.tables.leaderboard import leaderboard
from nscbench.reports.tables.split import MOST, cells_by_column, split, split_markdown
from support.runs import items, ladder, write_run


@pytest.fixture
def run(tmp_path):
    listed = items(28, 14)
    for number, item in enumerate(listed):
        item["language"] = "de" if number < 2 else "en"  # two speakers, and twelve
        item["columns"] = {"corpus": "A|B" if number % 2 else "", "line": str(number)}
    return write_run(tmp_path / "run", ladder("opus", rates=(6, 12)), listed)


def test_groups_have_the_leaderboards_of_their_items(run):
    scores = read_run(run).scores
    found = split(scores, "language")
    assert found.items == {"de": 2, "en": 26}
    assert found.name == "leaderboard_by_language"
    assert found.table["condition"].tolist() == ["opus-6", "opus-12"] * 2
    assert found.table["N"].tolist() == [2, 2, 26, 26]
    means = found.table.set_index(["language", "condition"])
    english = scores.of("estoi").loc[[f"i{n:03}" for n in range(2, 28)]].mean()
    assert means.loc[("en", "opus-6"), "estoi"] == pytest.approx(english["opus-6"])
    assert means.loc[("en", "opus-6"), "estoi_lo"] < english["opus-6"]
    assert not [column for column in found.table if str(column).endswith("_rank")]
    whole = leaderboard(scores.among(scores.items), {})
    pd.testing.assert_frame_equal(whole, leaderboard(scores, {}))


def test_a_cell_that_is_empty_is_a_group_and_any_cell_can_be_printed(run):
    found = split(read_run(run).scores, "corpus")
    assert found.items == {"": 14, "A|B": 14}
    title, lines = next(cells_by_column(found))
    assert title.startswith("PESQ") or title
    assert lines[0] == ["condition", "unknown (14)", "A|B (14)"]
    assert re.fullmatch(r"\d\.\d\d \[\d\.\d\d, \d\.\d\d\]", lines[1][1])
    text = split_markdown(found)
    assert "A\\|B (14)" in text
    assert text.startswith("# By corpus\n")


def test_columns_that_make_no_groups_are_refused(run, tmp_path):
    scores = read_run(run).scores
    with pytest.raises(
        RunError, match="no item has a 'dialect' to split by; they have: speaker, sex"
    ):
        split(scores, "dialect")
    many = items(MOST + 1)
    for number, item in enumerate(many):
        item["columns"] = {"line": str(number)}
    other = write_run(tmp_path / "many", ladder("opus", rates=(6,)), many)
    with pytest.raises(RunError, match=f"makes {MOST + 1} groups; at most {MOST}"):
        split(read_run(other).scores, "line")


@pytest.mark.slow
def test_a_report_shows_each_split(run, tmp_path, capsys):
    out = tmp_path / "report"
    assert main(["report", str(run), "--out", str(out), "--split", "language", "corpus"]) == 0
    table = pd.read_csv(out / "leaderboard_by_language.csv")
    assert table.columns[0] == "language"
    assert np.isfinite(table.loc[table["language"] == "en", "estoi_lo"]).all()
    assert (out / "leaderboard_by_corpus.md").read_text().startswith("# By corpus")
    page = (out / "report.html").read_text()
    assert "<h2>By language</h2>" in page
    assert "de (2)" in page
    assert main(["report", str(run), "--out", str(out), "--split", "dialect"]) == 2
    assert "no item has a 'dialect'" in capsys.readouterr().err
