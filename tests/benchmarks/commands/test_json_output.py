"""`--json`: one object, with the keys that docs/json.md names."""

import json
from pathlib import Path

import numpy as np
import pytest

from nscbench.benchmarks.cli import main
from nscbench.benchmarks.commands.json_output import print_json
from nscbench.benchmarks.cost.measure import COLUMNS
from nscbench.benchmarks.cost.table import CostTable
from support.runs import ladder, write_run
from support.small_runs import run, write_recordings

PAGE = (Path(__file__).parents[3] / "docs" / "json.md").read_text("utf-8")


def said(capsys, *words, status=0):
    capsys.readouterr()
    assert main([*map(str, words), "--json"]) == status
    return json.loads(capsys.readouterr().out)


def documented(found):
    """Every key of an object, and of the first object of its lists, is on the page."""
    for key, value in found.items():
        assert f"`{key}`" in PAGE, key
        first = value[0] if isinstance(value, list) and value else value
        if isinstance(first, dict) and key not in ("columns", "deltas", "conditions"):
            documented(first)


@pytest.fixture
def made(tmp_path):
    return write_run(tmp_path / "run", ladder("opus") | ladder("gan", 0.5, (6, 8, 12, 24)))


def test_compare(made, tmp_path, capsys):
    pair = said(capsys, "compare", made, "opus-6", "gan-6")
    documented(pair)
    line = next(one for one in pair["comparisons"] if one["column"] == "stoi")
    assert (line["a"], line["b"], line["better"], line["N"]) == ("opus-6", "gan-6", "gan-6", 24)
    assert line["difference"] == pytest.approx(-0.5, abs=0.1)
    assert len(said(capsys, "compare", made, "opus-6")["comparisons"]) == 3 * 7
    everything = said(capsys, "compare", made, "--all")
    documented(everything)
    assert len(everything["comparisons"]) == 3 * 28
    curves = said(capsys, "compare", made, "opus", "gan")
    documented(curves)
    assert set(curves["deltas"]["stoi"]) == {"n", "bd_rate", "bd_quality"}
    assert set(curves["deltas"]["stoi"]["bd_rate"]) == {"value", "low", "high", "refused"}
    worse = write_run(tmp_path / "new", ladder("opus", -1.0) | ladder("gan", 0.5, (6, 8, 12, 24)))
    gate = said(capsys, "compare", worse, made, "--gate", "stoi", status=1)
    documented(gate)
    assert gate["closed"] is True
    assert {v["kind"] for v in gate["verdicts"]} >= {"WORSE"}


def test_an_error_prints_no_object(made, capsys):
    assert main(["compare", str(made), "nobody", "--json"]) == 2
    captured = capsys.readouterr()
    assert captured.out == ""
    assert "no condition is called 'nobody'" in captured.err


def test_list(capsys):
    found = said(capsys, "list")
    documented(found)
    assert list(found) == ["codecs", "metrics", "suites", "data"]
    pcm = next(codec for codec in found["codecs"] if codec["name"] == "pcm")
    assert pcm == {"name": "pcm", "kind": "control", "conditions": ["pcm"], "missing": ""}
    assert {"name": "demo", "title": "Demo"} in found["suites"]
    assert list(said(capsys, "list", "metrics")) == ["metrics"]


@pytest.mark.slow
def test_verify(tmp_path, capsys):
    write_recordings(tmp_path / "items")
    (tmp_path / "mine.toml").write_text('metrics = ["si_sdr"]\n[[condition]]\ncodec = "pcm"\n')
    out = tmp_path / "run"
    assert run(tmp_path / "mine.toml", "--items", tmp_path / "items", "--out", out) == 0
    found = said(capsys, "verify", out, "--fraction", "1")
    documented(found)
    assert (found["checked"], found["total"], found["differences"]) == (2, 2, [])
    (out / "rows.csv").write_text((out / "rows.csv").read_text().replace("pcm,b", "pcm,a"))
    assert said(capsys, "verify", out, status=1)["differences"]


def test_cost(tmp_path):
    table = CostTable(tmp_path)
    found = dict.fromkeys(COLUMNS, 2.0) | {"encode_rtf": [0.1, 0.3, 0.2], "cut_delay_ms": "broke"}
    table.add("pcm", found, "a processor", {})
    shown = table.as_json(["pcm"])
    documented({"costs": [shown]})
    (line,) = shown["conditions"]
    assert (line["encode_rtf"], line["parameters"], line["cut_delay_ms"]) == (0.2, 2.0, None)
    assert line["not_measured"] == "cut_delay_ms: broke"
    assert table.brief("pcm") == "pcm: RTF 0.2 encoding, 2 decoding"


def test_what_is_no_number_is_null(capsys):
    print_json({"a": np.float64("nan"), "b": [np.int64(3), float("inf")], "c": {"d": np.bool_(1)}})
    assert json.loads(capsys.readouterr().out) == {"a": None, "b": [3, None], "c": {"d": True}}
