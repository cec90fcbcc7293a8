"""The objective values of a run: those of the first draw, as listeners heard it."""

import json
from pathlib import Path

import pytest

from nscbench.listening_test.analyze.objective import objective_values
from nscbench.listening_test.schema import ResultsError
from support.mushra_run import manifest


def test_a_runs_first_draws_are_read(tmp_path: Path) -> None:
    item = {"id": "007", "path": "007.wav", "speaker": "", "sex": "", "seconds": 1.0, "sha256": ""}
    (tmp_path / "manifest.json").write_text(json.dumps(manifest([item], {"pcm": "control"})))
    (tmp_path / "checks.csv").write_text("condition,item,finding\n")
    rows = [
        "condition,item,draw,column,value,error",
        "pcm,007,0,pesq_wb,4.6,",
        "pcm,007,1,pesq_wb,1.0,",
        "pcm,007,0,lsd,,undefined: silence",
        "pcm,007,0,lsd_of_a_plugin,2.5,",
        "pcm,007,0,payload_bits,999,",
    ]
    (tmp_path / "rows.csv").write_text("\n".join(rows) + "\n")
    table, directions = objective_values(tmp_path)
    assert table == {"pesq_wb": {("007", "pcm"): 4.6}, "lsd_of_a_plugin": {("007", "pcm"): 2.5}}
    assert directions == {"pesq_wb": "higher", "lsd_of_a_plugin": "none"}
    with pytest.raises(ResultsError, match="not a finished run"):
        objective_values(tmp_path / "absent")
