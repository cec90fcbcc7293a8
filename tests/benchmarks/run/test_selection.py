"""Which conditions, metrics and items a run takes where only a part is asked for."""

from collections import Counter
from pathlib import Path

import pandas as pd
import pytest

from nscbench.benchmarks.data.items import Item
from nscbench.benchmarks.run.selection import balanced, select
from nscbench.benchmarks.run.suite import SuiteError, load_suite
from support.small_runs import run, write_recordings

SUITE = """
metrics = ["si_sdr", "lsd"]
[[condition]]
codec = "mnru"
q = [10, 20]
[[condition]]
codec = "pcm"
[[condition]]
codec = "x"
kbps = [1, 2]
sample_rate = 16000
decoded = "absent"
optional = true
"""


@pytest.fixture
def suite(tmp_path):
    (tmp_path / "mine.toml").write_text(SUITE)
    return load_suite(str(tmp_path / "mine.toml"))


def items(*speakers):
    return [
        Item(f"{name}{n}", Path("x"), name, "", "", 1.0, 16000, "")
        for name, count in speakers
        for n in range(count)
    ]


def test_patterns_choose_conditions_in_the_suites_order(suite):
    chosen = select(suite, ["pcm", "mnru-1*"])
    assert [codec.condition for codec in chosen.codecs] == ["mnru-10", "pcm"]
    assert chosen.whole
    assert not chosen.optional
    assert chosen.metrics == ("si_sdr", "lsd")


def test_what_is_named_is_asked_for_though_it_is_optional(suite):
    chosen = select(suite, ["pcm", "x-1", "x-*"])
    assert [one.condition for one in chosen.not_run] == ["x-1"]
    assert [one.condition for one in chosen.optional] == ["x-2"]


def test_metrics_are_these_instead_of_the_suites(suite, tmp_path, monkeypatch):
    monkeypatch.setenv("NSCBENCH_WEIGHTS", str(tmp_path))
    chosen = select(suite, metrics=["stoi", "utmos"])
    assert chosen.metrics == ("stoi",)
    assert list(chosen.not_measured) == ["utmos"]


@pytest.mark.parametrize(
    ("conditions", "metrics", "message"),
    [
        (["mnru-1O"], [], "no condition is called 'mnru-1O'; did you mean mnru-10. there are: mn"),
        (["gan*"], [], r"no condition is called 'gan\*'; there are: mnru-10, mnru-20, pcm"),
        (["x-*"], [], "none of them can run here:\n  x-1: there is no folder"),
        ([], ["sto"], "no metric is called 'sto'; did you mean stoi"),
    ],
)
def test_what_fits_nothing_is_refused(suite, conditions, metrics, message):
    with pytest.raises(SuiteError, match=message):
        select(suite, conditions, metrics)


def test_a_part_of_the_items_is_balanced_over_speakers():
    given = items(("a", 10), ("b", 10), ("c", 1))
    chosen = balanced(given, 7)
    assert Counter(item.speaker for item in chosen) == {"a": 3, "b": 3, "c": 1}
    assert [item for item in given if item in chosen] == chosen
    assert {item.speaker for item in balanced(given, 3)} == {"a", "b", "c"}
    assert balanced(given, 0) == balanced(given, 99) == given
    for count in range(1, 20):
        assert set(balanced(given, count)) < set(balanced(given, count + 1))


def test_a_part_depends_on_ids_and_not_on_the_order_of_the_set():
    given = items(("a", 5), ("b", 5), ("", 5))
    assert set(balanced(given, 6)) == set(balanced(given[::-1], 6))


def test_a_part_is_recorded_and_no_other_part_goes_on_with_it(tmp_path, capsys):
    write_recordings(tmp_path / "items", "abcd")
    (tmp_path / "mine.toml").write_text(SUITE)
    words = [tmp_path / "mine.toml", "--items", tmp_path / "items", "--out", tmp_path / "run"]
    assert run(*words, "--limit", 2, "--conditions", "pcm", "--metrics", "si_sdr") == 0
    assert '"sample": 2' in (tmp_path / "run" / "manifest.json").read_text()
    assert set(pd.read_csv(tmp_path / "run" / "rows.csv")["condition"]) == {"pcm"}
    capsys.readouterr()
    assert run(*words, "--limit", 3, "--conditions", "pcm", "--metrics", "si_sdr") == 2
    assert "was begun with 2 items, here are 3: " in (told := capsys.readouterr().err)
    assert "new: " in told
    assert run(*words, "--limit", 2, "--conditions", "pcm,mnru-10") == 0
    assert run(*words, "--limit", -1) == 2
