"""Quality against time."""

import pandas as pd

from nscbench.benchmarks.store.finished_run import read_run
from nscbench.reports.figures.cost import against_cost, pareto
from nscbench.reports.figures.style import drawing
from nscbench.reports.page.material import Material
from support.runs import ladder, write_run

COST_HEAD = (
    "condition,encode_rtf,decode_rtf,parameters,macs_per_second,peak_memory_mb,threads,hardware"
)


def test_times_of_two_machines_are_two_figures(tmp_path):
    lines = [f"opus-{k},.1,.{k:02},0,0,5,{t},{h}" for k, t, h in [
        (6, 1, "a"), (8, 1, "a"), (12, 2, "a"), (24, 1, "b")]]  # fmt: skip
    root = write_run(tmp_path / "run", ladder("opus"))
    (root / "cost.csv").write_text("\n".join([COST_HEAD, *lines]))
    made = Material(read_run(root))
    with drawing():
        found = list(against_cost(made.run.scores, made.table, made.costs))
    assert [picture.name for picture in found] == [f"quality_rtf_{n}" for n in (1, 2, 3)]
    assert [picture.data["condition"].tolist() for picture in found] == [
        *(["opus-6", "opus-8"], ["opus-12"], ["opus-24"]),
    ]


def test_the_pareto_front_has_what_nothing_cheaper_reaches():
    points = pd.DataFrame({"cost": [1, 2, 3, 4, 2], "value": [1.0, 3.0, 2.0, 3.5, 2.5]})
    assert pareto(points, "cost", "value", 1)["value"].tolist() == [1.0, 3.0, 3.5]
    assert pareto(points, "cost", "value", -1)["value"].tolist() == [1.0]
