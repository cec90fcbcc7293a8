"""Figures over bitrates and at one bitrate: what is drawn, named and counted."""

import numpy as np
import pandas as pd
import pytest
from matplotlib.text import Annotation

from nscbench.benchmarks.commands.report import families
from nscbench.benchmarks.store.finished_run import read_run
from nscbench.reports.figures import Given
from nscbench.reports.figures.curves import curve_pictures
from nscbench.reports.figures.equal_rate import equal_rate
from nscbench.reports.figures.files import follows_layout, save
from nscbench.reports.figures.front import best_curves, front
from nscbench.reports.figures.style import COLUMN, FAMILY_MARKS, drawing
from nscbench.reports.tables.leaderboard import leaderboard
from nscbench.reports.tables.rates import equal_rates
from support.runs import items, ladder, write_run

CELLS = [f"{a}2{b}" for a in ("wav", "mel", "lat") for b in ("wav", "mel", "lat")]
AT_3 = {f"{cell}-3": (cell, "codec", 3, 0.1 * n) for n, cell in enumerate(CELLS)}
CONTROLS = {"pcm": ("pcm", "control", 256, 2.0), "mel-oracle": ("mel-oracle", "oracle", 0, 1.5)}


@pytest.fixture(scope="module")
def given(tmp_path_factory):
    """Nine cells and codec2 at 3 kbit/s, two curves, of 12 items of which codec2 lacks one."""
    conditions = AT_3 | ladder("opus") | ladder("gan", 0.5, (1.5, 3, 6)) | CONTROLS
    conditions["codec2-3.2"] = ("codec2", "codec", 3.2, -0.5)
    root = tmp_path_factory.mktemp("rates") / "run"
    run = read_run(write_run(root, conditions, items(12, 6), missing=[("codec2-3.2", "i003")]))
    table = leaderboard(run.scores, {})
    return Given(run.scores, table, pd.DataFrame(), families(run), "Made up")


def texts(picture):
    return [t.get_text() for t in picture.figure.axes[0].texts if isinstance(t, Annotation)]


def test_codecs_of_one_bitrate_are_groups(given):
    (group,) = equal_rates(given.table)
    assert set(group["condition"]) == {*AT_3, "gan-3", "codec2-3.2"}


def test_curves_are_named_and_codecs_of_one_bitrate_are_told_by_the_best(given):
    directions = {column: "higher" for column in given.scores.ranked}
    with drawing():
        overview, pesq, *_ = curve_pictures(given.table, directions, "Made up")
        assert {"opus", "gan", "lat2lat-3, best of 10"} == set(texts(pesq))
        assert not pesq.figure.legends
    assert len(pesq.data) == 10 + 4 + 3
    assert overview.caption.endswith("n/N: 11/12 items, those that all codecs here have.")
    assert "11/12 items" in [text.get_text() for text in overview.figure.texts]


def test_without_a_curve_the_overview_is_a_dot_plot(tmp_path):
    run = read_run(write_run(tmp_path / "run", AT_3 | CONTROLS, items(4, 4)))
    table = leaderboard(run.scores, {})
    with drawing():
        overview, *_ = curve_pictures(table, dict.fromkeys(run.scores.ranked, "higher"), "Made up")
        names = [label.get_text() for label in overview.figure.axes[0].get_yticklabels()]
    assert overview.name == "curves"
    assert names == [f"{cell}-3" for cell in reversed(CELLS)]


def test_what_a_control_alone_has_is_not_drawn(tmp_path):
    """A clock's drift could be measured for `pcm` and for no codec."""
    run = read_run(write_run(tmp_path / "run", AT_3 | CONTROLS, items(4, 4)))
    table = leaderboard(run.scores, {})
    ends = {"": 0.0, "_lo": -1.0, "_hi": 1.0, "_n": 4}
    for end, value in ends.items():
        table[f"drift_ppm{end}"] = np.where(table["kind"] == "control", value, np.nan)
    with drawing():
        directions = dict.fromkeys([*run.scores.ranked, "drift_ppm"], "higher")
        drawn = [picture.name for picture in curve_pictures(table, directions, "Made up")]
    assert drawn == ["curves", *run.scores.ranked]


def test_a_dot_plot_has_every_codec_the_best_at_the_top(given):
    with drawing():
        (picture,) = equal_rate(given)
        axes = picture.figure.axes[0]
        names = [label.get_text() for label in axes.get_yticklabels()]
        assert axes.get_ylim()[0] > axes.get_ylim()[1]  # the first is the upper one
    assert picture.name == "equal_rate_3"
    assert picture.title == "At 3–3.2 kbit/s"
    means = given.table.set_index("condition")["pesq_wb"]
    assert names == sorted(names, key=lambda name: -means[name])
    assert names[-1] == "codec2-3.2"
    assert picture.data.set_index("condition")["pesq_wb"].to_dict() == pytest.approx(
        means[names].to_dict()
    )
    assert "n/N: 11/12 items" in picture.caption


def test_families_are_those_of_the_folders(given):
    assert given.families["mel2mel-3"] == "diffusion"
    assert given.families["gan-3"] == "neural"
    assert given.families["opus-6"] == "conventional"
    assert "pcm" not in given.families
    assert set(given.families.values()) <= set(FAMILY_MARKS)


def test_the_front_names_the_best_of_each_family(given):
    with drawing():
        (picture,) = front(given)
        assert set(texts(picture)) == {"opus", "gan", "lat2lat-3", "lat2mel-3", "codec2-3.2"}
        (legend,) = picture.figure.legends
        said = [text.get_text() for text in legend.get_texts()]
    assert said == ["neural, no diffusion", "diffusion", "conventional"]
    line = picture.data.set_index("condition").loc["gan-6"]
    assert line["pesq_wb_lo"] < line["pesq_wb"] < line["pesq_wb_hi"]
    assert line["family"] == "neural"
    assert len(picture.data) == 10 + 4 + 3
    assert "n/N: 11/12 items" in picture.caption


def test_the_best_curves_are_those_where_they_begin():
    points = pd.DataFrame(
        [("a", 1.5, 2.0), ("b", 1.5, 3.0), ("c", 1.6, 1.0), ("a", 6, 4.5), ("d", 6, 1.0)],
        columns=["curve", "kbps", "value"],
    ).assign(family="neural")
    assert best_curves(points, "value", 1) == {"a", "b", "d"}
    assert best_curves(points, "value", -1) == {"a", "c", "d"}


def test_lettering_stays_text_and_a_column_is_as_wide_as_a_papers(given, tmp_path):
    with drawing():
        (picture,) = front(given)
        save(picture, tmp_path, (".svg", ".pdf"))
    assert ">lat2lat-3</text>" in (tmp_path / "front.svg").read_text()
    pdf = (tmp_path / "front.pdf").read_bytes()
    assert b"/FontFile2" in pdf  # TrueType
    assert b"/Type3" not in pdf
    with drawing(COLUMN):
        (narrow,) = front(given)
        assert follows_layout(narrow)
        assert narrow.figure.get_figwidth() == pytest.approx(COLUMN.width)
        save(narrow, tmp_path, (".svg",))
        titles = [axes.get_title() for axes in narrow.figure.axes]
    assert (tmp_path / "front_column.svg").is_file()
    assert titles == ["PESQ-WB (MOS-LQO) ↑"]  # no other column of this run is of quality
    assert np.isfinite(narrow.data["pesq_wb"]).all()
