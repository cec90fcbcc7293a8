"""The pages: whole, safe, without anything from outside."""

import re

import pytest

from nscbench.benchmarks.cli import main, parse
from nscbench.reports.site.codec_page import citation
from nscbench.reports.site.pages import ASSETS, Pages
from support.runs import items, ladder, write_run

OUTSIDE = r"""(?:src|href)=["'](?:https?:|//)|@import|\bfetch\(|XMLHttpRequest|\son\w+="""


@pytest.fixture(scope="module")
def pages(board):
    return Pages(board)


@pytest.fixture(scope="module")
def written(board, made, pages):
    """Text of every page by its path."""
    listed = {"index.html": pages.index([]), "submit.html": pages.submit()}
    listed |= {codec.page: pages.codec(codec, made, []) for codec in board.codecs}
    return {path: content.decode() for path, content in listed.items()}


def test_pages_need_nothing_from_outside(written, pages):
    for text in (*written.values(), *map(bytes.decode, pages.assets().values())):
        assert not re.findall(OUTSIDE, text)
    assert all("default-src 'none'" in text for text in written.values())


@pytest.mark.slow  # two sites, with their figures
def test_a_second_site_leaves_no_page_of_the_first(tmp_path):
    """What nscbench did not write stays."""
    first, second = (
        write_run(tmp_path / name, ladder(name, rates=(6,)), items(6, 3)) for name in ("old", "new")
    )
    out = tmp_path / "site"
    (out / "codecs").mkdir(parents=True)
    (out / "codecs" / "mine.html").write_text("not a site's")
    (out / "results.json").write_text('{"form": "mine"}')
    assert main(["site", str(first), "--out", str(out)]) == 0
    assert (out / "codecs" / "mine.html").exists()
    (out / "notes.html").write_text("mine")
    assert main(["site", str(second), "--out", str(out)]) == 0
    assert sorted(path.name for path in (out / "codecs").iterdir()) == ["new.html", "new.yaml"]
    assert (out / "notes.html").exists()


def test_links_lead_to_pages_and_files_that_are_written(written):
    known = {*written, *ASSETS, "results.json", "leaderboard.csv"}
    for path, text in written.items():
        folder = path.rpartition("/")[0]
        ids = set(re.findall(r'\bid="([^"]+)"', text))
        for link in re.findall(r'(?:href|src)="([^"]+)"', text):
            if link.startswith("#"):
                assert link[1:] in ids
            elif not link.startswith("data:") and not link.endswith(".yaml"):
                target = f"{folder}/{link}".replace("codecs/../", "").lstrip("/")
                assert target in known, (path, link)


def test_the_support_is_said_above_the_table(written):
    text = written["index.html"]
    assert text.index("10 items that all 3 runs have; items that some") < text.index('id="board"')


def test_a_codec_has_card_values_players_and_citation(written):
    text = re.sub(r"\s+", " ", written["codecs/new.html"])
    assert "<dt>licence of the weights</dt><dd>CC-BY-4.0</dd>" in text
    assert "<dt>paper or standard</dt><dd>A. Author, 2026</dd>" in text
    assert "note = {A. Author, 2026}" in text
    assert text.count('<article class="card"') == 3
    assert re.search(r">PESQ-WB \(MOS-LQO\) ↑</th><td>2\.\d\d<span class=\"rank\"", text)
    assert "No paper is stated." in written["codecs/pcm.html"]


def test_no_number_is_a_nan(written):
    for text in written.values():
        assert not re.search(r"\bnan\b|\binf\b", re.sub(r"<[^>]*>", " ", text), re.IGNORECASE)


def test_the_commands_of_the_instructions_are_taken(written):
    blocks = re.findall(r"<pre[^>]*>(nscbench .*?)</pre>", written["submit.html"], re.DOTALL)
    commands = [line.split()[1:] for block in blocks for line in block.splitlines()]
    assert [words[0] for words in commands] == ["run", "cost", "verify", "site"]
    for words in commands:
        assert callable(parse(words).command)


def test_a_citation_cannot_leave_its_braces(board):
    codec = board.codec_of["new-6"]
    assert citation(codec, "A{}} \\x").endswith("note  = {A x}\n}")
    assert citation(codec, "") == ""


def test_names_cannot_break_a_page(tmp_path, board):
    from nscbench.benchmarks.store.finished_run import read_run
    from nscbench.reports.site.board import Board
    from nscbench.reports.site.listening import Sounds

    hostile = '</script><b title="x">'
    root = write_run(tmp_path / "run", ladder(hostile, rates=(6, 8)), items(4, 2))
    own = Board(read_run(root), {}, {})
    (codec,) = own.codecs
    nothing = Sounds([], {}, {}, [], False)
    for page in (Pages(own).index([]), Pages(own).codec(codec, nothing, [])):
        assert hostile not in page.decode()
        assert "&lt;/script&gt;&lt;b" in page.decode()
