"""The objective values of a run: those of the first draw, as listeners heard it."""

from pathlib import Path

import pytest

from nscbench.listening_test.analyze.objective import foreign_metrics, objective_values
from nscbench.listening_test.schema import ResultsError
from support.mushra_run import write_values


def test_a_runs_first_draws_are_read(tmp_path: Path) -> None:
    rows: list[list[object]] = [
        ["pcm", "007", 0, "pesq_wb", 4.6, ""],
        ["pcm", "007", 1, "pesq_wb", 1.0, ""],
        ["pcm", "007", 0, "lsd", "", "undefined: silence"],
        ["pcm", "007", 0, "lsd_of_a_plugin", 2.5, ""],
        ["pcm", "007", 0, "payload_bits", 999, ""],
    ]
    write_values(tmp_path, rows)
    table, directions = objective_values(tmp_path)
    assert table == {"pesq_wb": {("007", "pcm"): 4.6}, "lsd_of_a_plugin": {("007", "pcm"): 2.5}}
    assert directions == {"pesq_wb": "higher", "lsd_of_a_plugin": "none"}
    with pytest.raises(ResultsError, match="not a finished run"):
        objective_values(tmp_path / "absent")


def test_a_metric_that_is_not_installed_keeps_its_values(tmp_path: Path) -> None:
    write_values(tmp_path, [["pcm", "a", 0, "mine", 2.5, ""], ["pcm", "a", 0, "pesq_wb", 4.6, ""]])
    manifest = tmp_path / "manifest.json"
    text = manifest.read_text()
    one = '{"metric": "pesq", "version": "1"}'
    assert one in text
    manifest.write_text(text.replace(one, f'{one}, {{"metric": "plugin", "version": "7"}}'))
    table, directions = objective_values(tmp_path)
    assert table["mine"] == {("a", "pcm"): 2.5}
    assert directions == {"mine": "none", "pesq_wb": "higher"}
    assert foreign_metrics(tmp_path) == ["plugin"]


def test_quality_comes_first_and_what_was_equalized_not_at_all(tmp_path: Path) -> None:
    columns = ("level_db", "f0_rmse", "delay_ms", "estoi", "visqol", "lsd_of_a_plugin", "pesq_wb")
    write_values(tmp_path, [["pcm", "007", 0, column, 1.0, ""] for column in columns])
    table, directions = objective_values(tmp_path)
    assert list(table) == ["pesq_wb", "visqol", "estoi", "f0_rmse", "lsd_of_a_plugin"]
    assert list(directions) == list(table)
