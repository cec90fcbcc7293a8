"""Names beside what they name."""

import numpy as np
import pandas as pd
import pytest
from matplotlib import pyplot as plt
from matplotlib.text import Text

from nscbench.reports.figures.axes import ceiling
from nscbench.reports.figures.labels import Drawn, Label, place
from nscbench.reports.figures.style import INK, drawing, panels


def boxes(axes):
    """The labels' boxes in pixels, without the lines that lead to them."""
    axes.figure.draw_without_rendering()
    return [Text.get_window_extent(label) for label in axes.texts]


def placed(points, names, size=(5, 4)):
    """Place a label at each of these points; the axes and what found no place."""
    _, axes = plt.subplots(figsize=size, layout="constrained")
    axes.plot(*np.array(points).T, "o")
    axes.margins(0.3)
    labels = [Label(name, "black", [point]) for name, point in zip(names, points, strict=True)]
    return axes, place(axes, labels, Drawn(points, []))


def test_fourteen_names_at_one_bitrate_do_not_collide():
    points = [(3.0, 1 + 0.1 * n) for n in range(14)]
    with drawing():
        axes, lost = placed(points, [f"codec-number-{n}" for n in range(14)])
        found = [label.get_text() for label in axes.texts]
        text_boxes = boxes(axes)
        frame = axes.get_window_extent()
    assert sorted(found + lost) == sorted(f"codec-number-{n}" for n in range(14))
    assert len(found) >= 10
    for index, box in enumerate(text_boxes):
        assert frame.x0 <= box.x0
        assert box.x1 <= frame.x1
        assert not any(box.overlaps(other) for other in text_boxes[index + 1 :])


def test_a_name_does_not_hide_a_point_where_there_is_room():
    points = [(0.0, 0.0), (1.0, 0.0)]
    with drawing():
        axes, lost = placed(points, ["one", "other"])
        at = axes.transData.transform(points)
        found = boxes(axes)
    assert lost == []
    assert not any(box.contains(*point) for box in found for point in at)


def test_names_without_room_are_told():
    points = [(0.0, 0.001 * n) for n in range(40)]
    with drawing():
        axes, lost = placed(points, [f"a-name-of-some-length-{n}" for n in range(40)], (2, 1.2))
    assert len(lost) + len(axes.texts) == 40
    assert lost


@pytest.mark.parametrize("name", ["$x$", "a_b"])
def test_names_are_no_formulae(name):
    with drawing():
        axes, _ = placed([(0.0, 0.0)], [name])
        assert axes.texts[0].get_text() == name
        assert not axes.texts[0].get_parse_math()


def test_no_label_stands_on_the_ceiling():
    """The best codec is as good as the recording: its name makes way for the dotted line."""
    board = pd.DataFrame({"condition": ["one-6", "pcm"], "visqol": [4.5, 4.5]})
    with drawing():
        _, (axes,) = panels(1)
        axes.plot([1, 6, 8], [4.5, 4.5, 3])
        lines = ceiling(axes, board, "visqol")
        assert place(axes, [Label("one-6", INK, [(6, 4.5)])], Drawn([(6, 4.5)], lines)) == []
        (box,) = boxes(axes)
        _, height = axes.transData.transform((6, 4.5))
        assert not box.y0 <= height <= box.y1
        assert ceiling(axes, board[:1], "visqol") == []
