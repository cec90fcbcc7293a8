"""The documentation as a site: `make docs` builds it, strictly, from the repository's Markdown.

The source is the whole repository, so that every link is the one that a reader of the files has.
"""

from typing import Any

from nscbench import __version__

project = "nscbench"
author = "The nscbench developers"
copyright = "the nscbench developers, Apache-2.0"
release = __version__

extensions = ["myst_parser"]
myst_heading_anchors = 4
nitpicky = True
root_doc = "docs/index"
include_patterns = ["*.md", "docs/**.md", "benchmarks/data/*/README.md"]
exclude_patterns = [".*", "build", "checkpoints", "runs", "src", "docs/package.md"]

html_theme = "furo"
html_title = f"nscbench {release}"
html_copy_source = False
html_extra_path = ["site"]  # the first page of all: leads to the root of the documents
html_show_sphinx = False
html_use_index = False

CONTENTS = {
    "Start": "/README /docs/installing",
    "By question": "guides/*",
    "Running": "score runs suites batteries data columns weight_metrics robustness cost "
    "leaderboard_site json distributed scaling limits",
    "Listening tests": "listening_test listening_tests_other listening_test_analysis "
    "listening_votes_analysis metrics_and_listeners",
    "Codecs": "conventional_codecs published_codecs design_space training training_record weights "
    "extending",
    "Results": "results/* findings",
    "Working on nscbench": "architecture testing /CONTRIBUTING /CHANGELOG /THIRD_PARTY "
    "/benchmarks/data/demo/README /benchmarks/data/words/README",
}


def setup(app: Any) -> None:
    """Give the first page its table of contents, which elsewhere would show as code."""
    app.connect("source-read", _add_contents)


def _add_contents(app: Any, page: str, source: list[str]) -> None:
    if page == root_doc:
        source[0] += "".join(map(_contents, CONTENTS))


def _contents(caption: str) -> str:
    pages = "\n".join(CONTENTS[caption].split())
    return f"\n```{{toctree}}\n:hidden:\n:glob:\n:caption: {caption}\n\n{pages}\n```\n"
