"""Every command line that a page shows is one that the command line takes; `make` has its targets.

Nothing is run: words are given to the parsers, which know commands, options and their choices.
"""

import re
import shlex
from pathlib import Path

import pytest

from nscbench.benchmarks.cli import parse

ROOT = Path(__file__).parents[2]
PAGES = [
    *ROOT.glob("*.md"),
    *(ROOT / "docs").rglob("*.md"),
    ROOT / "benchmarks/data/demo/README.md",
]
FENCE = re.compile(r"^ *```(\w*) *\n(.*?)^ *```", re.M | re.S)
INDENTED = re.compile(r"(?:^(?: {4}|\t).*\n)+", re.M)
SHELL = ("", "sh", "bash", "console")
SYNOPSIS = re.compile(r"\[|\||\.\.\.|…")  # `[--items PATH]` is a form, not a command
TARGETS = set(re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text("utf-8"), re.M))


def code(text):
    """Lines of shell that a page shows as blocks; continued lines are one."""
    blocks = [body for language, body in FENCE.findall(text) if language in SHELL]
    blocks += re.findall(r"^- run: (.*)$", text, re.M)
    blocks += INDENTED.findall(FENCE.sub("", text))
    for block in blocks:
        joined = re.sub(r"\\\n\s*", " ", block)
        yield from (line.strip().removeprefix("$ ") for line in joined.splitlines())


def commands(text, program):
    """The words behind a program's name, of each of its calls in the blocks of a page."""
    for line in code(text):
        if not re.search(rf"(?:^|[;&(] *|\w=\S+ +){program} ", line):
            continue
        lexer = shlex.shlex(line, posix=True, punctuation_chars=True)
        lexer.commenters = "#"
        lexer.whitespace_split = True
        words: list[str] = []
        for word in [*lexer, ";"]:
            if set(word) <= set(";&|()<>"):
                while words and re.fullmatch(r"[A-Z_]+=.*", words[0]):
                    words.pop(0)
                if words and words[0] == program:
                    yield words[1:]
                words = []
            else:
                words.append(word)


def shown(program):
    return [
        pytest.param(words, id=f"{page.relative_to(ROOT)}: {' '.join(words)}")
        for page in PAGES
        for words in commands(page.read_text("utf-8"), program)
        if not SYNOPSIS.search(" ".join(words))
    ]


@pytest.mark.parametrize("words", shown("nscbench"))
def test_the_command_line_takes_what_a_page_shows(words):
    assert callable(parse(words).command)


@pytest.mark.parametrize("words", shown("make"))
def test_make_has_the_targets_that_a_page_shows(words):
    named = [word for word in words if "=" not in word]
    assert named
    assert set(named) <= TARGETS


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_make_has_the_targets_that_a_sentence_names(page):
    named = re.findall(r"`make\s+([a-z-]+)[^`]*`", page.read_text("utf-8"))
    assert set(named) <= TARGETS


def test_commands_are_found_where_pages_show_them():
    text = (
        "Text `nscbench no-such`.\n\n"
        "    make bench && nscbench list  # comment\n\n"
        "```sh\nA=1 nscbench run demo \\\n  --out x\n```\n"
        "```toml\nnscbench = 1\n```\n"
    )
    assert list(commands(text, "nscbench")) == [["run", "demo", "--out", "x"], ["list"]]
    assert list(commands(text, "make")) == [["bench"]]
    assert len(shown("nscbench")) > 80


@pytest.mark.parametrize(
    "line", ["run", "run demo --out x --no-such", "compare", "mushra no-such", "no-such"]
)
def test_what_the_command_line_does_not_take_is_refused(line):
    with pytest.raises(SystemExit) as left:
        parse(line.split())
    assert left.value.code == 2
