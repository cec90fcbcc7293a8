"""The page of each extra: it is there, names what the extra switches on, and its licences."""

import re
import tomllib
from pathlib import Path

import pytest

from nscbench.codecs import available

ROOT = Path(__file__).parents[2]
EXTRAS = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"][
    "optional-dependencies"
]
PAGES = {
    "conventional": "conventional_codecs.md",
    "published": "published_codecs.md",
    "speaker": "weight_metrics.md",
    "wer": "weight_metrics.md",
    "phones": "weight_metrics.md",
    "distributed": "distributed.md",
    "tensorboard": "training.md",
}


def page(name):
    return (ROOT / "docs" / name).read_text("utf-8")


def test_every_extra_that_a_user_can_want_has_a_page():
    assert set(PAGES) == set(EXTRAS) - {"all", "test", "dev", "docs", "fuzz"}


@pytest.mark.parametrize("extra", PAGES)
def test_the_page_says_how_to_install_it_and_the_licences_of_code_and_weights(extra):
    text = page(PAGES[extra])
    assert f"pip install 'nscbench[{extra}]'" in text
    assert "## Licences" in text or text.count("\n- Code: ") == text.count("Weights: ") > 0
    assert f"({PAGES[extra]})" in page("installing.md")


@pytest.mark.parametrize(
    ("folder", "name"),
    [("conventional", "conventional_codecs.md"), ("published", "published_codecs.md")],
)
def test_the_page_names_every_codec_its_rate_and_its_bitrates(folder, name):
    """A row is: a condition, ..., the rate, ..., and bitrates, which may have stages behind."""
    rows = {}
    for line in page(name).splitlines():
        if found := re.match(r"\| `([^`]+)` \|", line):
            rows[found[1]] = line
    for codec in available().values():
        if codec.__module__.split(".")[-2] != folder:
            continue
        points = [codec(**settings) for settings in codec.operating_points]
        (condition,) = rows.keys() & {point.condition for point in points}
        cells = [cell.strip() for cell in rows[condition].split("|")]
        assert f"{points[0].sample_rate / 1000:g} kHz" in cells
        listed = ", ".join(f"{point.nominal_kbps:g}" for point in points)
        assert listed in [re.sub(r" \(\d+\)", "", cell) for cell in cells]
