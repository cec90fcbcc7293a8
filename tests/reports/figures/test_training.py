"""Curves of a training."""

import pytest

from nscbench.benchmarks.store.run_directory import RunError
from nscbench.reports.figures.style import drawing
from nscbench.reports.figures.training import training_curves


def test_training_curves(tmp_path):
    (tmp_path / "validation.csv").write_text(
        "step,minutes,audio_seconds,name,value\n10,1,60,3stages/stoi,0.5\n20,2,120,stoi,0.6\n"
    )
    with drawing():
        (picture,) = training_curves([tmp_path])
        (axes,) = picture.figure.axes
    assert picture.data["curve"].tolist() == [f"{tmp_path.name} 3stages", tmp_path.name]
    assert [line.get_ydata().tolist() for line in axes.lines] == [[0.5], [0.6]]
    with pytest.raises(RunError, match="not a training: it has no validation"):
        list(training_curves([tmp_path / "gone"]))
