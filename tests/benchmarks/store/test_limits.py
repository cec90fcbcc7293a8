"""Limits as a suite states them."""

import json
from pathlib import Path

import pytest

from nscbench.benchmarks.cost.measure import COLUMNS
from nscbench.benchmarks.run.suite import SuiteError, load_suite
from nscbench.benchmarks.store.limited_costs import WHOLE_SIGNAL, busy, costs_or_reasons
from nscbench.benchmarks.store.limits import COSTS, DELAY, Limit, read_document, read_limits

PCM = 'metrics = ["stoi"]\n[[condition]]\ncodec = "pcm"\n'
NOISE = '[[degradation]]\nkind = "noise"\nsnr_db = 3\nmetrics = ["stoi"]\n'


def test_a_limit_is_read_as_it_is_stated():
    table = {"column": "stoi", "min": 0.8, "significantly": True, "conditions": ["opus-*"]}
    (limit,) = read_limits([table])
    assert limit == Limit("stoi", min=0.8, significantly=True, conditions=("opus-*",))
    assert limit.text == ">= 0.8"
    assert [limit.holds(value) for value in (0.79, 0.8)] == [False, True]
    assert limit.is_for("opus-6")
    assert not limit.is_for("gan-3")
    assert read_limits([limit.plain | {"conditions": list(limit.conditions)}]) == (limit,)


def test_every_cost_that_a_limit_may_be_on_is_measured():
    assert set(COSTS) - {DELAY} <= set(COLUMNS)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ('column = "mos"\nmin = 3', "limit of mos: nothing measures it; columns are measured_kbps"),
        ("max = 3", r'a \[\[limit\]\] needs column = "name"'),
        ('column = "stoi"', "has either max or min"),
        ('column = "stoi"\nmin = 1\nmax = 2', "has either max or min"),
        ('column = "stoi"\nmin = "high"', "min must be a number, not 'high'"),
        ('column = "stoi"\nmin = true', "min must be a number, not True"),
        ('column = "stoi"\nmin = inf', "inf is no bound"),
        ('column = "stoi"\nmin = 1\nsure = true', "unknown key 'sure'; it has: column, max"),
        ('column = "stoi"\nmin = 1\nconditions = [3]', "conditions must be texts"),
        ('column = "measured_kbps"\nmax = 1\nsignificantly = true', "it has no interval"),
        ('column = "stoi"\nmin = 1\nconditions = ["opsu-*"]', "no codec is called 'opsu-.*opus-6"),
        ('column = "stoi"\nmin = 1\nconditions = ["pcm"]', "no codec is called 'pcm'"),
        ('column = "stoi"\nmin = 1\ndegradation = "fog"', "no degradation 'fog'; it has: none"),
    ],
)
def test_what_cannot_be_judged_is_said(tmp_path, text, message):
    path = tmp_path / "mine.toml"
    path.write_text(f'{PCM}[[condition]]\ncodec = "opus"\nkbps = 6\n[[limit]]\n{text}\n')
    with pytest.raises(SuiteError, match="mine.toml: .*" + message):
        load_suite(str(path))


def test_a_degradation_that_does_not_measure_the_column_is_said(tmp_path):
    path = tmp_path / "mine.toml"
    limit = '[[limit]]\ncolumn = "{}"\nmin = 0\ndegradation = "noise-white-3dB"\n'
    head = PCM.replace('"stoi"', '"stoi", "level"')
    path.write_text(head + NOISE + limit.format("stoi"))
    assert load_suite(str(path)).limits[0].degradation == "noise-white-3dB"
    path.write_text(head + NOISE + limit.format("level_db"))
    with pytest.raises(SuiteError, match="nothing measures it under noise-white-3dB; columns"):
        load_suite(str(path))
    path.write_text(head + NOISE + limit.format("encode_rtf"))
    with pytest.raises(SuiteError, match="costs are measured on clean speech"):
        load_suite(str(path))


def test_a_document_has_a_name():
    assert read_document({}) == {}
    assert read_document({"name": "R", "covered": ["a"]}) == {
        **{"name": "R", "covered": ["a"]},
        "not_covered": [],
    }
    with pytest.raises(ValueError, match="document: needs name"):
        read_document({"covered": ["a"]})


def test_costs_have_their_reasons(tmp_path):
    head = (
        "condition,encode_rtf,decode_rtf,parameters,macs_per_second,peak_memory_mb,threads,"
        "hardware,impulse_delay_ms,cut_delay_ms,not_measured"
    )
    lines = [
        'a,0.1,0.2,,,90,1,x,20,25,"parameters, macs_per_second: it runs no network"',
        f"b,0.1,0.2,,,90,1,x,,25,impulse_delay_ms: a change reaches back: {WHOLE_SIGNAL}",
        "c,0.1,0.2,,,90,1,x,,25,impulse_delay_ms: no change of the input reaches the output",
    ]
    (tmp_path / "cost.csv").write_text("\n".join([head, *lines]) + "\n")
    known = costs_or_reasons(tmp_path)
    assert known["a"]["parameters"] == "it runs no network"
    assert known["a"]["encode_rtf"] == 0.1
    assert known["a"]["peak_memory_mb"] == 90
    assert [known[name][DELAY] for name in "abc"] == [25, float("inf"), 25]
    assert costs_or_reasons(tmp_path / "nowhere") == {}


def test_times_of_a_busy_machine_are_told_apart(tmp_path):
    facts = {
        n: {"load_average": load, "hardware": {"cores": 2}} for n, load in (("a", 9), ("b", 1))
    }
    (tmp_path / "cost.json").write_text(json.dumps(facts))
    assert busy(tmp_path) == {"a": "measured under a load of 9 on 2 processors"}
    assert busy(tmp_path / "nowhere") == {}


@pytest.mark.parametrize("name", ["ulbc", "lrac-transparency", "lrac-enhancement"])
def test_a_battery_names_its_document_and_what_it_leaves_out(name):
    battery = load_suite(name)
    assert battery.document["name"]
    assert battery.document["covered"]
    assert battery.document["not_covered"]
    assert all(limit.clause for limit in battery.limits)
    page = Path(__file__).parents[3] / "docs" / "batteries.md"
    assert f"nscbench run {name} " in page.read_text("utf-8")
