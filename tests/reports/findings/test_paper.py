"""Which of the paper's statements hold in made-up runs."""

import json

import pandas as pd
import pytest

from nscbench.benchmarks.store.costs import read_costs
from nscbench.benchmarks.store.finished_run import read_run
from nscbench.reports.findings import cells, paper
from support.findings_runs import conditions
from support.runs import items, write_run


def test_the_papers_statements(tmp_path):
    """In ViSQOL, as which the values of STOI stand here."""
    gains = dict.fromkeys(cells.NINE, 0.0) | {"mel2mel": 0.2, "gan": 0.4}
    root = write_run(tmp_path / "run", conditions(gains), items(40, 20))
    manifest = json.loads((root / "manifest.json").read_text())
    manifest["metrics"].append({"metric": "visqol", "version": "1"})
    (root / "manifest.json").write_text(json.dumps(manifest))
    rows = pd.read_csv(root / "rows.csv")
    rows.loc[rows["column"] == "stoi", "column"] = "visqol"
    rows.to_csv(root / "rows.csv", index=False)
    run = read_run(root)
    answer = paper.statements(run.scores, read_costs(run))
    held = dict(answer.tables[0].lines)
    assert held["mel2mel is the best of the six diffusion codecs"] == "holds (ViSQOL)"
    assert held["no diffusion codec beats gan"] == "holds (ViSQOL)"
    assert held["making waveforms by diffusion takes the most computing"] == "not answered"
    assert answer.verdict == "2 of 3 hold, 0 refuted"


@pytest.mark.parametrize(
    ("macs", "found"),
    [
        ({"wav": 9e9, "mel": 8e9, "lat": 2e9}, "holds (from 9 against up to 8 billion"),
        ({"wav": 7.5e9, "mel": 1e10, "lat": 2e9}, "does not hold (from 7.5 against up to 10 "),
        ({"wav": 8e9, "mel": 8e9, "lat": 2e9}, "does not hold (from 8 against up to 8 "),
        ({"wav": 9e9, "mel": "", "lat": ""}, "not answered"),
        ({"wav": "", "mel": "", "lat": ""}, "not answered"),
    ],
)
def test_which_cells_take_the_most_computing(tmp_path, macs, found):
    """Times are not asked: here those of waveforms are the shortest."""
    root = write_run(tmp_path / "run", conditions(dict.fromkeys(cells.NINE, 0.0)), items())
    times = {"wav": 1, "mel": 2, "lat": 3}
    lines = [(f"{cell}-3", times[cell[-3:]], macs[cell[-3:]]) for cell in cells.NINE]
    (root / "cost.csv").write_text(
        "condition,encode_rtf,decode_rtf,parameters,macs_per_second,peak_memory_mb,threads,"
        "hardware\n"
        + "".join(f"{name},1,{time},1,{count},1,1,chip\n" for name, time, count in lines)
    )
    run = read_run(root)
    held = dict(paper.statements(run.scores, read_costs(run)).tables[0].lines)
    assert held["making waveforms by diffusion takes the most computing"].startswith(found)
