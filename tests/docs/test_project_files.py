"""What stands beside the code: how to cite, what changed, forms, what the site is built with."""

import re
import subprocess
import tomllib
from pathlib import Path

import pytest
import yaml
from packaging.requirements import Requirement

from nscbench import __version__

ROOT = Path(__file__).parents[2]
FORMS = sorted((ROOT / ".github" / "ISSUE_TEMPLATE").glob("*.yml"))
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]


def test_the_citation_is_of_this_version():
    citation = yaml.safe_load((ROOT / "CITATION.cff").read_text("utf-8"))
    assert {"cff-version", "message", "title", "authors", "version", "license"} <= set(citation)
    assert citation["version"] == __version__
    assert citation["license"] == PROJECT["license"]
    assert citation["authors"] == PROJECT["authors"]
    page = (ROOT / "docs" / "guides" / "cite.md").read_text("utf-8")
    assert f"version = {{{__version__}}}" in page
    assert citation["title"] in page


def test_the_changelog_has_this_version():
    text = (ROOT / "CHANGELOG.md").read_text("utf-8")
    versions = re.findall(r"^## (\S+)", text, re.M)
    assert versions[:2] == ["Unreleased", __version__]
    kinds = set(re.findall(r"^### (.+)$", text, re.M))
    assert kinds <= {"Added", "Changed", "Deprecated", "Removed", "Fixed", "Security"}


@pytest.mark.parametrize("path", FORMS, ids=lambda path: path.name)
def test_a_form_is_one(path):
    form = yaml.safe_load(path.read_text("utf-8"))
    if path.name == "config.yml":
        return
    assert {"name", "description", "body"} <= set(form)
    fields = [part for part in form["body"] if part["type"] != "markdown"]
    assert len({part["id"] for part in fields}) == len(fields)
    assert any(part.get("validations", {}).get("required") for part in fields)
    for part in form["body"]:
        assert part["type"] in {"markdown", "input", "textarea", "dropdown", "checkboxes"}
        assert part["attributes"].get("label") or part["attributes"].get("value")


def test_there_is_a_form_for_codecs():
    assert ROOT / ".github" / "ISSUE_TEMPLATE" / "submit_codec.yml" in FORMS


def test_what_builds_the_site_is_pinned():
    pins = {
        re.sub(r"[-_.]+", "-", name).lower(): version
        for name, version in re.findall(
            r"^([\w.-]+)==(\S+)$", (ROOT / "docs" / "requirements.txt").read_text("utf-8"), re.M
        )
    }
    for text in PROJECT["optional-dependencies"]["docs"]:
        wanted = Requirement(text)
        assert wanted.specifier.contains(pins[wanted.name])
    everywhere = (ROOT / "requirements.txt").read_text("utf-8").lower()
    assert not [name for name in pins if re.search(rf"^{re.escape(name)}==", everywhere, re.M)]


def test_nothing_that_a_command_wrote_is_kept():
    listed = subprocess.run(["git", "ls-files"], cwd=ROOT, capture_output=True, text=True)
    if listed.returncode:
        pytest.skip("no checkout")
    folders = {line.split("/")[0] for line in listed.stdout.splitlines() if "/" in line}
    assert folders - {".ci", ".github"} == {
        *("benchmarks", "codecs", "docs", "listening_test", "metrics", "reports", "src", "tests")
    }
