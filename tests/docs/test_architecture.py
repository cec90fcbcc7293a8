"""Every path, link and module that a page names is there; what architecture.md must tell."""

import re
import runpy
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PAGES = [
    *sorted(path.name for path in ROOT.glob("*.md")),
    *sorted(path.relative_to(ROOT).as_posix() for path in (ROOT / "docs").rglob("*.md")),
]
# of entry points
GROUPS = ("nscbench.codecs", "nscbench.metrics", "nscbench.degradations", "nscbench.figures")
TOP = (
    "benchmarks",
    "codecs",
    "metrics",
    "listening_test",
    "reports",
    "tests",
    "docs",
    "src",
    ".ci",
)
PATH = re.compile(rf"(?<![\w/.])(?:{'|'.join(map(re.escape, TOP))})/[\w./-]*")
LINK = re.compile(r"(?:\]\(|src=\")([^)#:\"]*)(?:#([^)\"]+))?(?:\)|\")")
MODULE = re.compile(r"\bnscbench(?:\.\w+)+")


def named(page):
    """Paths within the repository; NAME and its like are placeholders."""
    found = PATH.findall((ROOT / page).read_text("utf-8"))
    return [path.rstrip(".") for path in found if not re.search(r"\b[A-Z]{2,}\b", path)]


@pytest.mark.parametrize("page", PAGES)
def test_paths_that_a_page_names_exist(page):
    assert [path for path in named(page) if not (ROOT / path).exists()] == []


@pytest.mark.parametrize("page", PAGES)
def test_links_lead_to_pages_and_headings(page):
    for target, heading in LINK.findall((ROOT / page).read_text("utf-8")):
        path = (ROOT / page).parent / target if target else ROOT / page
        assert path.exists(), target
        if heading:
            headings = re.findall(r"^#+ (.+)$", path.read_text("utf-8"), re.MULTILINE)
            assert heading in {
                re.sub(r"[^\w -]", "", h).lower().replace(" ", "-") for h in headings
            }


@pytest.mark.parametrize("page", PAGES)
def test_modules_that_a_page_names_exist(page):
    for name in set(MODULE.findall((ROOT / page).read_text("utf-8"))) - set(GROUPS):
        if name.islower():  # `nscbench.codecs.base.Codec` is a class
            path = ROOT.joinpath(*name.split(".")[1:])
            assert path.exists() or path.with_suffix(".py").exists(), name


def test_every_page_is_in_the_contents_of_the_site():
    names = runpy.run_path(str(ROOT / "docs/conf.py"))
    listed = {ROOT / names["root_doc"]}
    for path in " ".join(names["CONTENTS"].values()).split():
        folder, pattern = (ROOT, path[1:]) if path.startswith("/") else (ROOT / "docs", path)
        listed |= {found.with_suffix("") for found in folder.glob(f"{pattern}.md")}
    pages = {ROOT / page for page in PAGES} | set(ROOT.glob("benchmarks/data/*/README.md"))
    left_out = {ROOT / pattern for pattern in names["exclude_patterns"]}
    assert {page.with_suffix("") for page in pages - left_out} == listed


def test_every_folder_of_the_package_is_in_the_drawing():
    page = (ROOT / "docs/architecture.md").read_text("utf-8")
    for top in ("benchmarks", "listening_test"):
        for folder in (ROOT / top).iterdir():
            if (folder / "__init__.py").exists():
                assert f"{top}/{folder.name}/" in page
    assert set(TOP[:5]) <= {path.split("/")[0] for path in named("docs/architecture.md")}
    assert len(named("docs/architecture.md")) > 40


def test_the_page_is_read_standing():
    lines = (ROOT / "docs/architecture.md").read_text("utf-8").splitlines()
    assert len(lines) <= 100


def test_the_readme_leads_to_both():
    readme = (ROOT / "README.md").read_text("utf-8")
    assert "(docs/architecture.md)" in readme
    assert "(CONTRIBUTING.md)" in readme
