"""docs/suites.md names every key that a suite, a condition, a codec or a degradation takes."""

import re
from dataclasses import fields
from pathlib import Path

import pytest

from nscbench.benchmarks import degradations
from nscbench.benchmarks.run.suite import SuiteError, load_suite
from nscbench.codecs import available
from nscbench.codecs.external.command import Command
from nscbench.codecs.external.decoded import Decoded

DOCS = Path(__file__).parents[2] / "docs"
PAGE = (DOCS / "suites.md").read_text("utf-8")
SUITES = [
    pytest.param(text, id=f"{page.name}-{number}")
    for page in sorted((DOCS / "guides").glob("*.md"))
    for number, text in enumerate(
        re.findall(r"^```toml\n(.*?)^```", page.read_text("utf-8"), re.M | re.S)
    )
]
PARTS = dict(
    zip(
        ("suite", "condition", "missing", "degradation", "limit", "document"),
        re.split(r"^## .*$", PAGE, flags=re.M)[1:],
        strict=True,
    )
)


def keys(part):
    """The keys that the tables of a part name, in their columns of keys."""
    found = set()
    for block in re.findall(r"(?:^\|.*\n)+", PARTS[part], re.M):
        head, _, *lines = [line.strip().strip("|").split("|") for line in block.splitlines()]
        place = [cell.strip() for cell in head].index("key")
        found |= {key for line in lines for key in re.findall(r"`\[*([\w-]+)\]*`", line[place])}
    return found


def test_the_keys_of_a_suite(tmp_path):
    (tmp_path / "my.toml").write_text("no_such_key = 1")
    with pytest.raises(SuiteError, match="unknown key") as told:
        load_suite(str(tmp_path / "my.toml"))
    allowed = str(told.value).partition("a suite has: ")[2].split(", ")
    assert keys("suite") == set(allowed)


def test_the_keys_of_a_condition():
    codecs = {field.name for codec in available().values() for field in fields(codec)}
    codecs -= {"device"}  # of a whole run: --device
    declared = {field.name for kind in (Command, Decoded) for field in fields(kind)}
    declared -= {"name", "folder", "encoder", "decoder"}  # `codec`, the suite's own, and:
    own = {"codec", "isolate", "optional", "encode", "decode"}
    assert keys("condition") == codecs | declared | own


def test_the_keys_of_a_degradation():
    kinds = degradations.REGISTRY.found.plugins
    settings = {field.name for kind in kinds.values() for field in fields(kind)}
    assert keys("degradation") == settings | {"kind", "items", "metrics", "reference"}
    assert set(re.findall(r"^\| `([\w-]+)` \| ", PARTS["degradation"], re.M)) >= set(kinds)


@pytest.mark.parametrize("part", ["limit", "document"])
def test_the_keys_of_limits_and_of_documents(part, tmp_path):
    head = "[[limit]]\ncolumn = 'stoi'" if part == "limit" else "[document]"
    (tmp_path / "my.toml").write_text(f"[[condition]]\ncodec = 'pcm'\n{head}\nno_such_key = 1\n")
    with pytest.raises(SuiteError, match="unknown key") as told:
        load_suite(str(tmp_path / "my.toml"))
    assert keys(part) == set(str(told.value).partition("it has: ")[2].split(", "))


@pytest.mark.parametrize("text", SUITES)
def test_a_suite_that_a_guide_shows_can_be_read(text, tmp_path):
    """Its own program and checkpoint, which only a reader has, are named by what it cannot run."""
    path = tmp_path / "my.toml"
    path.write_text(text)
    read = load_suite(str(path))
    conditions = {one.condition for one in (*read.codecs, *read.not_run, *read.optional)}
    assert "pcm" in conditions
    assert len(conditions) > 3
