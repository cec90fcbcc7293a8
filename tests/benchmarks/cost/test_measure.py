"""What coding takes, against counts by hand and codecs whose costs are known. No times."""

import hashlib
import json
import sys

import pandas as pd
import pytest

from nscbench.benchmarks.cli import main
from nscbench.benchmarks.cost.measure import COLUMNS, Setup, measure_costs
from nscbench.benchmarks.store.costs import NUMBERS, read_costs
from nscbench.benchmarks.store.finished_run import read_run
from support.signals import white_noise

HUNGRY_MB = 96

HUNGRY = f"""
import os
from dataclasses import dataclass
from typing import ClassVar
import numpy as np
from nscbench.codecs.controls.pcm import Pcm

@dataclass(frozen=True)
class Hungry(Pcm):
    name: ClassVar[str] = "hungry"
    dies: bool = False
    leaves: bool = False

    def encode(self, audio):
        np.ones({HUNGRY_MB}_000_000, np.uint8)
        return super().encode(audio)

    def decode(self, payloads, noise):
        if self.dies:
            os._exit(7)
        if self.leaves:
            raise SystemExit("had enough")
        return super().decode(payloads, noise)
"""


@pytest.fixture
def hungry(tmp_path, monkeypatch):
    """A codec that another process can import."""
    (tmp_path / "nscbench_hungry.py").write_text(HUNGRY)
    monkeypatch.syspath_prepend(tmp_path)
    monkeypatch.delitem(sys.modules, "nscbench_hungry", raising=False)
    import nscbench_hungry

    return nscbench_hungry.Hungry


def setup():
    batch = [white_noise(0.5).numpy()] * 2
    return Setup("cpu", 2, 3, batch, white_noise().numpy())


@pytest.mark.slow
def test_peak_memory_is_the_array_that_a_codec_allocates(hungry):
    found = measure_costs(hungry(), setup())
    assert found["codec_memory_mb"] == pytest.approx(HUNGRY_MB, abs=8)
    assert found["peak_memory_mb"] > found["codec_memory_mb"] + 50
    assert found["cuda_memory_mb"] == "no CUDA device"
    assert found["parameters"] == "it runs no network"
    assert "torch multiplies nothing" in found["macs_per_second"]
    assert found["cut_delay_ms"] == found["impulse_delay_ms"] == 1 / 16
    assert all(len(found[c]) == 3 for c in COLUMNS if "_rtf" in c)


def test_a_codec_that_dies_gives_the_reason(hungry):
    found = measure_costs(hungry(dies=True), setup())
    assert found == dict.fromkeys(COLUMNS, "its process died (exit code 7)")


@pytest.mark.slow
def test_a_codec_that_leaves_its_interpreter_gives_the_reason(hungry):
    found = measure_costs(hungry(leaves=True), setup())
    assert found == dict.fromkeys(COLUMNS, "SystemExit: had enough")


BRIEF = ["--seconds", "1", "--batch", "2", "--repeats", "3"]


@pytest.mark.slow
def test_costs_of_a_run_are_what_reports_read(finished, capsys):
    assert main(["cost", str(finished), "--conditions", "mnru-20", *BRIEF]) == 0
    assert main(["cost", str(finished), "--conditions", "pcm", *BRIEF]) == 0
    assert "not measured: parameters: it runs no network (pcm)" in capsys.readouterr().out
    costs = read_costs(read_run(finished))
    assert list(costs.index) == ["pcm", "mnru-20"]
    measured = [c for c in NUMBERS if c not in ("parameters", "macs_per_second")]
    assert (costs[measured] >= 0).all(axis=None)
    assert costs["threads"].tolist() == [1, 1]
    table = pd.read_csv(finished / "cost.csv").set_index("condition")
    assert table["hardware"].str.len().gt(0).all()
    assert table["encode_rtf_range"].str.fullmatch(r"\S+\.\.\S+").all()
    facts = json.loads((finished / "cost.json").read_text())
    assert set(facts) == {"pcm", "mnru-20"}
    for name in ("cost.csv", "cost.json"):
        digest = hashlib.sha256((finished / name).read_bytes()).hexdigest()
        assert f"{digest}  {name}\n" in (finished / "SHA256SUMS").read_text()
    assert len(facts["pcm"]["calls"]["decode_rtf_batched"]) == 3


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (["nothing"], "nothing is neither the directory of a finished run nor a suite"),
        (["demo", "--conditions", "opus-7"], "no condition is called 'opus-7'; did you mean opus-"),
        (["demo", "--batch", "1"], "--batch is 2 to 1024, not 1"),
        (["demo", "--seconds", "nan"], "--seconds is 1 to 600, not nan"),
        (["demo", "--seconds", "inf"], "--seconds is 1 to 600, not inf"),
        (["demo", "--items", "absent"], "absent does not exist"),
    ],
)
def test_bad_input_is_one_message(words, message, capsys, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    assert main(["cost", *words]) == 2
    assert message in capsys.readouterr().err
    assert not list(tmp_path.iterdir())


def test_what_is_not_a_table_of_costs_is_refused(finished, capsys):
    (finished / "cost.csv").write_text("condition\n")
    assert main(["cost", str(finished), *BRIEF]) == 2
    assert "remove both to begin anew" in capsys.readouterr().err
    (finished / "cost.csv").unlink()
