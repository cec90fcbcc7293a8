"""Names beside what they name: placed so that none lies on another, on a point or out of the axes.

Greedy: each label in turn takes the free place of least cost among some around its anchors, near
ones first; a name that finds none is returned, to be told in a legend. Christensen, Marks and
Shieber, "An empirical study of algorithms for point-feature label placement", ACM Transactions on
Graphics 14, 1995, call it the greedy algorithm.
"""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from matplotlib import rcParams
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from ...benchmarks.statistics.gaps import Array
from .style import settle

_DISTANCES = (5.0, 11.0, 18.0, 27.0, 38.0, 52.0, 68.0)  # points between an anchor and its label
_ANGLES = np.deg2rad([0, 20, -20, 45, -45, 70, -70, 90, -90, 115, -115, 150, -150, 180])
_LEADER = 15.0  # points from which a line leads to the label
_FINE = 4.0  # pixels between the points that stand for a line
_HALF_MARKER = 4.0  # pixels
_HIT, _CROSSED = 40.0, 6.0  # cost of a hidden point, and of each part of a line


Line = tuple[tuple[float, float], tuple[float, float]]  # its ends, in data coordinates


class Label(NamedTuple):
    """A name, and the points of the data that it may stand beside, the best first."""

    text: str
    colour: str
    anchors: Sequence[tuple[float, float]]


class Drawn(NamedTuple):
    """What labels shall not hide, in data coordinates: points, and the ends of lines."""

    points: Sequence[tuple[float, float]]
    lines: Sequence[Line]


def place(axes: Axes, labels: Sequence[Label], drawn: Drawn) -> list[str]:
    """Write the labels, in this order of importance; the texts that find no place.

    The axes must be as they will be saved: limits, scales, titles and legends made.

    Args:
        axes: whose figure is laid out by this, and stays so.
        labels: one a curve or point.
        drawn: what else is in the axes.
    """
    figure = axes.figure
    assert isinstance(figure, Figure)
    settle(figure)
    size = 0.8 * float(rcParams["font.size"])
    frame = np.asarray(axes.get_window_extent().extents, dtype=float)
    hidden = _boxes(axes, drawn)
    taken = np.empty((0, 4))
    lost = []
    for label in labels:
        annotation = axes.annotate(
            label.text, label.anchors[0], xytext=(0, 0), textcoords="offset points",
            fontsize=size, color=label.colour, parse_math=False,
        )  # fmt: skip
        annotation.set_in_layout(False)
        extent = annotation.get_window_extent()
        found = _best(axes, label, (extent.width, extent.height), frame, hidden, taken)
        annotation.remove()
        if found is None:
            lost.append(label.text)
            continue
        _write(axes, label, found, size)
        taken = np.vstack([taken, found.box])
    return lost


class _Found(NamedTuple):
    """A place: points from the anchor to the text's middle and to its edge, box in pixels."""

    cost: float
    anchor: tuple[float, float]
    offset: tuple[float, float]
    box: Array
    gap: float


def _best(
    axes: Axes, label: Label, extent: tuple[float, float], frame: Array, hidden: Array, taken: Array
) -> _Found | None:
    """The best place for a text of this width and height in pixels."""
    pixels = axes.figure.dpi / 72
    half = np.array(extent) / 2
    towards = np.column_stack([np.cos(_ANGLES), np.sin(_ANGLES)])
    best: _Found | None = None
    for rank, anchor in enumerate(label.anchors):
        at = axes.transData.transform(anchor)
        for distance in _DISTANCES:
            middles = at + distance * pixels * towards + towards * half
            boxes = np.hstack([middles - half, middles + half])
            free = np.logical_and(_within(boxes, frame), ~_overlapping(boxes, taken).any(axis=1))
            hits = _overlapping(boxes, hidden[:, :4]) @ hidden[:, 4]
            costs = np.where(free, distance + hits + np.abs(_ANGLES) + 3 * rank, np.inf)
            choice = int(np.argmin(costs))
            cost = float(costs[choice])
            if np.isfinite(cost) and (best is None or cost < best.cost):
                right, up = ((middles[choice] - at) / pixels).tolist()
                best = _Found(cost, anchor, (right, up), boxes[choice], distance)
    return best


def _write(axes: Axes, label: Label, found: _Found, size: float) -> None:
    leader = {"arrowstyle": "-", "color": label.colour, "linewidth": 0.5, "alpha": 0.6}
    annotation = axes.annotate(
        label.text, found.anchor, xytext=found.offset, textcoords="offset points", ha="center",
        va="center", fontsize=size, color=label.colour, parse_math=False,
        arrowprops=leader if found.gap > _LEADER else None,
    )  # fmt: skip
    annotation.set_in_layout(False)  # or the axes would shrink for it


def _boxes(axes: Axes, drawn: Drawn) -> Array:
    """Boxes in pixels of what is drawn, each with what it costs to hide it [n, 5]."""
    found = []
    if len(drawn.points):
        at = axes.transData.transform(np.array(drawn.points, dtype=float))
        half = _HALF_MARKER
        cost = np.full((len(at), 1), _HIT)
        found.append(np.hstack([at - half, at + half, cost]))
    for ends in drawn.lines:
        first, last = axes.transData.transform(np.array(ends, dtype=float))
        count = max(2, int(np.hypot(*(last - first)) / _FINE))
        at = np.linspace(first, last, count)
        cost = np.full((count, 1), _CROSSED)
        found.append(np.hstack([at - 1, at + 1, cost]))
    boxes = np.vstack(found) if found else np.empty((0, 5))
    return np.asarray(boxes[np.isfinite(boxes).all(axis=1)])


def _within(boxes: Array, frame: Array) -> Array:
    return np.asarray((boxes[:, :2] >= frame[:2]).all(axis=1) & (boxes[:, 2:] <= frame[2:]).all(1))


def _overlapping(boxes: Array, others: Array) -> Array:
    """Which boxes [m, 4] share area with which others [n, 4]: [m, n]."""
    low = np.maximum(boxes[:, None, :2], others[None, :, :2])
    high = np.minimum(boxes[:, None, 2:], others[None, :, 2:])
    return np.asarray((high > low).all(axis=2))
