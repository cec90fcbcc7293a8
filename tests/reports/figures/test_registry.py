"""A figure of another package is one file: it is drawn in every report."""

from collections.abc import Iterator
from importlib.metadata import EntryPoint

import pytest
from matplotlib.figure import Figure as Drawing

from nscbench.metrics.machinery import plugins
from nscbench.reports import figures
from nscbench.reports.figures import Figure, Given
from nscbench.reports.figures.style import Picture


def draw(given: Given) -> Iterator[Picture]:
    """How many values there are."""
    count = len(given.scores.rows)
    yield Picture("mine", "Mine", f"{count} values", Drawing(), given.table)


OWN = Figure("mine", 45, draw)


def test_figures_come_in_the_order_of_their_places():
    names = [figure.name for figure in figures.available()]
    assert names == [
        *("front", "equal rate", "design space", "cost", "NFE"),
        *("distributions", "speakers", "sexes", "agreement"),
    ]


def test_a_figure_of_another_package_has_its_place(monkeypatch: pytest.MonkeyPatch):
    point = EntryPoint("mine", f"{__name__}:OWN", "nscbench.figures")
    monkeypatch.setattr(EntryPoint, "load", lambda self: OWN)
    monkeypatch.setattr(plugins, "entry_points", lambda group: [point])
    found = figures.REGISTRY.search().plugins
    assert found["mine"] is OWN
    ordered = sorted(found.values(), key=lambda figure: figure.place)
    assert [f.name for f in ordered][5:7] == ["distributions", "mine"]


def test_what_is_no_figure_is_left_out(monkeypatch: pytest.MonkeyPatch):
    point = EntryPoint("theirs", "json:loads", "nscbench.figures")
    monkeypatch.setattr(plugins, "entry_points", lambda group: [point])
    with pytest.warns(UserWarning, match="the figure json:loads is left out: it is no nscbench"):
        assert "theirs" not in figures.REGISTRY.search().plugins
