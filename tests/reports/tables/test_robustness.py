"""The tables of a robustness run, from known values."""

import numpy as np
import pytest

from nscbench.benchmarks.store.finished_run import read_run
from nscbench.benchmarks.store.refusals import REFUSED
from nscbench.benchmarks.store.results import read_rows
from nscbench.benchmarks.store.run_directory import RunDirectory
from nscbench.reports.tables.robustness import (
    Degraded,
    against_clean,
    failed_rows,
    markdown_tables,
    notes,
)
from support.runs import COLUMNS, items, write_run


def made(root, gain, seed, refused=(), failed=()):
    """Runs of one condition whose values lie `gain` above 2, 0.8 and 0.7."""
    conditions = {"opus-12": ("opus", "codec", 12, gain)}
    write_run(root, conditions, items(48, 24), seed=seed)
    rows = read_rows(RunDirectory(root))
    for names, error in ((refused, f"decode: {REFUSED}odd"), (failed, "decode: IndexError: 3")):
        lost = rows["item"].isin(names) & rows["column"].isin(COLUMNS)
        rows.loc[lost, ["value", "error"]] = [np.nan, error]
    rows.to_csv(root / "rows.csv", index=False)
    return read_run(root)


def test_differences_are_paired_with_intervals_and_troubles_counted(tmp_path):
    clean = made(tmp_path / "clean", 0.0, 1)
    worse = made(tmp_path / "worse", -0.3, 2, refused=["i000", "i001"], failed=["i002"])
    same = made(tmp_path / "same", 0.0, 3)
    found = against_clean(
        clean,
        [Degraded("fog", worse, {}), Degraded("mist", same, {}),
         Degraded("loss", None, {"opus-12": "it does not conceal"})],
    )  # fmt: skip
    lines = found.set_index(["degradation", "column"])
    fog = lines.loc[("fog", "pesq_wb")]
    assert fog["difference"] == pytest.approx(-0.3, abs=0.02)
    assert fog["low"] < -0.3 + 0.02
    assert fog["low"] < fog["difference"] < fog["high"] < 0
    assert fog["clean"] + fog["difference"] == pytest.approx(fog["degraded"])
    assert (fog["n"], fog["verdict"], fog["refused"], fog["failed"]) == (45, "worse", 2, 1)
    mist = lines.loc[("mist", "pesq_wb")]
    assert mist["verdict"] == ""
    assert abs(mist["difference"]) < 0.02
    assert lines.loc[("loss", ""), "note"] == "not applicable: it does not conceal"
    assert set(failed_rows(worse)["item"]) == {"i002"}
    pages = markdown_tables(found, ["opus-12"])
    assert "| fog | 1." in pages["PESQ-WB (MOS-LQO)"]
    assert "*" in pages["PESQ-WB (MOS-LQO)"].split("fog")[1].split("mist")[0]
    assert "loss" not in pages["PESQ-WB (MOS-LQO)"]
    assert notes(found) == [
        "fog: 2 items refused (opus-12)",
        "fog: 1 items failed (opus-12)",
        "loss: not applicable: it does not conceal (opus-12)",
    ]
