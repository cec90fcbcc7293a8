"""`cost.csv`: what is read, what is refused."""

import numpy as np
import pytest

from nscbench.benchmarks.store.costs import read_costs
from nscbench.benchmarks.store.finished_run import read_run
from nscbench.benchmarks.store.run_directory import RunError
from support.runs import ladder, write_run

COST_HEAD = (
    "condition,encode_rtf,decode_rtf,parameters,macs_per_second,peak_memory_mb,threads,hardware"
)


def costs_of(tmp_path, text, conditions=None):
    root = write_run(tmp_path / "run", conditions or ladder("opus"))
    (root / "cost.csv").write_text(text)
    return read_costs(read_run(root))


def test_costs_are_numbers_by_condition(tmp_path):
    """Lines of other conditions are left out; so are columns without a number, or with text."""
    found = costs_of(
        tmp_path,
        f"{COST_HEAD},batched_rtf,remark\nopus-8,0.01,,0,0,5,1,chip,0.5,7\n"
        "gone-3,1,1,1,1,1,1,chip,,x\nopus-6,0.02,,0,0,6,1,chip,,\n",
    )
    assert found.index.tolist() == ["opus-6", "opus-8"]
    names = ["encode_rtf", "parameters", "macs_per_second", "peak_memory_mb", "threads"]
    assert list(found) == [*names, "batched_rtf", "hardware"]
    assert found["encode_rtf"].tolist() == [0.02, 0.01]
    assert np.isnan(found["batched_rtf"]["opus-6"])


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("condition,decode_rtf\nopus-6,1\n", "lacks the columns encode_rtf, parameters, macs_per"),
        (f"{COST_HEAD}\nopus-6,1,1,1,1,1,1,x\nopus-6,1,1,1,1,1,1,x\n", "has opus-6 more"),
        (f"{COST_HEAD}\nopus-6,fast,1,1,1,1,1,x\n", "encode_rtf of opus-6 is 'fast'; allowed are"),
        (f"{COST_HEAD}\nopus-6,1,-1,1,1,1,1,x\n", "decode_rtf of opus-6 is '-1'"),
        (f"{COST_HEAD}\nopus-6,1,inf,1,1,1,1,x\n", "decode_rtf of opus-6 is 'inf'"),
        ("", "cost.csv: cannot be read"),
    ],
)
def test_costs_of_another_format_are_refused(tmp_path, text, message):
    with pytest.raises(RunError, match=message):
        costs_of(tmp_path, text)
