"""Reports of made-up runs: what is written and what is refused."""

import re

import numpy as np
import pandas as pd
import pytest

from nscbench.benchmarks.cli import main
from nscbench.benchmarks.store.finished_run import merge, read_run
from nscbench.reports.figures.style import INK
from nscbench.reports.page.drawings import inline
from nscbench.reports.page.gallery import Gallery
from nscbench.reports.page.material import Material
from nscbench.reports.page.template_values import template_values
from support.runs import items, ladder, write_run

CONTROLS = {
    "pcm": ("pcm", "control", 256, 2.0),
    "lowpass-7": ("lowpass", "control", 256, 1.9),
    "ceiling": ("ceiling", "oracle", 0, 1.5),
}

HOSTILE = "</script><b>"


def test_every_figure_comes_with_its_data(report):
    names = {path.stem for path in (report / "figures").glob("*.png")}
    assert {"curves", "pesq_wb", "distributions", "speakers", "sexes", "agreement"} <= names
    assert "front" in names
    for name in names:
        assert (report / "figures" / f"{name}.svg").read_text().startswith("<?xml")
        assert len(pd.read_csv(report / "figures" / f"{name}.csv"))
    data = pd.read_csv(report / "figures" / "estoi.csv").set_index("condition")
    assert data.loc["opus-6", "estoi_lo"] < data.loc["opus-6", "estoi"]
    assert data.loc["opus-6", "measured_kbps"] == 6


def test_the_page_needs_nothing_from_outside(report):
    page = (report / "report.html").read_text()
    assert not re.findall(r"""(?:src|href)=["'](?!data:|#)""", page)
    assert not re.findall(r"url\((?!#)|@import|\bfetch\(|XMLHttpRequest", page)
    assert "default-src 'none'" in page
    assert "fLaC" not in page
    assert len(page) < 3 * 2**20
    board = page[: page.index("</table>", page.index('id="board"'))]
    assert len(board) < 2**19  # what is read before the first table is seen


def test_the_page_opens_with_three_sentences_and_its_picture(report):
    page = (report / "report.html").read_text()
    begin, end = page.index('id="opening"'), page.index('id="leaderboard"')
    assert page.index("<svg") > page.index("Which gates fired") > begin
    assert page.count("<svg", begin, end) == 2  # of wide and of narrow screens
    heads = re.findall("<dt>(.*?)</dt><dd>(.*?)</dd>", page[begin:end])
    assert [head for head, _ in heads] == [
        *("Who leads", "What is undecided", "Which gates fired"),
    ]
    leads, undecided, gates = (text for _, text in heads)
    assert leads == "new-24 (24 kbit/s) has the best mean in PESQ and ESTOI."
    assert undecided.startswith("Pairs of codecs that are not told apart: ")
    assert " of 28 in PESQ" in undecided
    assert gates.endswith("One condition has failures.")


def test_lines_come_by_kind_the_best_first(report):
    page = (report / "report.html").read_text()
    names = re.findall(r'data-name="([^"]+)">\n', page)
    assert names[:3] == ["new-24", "opus-24", "new-12"]
    assert names[-3:] == ["ceiling", "pcm", "lowpass-7"]


def test_every_figure_says_of_how_many_items_it_is(report):
    page = (report / "report.html").read_text()
    captions = re.findall(r"<figcaption>(.*?)<span class=\"files\">", page, re.DOTALL)
    assert len(captions) > 5
    assert all(re.search(r"\d+(–\d+)?/12 items|12 items| of 12", text) for text in captions)


def test_figures_come_as_wide_as_a_column_too(report):
    for name in ("front", "curves", "pesq_wb"):
        for end in (".pdf", "_column.pdf", "_column.svg"):
            assert (report / "figures" / f"{name}{end}").is_file()


def test_no_number_is_a_nan(report):
    page = (report / "report.html").read_text()
    text = re.sub("<(script|style).*?</\\1>|<[^>]*>", " ", page, flags=re.DOTALL)
    assert "Leaderboard" in text
    assert not re.search(r"\bnan\b", text, re.IGNORECASE)


def test_the_page_names_failed_items_and_counts_common_ones(report):
    page = (report / "report.html").read_text()
    assert "<td>1 <small>i003</small></td>" in page
    assert 'title="items that all codecs have">11/12</small>' in page
    assert not re.findall(r"&lt;[\w-]+ (?:method|object) ", page)


def test_names_cannot_break_the_page(report):
    page = (report / "report.html").read_text()
    assert HOSTILE not in page
    assert "&lt;/script&gt;&lt;b&gt;s3" in page


def test_the_page_has_no_id_twice(report):
    found = re.findall(r'\bid="([^"]+)"', (report / "report.html").read_text())
    assert len(found) > 100
    assert len(found) == len(set(found))


def test_every_reference_within_the_page_has_its_target(report):
    page = (report / "report.html").read_text()
    found = set(re.findall(r'\bid="([^"]+)"', page))
    assert set(re.findall(r'href="#([^"]+)"', page)) <= found
    assert set(re.findall(r"url\(#([^)]+)\)", page)) <= found


def test_tables_of_the_report(report):
    table = pd.read_csv(report / "leaderboard.csv").set_index("condition")
    assert table["n"]["new-6"] == 11
    assert table["pesq_wb_rank"]["new-24"] == 1
    assert np.isnan(table["pesq_wb_rank"]["pcm"])
    pairs = pd.read_csv(report / "comparisons.csv")
    assert len(pairs) == 3 * 8 * 7 / 2
    deltas = pd.read_csv(report / "bd.csv").set_index(["test", "column"])
    assert deltas.loc[("new", "pesq_wb"), "bd_rate"] == pytest.approx(100 * (2**-0.5 - 1), abs=6)
    findings = pd.read_csv(report / "findings.csv")
    assert set(findings["kind"]) <= {"above pcm", "small", "trade-off"}


def test_failures_have_their_reason(finished):
    (line,) = template_values(Material(read_run(finished)), Gallery([], [], False))["failures"]
    assert (line["condition"], line["count"], line["named"], line["error"]) == (
        *("new-6", 1, "i003", "broke"),
    )
    assert line["columns"] == "PESQ, STOI, ESTOI"


def test_several_runs_are_one_report_or_none(tmp_path, capsys):
    one = write_run(tmp_path / "one", ladder("opus", rates=(6, 8)))
    two = write_run(tmp_path / "two", ladder("new", rates=(6, 8)), seed=3)
    both = Material(merge([read_run(one), read_run(two)]))
    assert both.table["condition"].tolist() == ["opus-6", "opus-8", "new-6", "new-8"]
    assert len(template_values(both, Gallery([], [], False))["provenance"]) == 2
    other = write_run(tmp_path / "other", ladder("gan"), versions=("1", "2"))
    assert main(["report", str(one), str(other)]) == 2
    message = capsys.readouterr().err
    assert "do not merge" in message
    assert "metric stoi: version 1 in" in message
    assert "version 2 in" in message
    assert not (one / "report").exists()


@pytest.mark.slow
@pytest.mark.filterwarnings("error")
@pytest.mark.parametrize(
    ("conditions", "missing"),
    [
        ({"pcm": CONTROLS["pcm"]}, []),
        ({"opus-6": ("opus", "codec", 6, 0.0)}, [("opus-6", "i000"), ("opus-6", "i001")]),
    ],
)
def test_runs_with_nothing_to_compare_have_a_report(tmp_path, conditions, missing):
    root = write_run(tmp_path / "run", conditions, items(2, 2), missing=missing)
    assert main(["report", str(root)]) == 0
    assert "Nothing suspicious" in (root / "report" / "report.html").read_text()


@pytest.mark.slow
def test_columns_without_ranks_say_so_and_why(tmp_path, capsys):
    """In the terminal, the tables and the page; nothing is bold."""
    root = write_run(tmp_path / "run", ladder("opus", rates=(6, 8)), items(10, 5))
    assert main(["report", str(root)]) == 0
    reason = "5 speakers are too few for a test: 6 are needed"
    terminal = capsys.readouterr().out
    assert terminal.splitlines()[1].split() == ["PESQ", "no", "ranks", "0/1", "10/10"]
    texts = {p.name: p.read_text() for p in (root / "report").iterdir() if p.suffix}
    for name in ("leaderboard.md", "leaderboard.tex", "report.html"):
        assert reason in texts[name]
    assert reason in terminal
    assert "textbf" not in texts["leaderboard.tex"]
    assert 'class="first"' not in texts["report.html"]
    assert "_rank" not in texts["leaderboard.csv"]


@pytest.mark.slow
def test_the_summary_comes_first_and_only_winners_are_bold(report, finished, capsys):
    assert main(["report", str(finished), "--out", str(report)]) == 0
    first, *_ = capsys.readouterr().out.split("\n\n")
    assert [line.split()[:2] for line in first.splitlines()[1:]] == [
        [column, "new-24"] for column in ("PESQ", "STOI", "ESTOI")
    ]
    assert (report / "leaderboard.tex").read_text().count("textbf") == 3


def test_figures_take_the_pages_colour():
    svg = f'<?xml?><svg><metadata>x</metadata><g id="a" style="fill: {INK}"/><use href="#a"/></svg>'
    assert inline("f", "Two & three", svg) == (
        '<svg role="img" aria-label="Two &amp; three"><g id="f-a" style="fill: currentColor"/>'
        '<use href="#f-a"/></svg>'
    )
