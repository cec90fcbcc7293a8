"""The look of figures."""

from nscbench.reports.figures.style import INK, REFERENCE, marks


def test_curves_can_be_told_apart_without_colour():
    drawn = marks([REFERENCE, *(f"codec{n}" for n in range(20))])
    assert drawn[REFERENCE].colour == INK
    assert len({(mark.marker, mark.line) for mark in drawn.values()}) == 21
