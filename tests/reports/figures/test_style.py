"""The look of figures."""

from nscbench.reports.figures.style import INK, REFERENCE, drawing, marks, panels, settle


def test_curves_can_be_told_apart_without_colour():
    drawn = marks([REFERENCE, *(f"codec{n}" for n in range(20))])
    assert drawn[REFERENCE].colour == INK
    assert len({(mark.marker, mark.line) for mark in drawn.values()}) == 21


def test_a_figure_is_laid_out_once():
    with drawing():
        figure, (axes,) = panels(1)
        settle(figure)
        before = axes.get_position().bounds
        axes.set_ylabel("would need room")
        settle(figure)
        assert axes.get_position().bounds == before
