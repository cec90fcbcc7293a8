import json
import re

import numpy as np
import pandas as pd
import pytest

from nscbench.benchmarks.cli import main
from nscbench.benchmarks.commands.report import read_signal
from nscbench.benchmarks.store.finished_run import merge, read_run
from nscbench.benchmarks.store.run_directory import RunError
from nscbench.reports.page.gallery import gallery
from support.runs import items, ladder, write_audio, write_run

PCM = {"pcm": ("pcm", "control", 256, 2.0)}


def compare(capsys, *words):
    """Exit status, output and errors of `nscbench compare`."""
    status = main(["compare", *map(str, words)])
    return status, *capsys.readouterr()


def test_two_conditions(tmp_path, capsys):
    root = write_run(tmp_path / "run", ladder("opus") | ladder("new", 0.2))
    status, text, _ = compare(capsys, root, "new-6", "opus-6")
    head, *lines, family = text.splitlines()
    assert status == 0
    assert family == "adjusted by Holm over 3 tests: 1 pairs in 3 columns"
    assert head.split()[:4] == ["column", "a", "b", "n/N"]
    assert [line.split()[0] for line in lines] == ["pesq_wb", "stoi", "estoi"]
    assert all(line.endswith("new-6") and "24/0/0" in line for line in lines)
    assert all(line.split()[3] == "24/24" for line in lines)
    assert float(lines[0].split()[4]) == pytest.approx(0.2, abs=0.02)


def test_two_codecs_over_their_bitrates(tmp_path, capsys):
    root = write_run(tmp_path / "run", ladder("opus") | ladder("new", 0.15))
    status, text, _ = compare(capsys, root, "new", "opus")
    assert status == 0
    assert text.splitlines()[1].split()[:2] == ["column", "n/N"]
    assert text.splitlines()[2].split()[1] == "24/24"
    rate = float(text.splitlines()[2].split()[2])
    assert rate == pytest.approx(100 * (2**-0.5 - 1), abs=4)


@pytest.mark.parametrize("words", [["opus-6", "new-6"], ["opus", "new"], ["--all"]])
def test_runs_without_a_value_that_ranks_are_refused(tmp_path, capsys, words):
    root = write_run(tmp_path / "run", ladder("opus") | ladder("new") | PCM)
    for column in ("pesq_wb", "stoi", "estoi"):
        lacking(root, column)
    status, _, errors = compare(capsys, root, *words)
    assert status == 2
    assert errors.count("\n") == 1
    assert main(["report", str(root)]) == 0


def test_all_pairs_of_codecs_without_controls(tmp_path, capsys):
    root = write_run(tmp_path / "run", ladder("opus", rates=(6, 8, 12)) | PCM)
    status, text, _ = compare(capsys, root, "--all")
    assert status == 0
    first, all_pairs = text.split("\n\n")
    assert first.splitlines()[1].split() == ["PESQ", "opus-12", "3/3", "24/24"]
    assert len(first.splitlines()) == 1 + 3
    assert len(all_pairs.splitlines()) == 1 + 3 * 3
    assert "pcm" not in text


def test_many_pairs_are_a_summary_and_the_name_of_the_file(tmp_path, capsys):
    root = write_run(tmp_path / "run", ladder("opus") | ladder("new", 0.2))
    _, text, _ = compare(capsys, root, "--all")
    head, *lines, last = text.splitlines()
    assert head.split() == ["column", "leads", "pairs", "decided", "n/N"]
    assert [line.split()[:2] for line in lines] == [
        [c, "new-24"] for c in ("PESQ", "STOI", "ESTOI")
    ]
    assert last.startswith("84 comparisons, adjusted by Holm within a column")
    assert "comparisons.csv" in last


def test_all_codecs_against_one_stated_condition(tmp_path, capsys):
    """The family is what was asked: two codecs in three columns, and not all pairs."""
    root = write_run(tmp_path / "run", ladder("opus", rates=(6, 8, 12)) | PCM)
    for baseline, pairs in (("opus-6", 2), ("pcm", 3)):
        status, text, _ = compare(capsys, root, baseline)
        _, *lines, family = text.splitlines()
        assert status == 0
        assert len(lines) == 3 * pairs
        assert {line.split()[2] for line in lines} == {baseline}
        assert family == f"adjusted by Holm over {3 * pairs} tests: {pairs} pairs in 3 columns"


def test_eight_speakers_decide_what_is_plain_to_see(tmp_path, capsys):
    """28 pairs: sign flips of 8 speakers say 28 x 2 / 256 at best."""
    root = write_run(tmp_path / "run", ladder("opus") | ladder("new", 0.15), items(16, 8))
    _, text, _ = compare(capsys, root, "--all")
    decided = [line.split()[2] for line in text.splitlines()[1:4]]
    assert all(int(count.split("/")[0]) >= 26 for count in decided)


def test_five_speakers_are_told_what_they_lack(tmp_path, capsys):
    root = write_run(tmp_path / "run", ladder("opus", rates=(6, 8)), items(10, 5))
    _, text, _ = compare(capsys, root, "--all")
    assert text.splitlines()[1].split() == ["PESQ", "no", "ranks", "0/1", "10/10"]
    assert "5 speakers are too few for a test: 6 are needed" in text
    _, text, _ = compare(capsys, root, "opus-6", "opus-8")
    assert text.count("cannot tell") == 3


@pytest.mark.parametrize("words", [["--all"], ["opus-6", "new-6"], ["opus-6"], ["opus", "new"]])
def test_a_speaker_who_carries_the_mean_is_named(tmp_path, capsys, words):
    listed = items(24, 12)
    for item in listed[:12]:
        item["speaker"] = "s0"
    root = write_run(tmp_path / "run", ladder("opus") | ladder("new", 0.1), listed)
    _, text, _ = compare(capsys, root, *words)
    assert "check: one speaker carries the mean: s0 has 54% of the weight" in text
    assert "12 speakers count like 3.2 equal ones (means of all columns)" in text


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (["a"], "no condition is called 'a'; there are: opus-6"),
        (["opsu-6"], "no condition is called 'opsu-6'; did you mean opus-6? there are: opus-6"),
        ([], "0 names after the run"),
        (["opus-6", "gone"], "no condition or codec is called 'gone'; there are: opus-6, opus"),
        (["opus-6", "opus"], "are neither two conditions nor two codecs"),
        (["opus-6", "opus-6"], "opus-6 cannot be compared with itself; name two"),
        (["opus-6", "--all"], "1 names after the run"),
        (["x", "y", "--gate", "pesq"], "2 names after the run"),
    ],
)
def test_wrong_names_are_refused(tmp_path, capsys, words, message):
    root = write_run(tmp_path / "run", ladder("opus", rates=(6,)))
    status, _, errors = compare(capsys, root, *words)
    assert status == 2
    assert message in errors


def test_an_unfinished_run_is_refused(tmp_path, capsys):
    (tmp_path / "empty").mkdir()
    status, _, errors = compare(capsys, tmp_path / "empty", "--all")
    assert (status, errors) == (
        2,
        f"nscbench: {tmp_path}/empty: not a finished run: it has no manifest.json\n",
    )


def edited(root, change):
    """A run whose manifest was changed."""
    manifest = json.loads((root / "manifest.json").read_text())
    change(manifest)
    (root / "manifest.json").write_text(json.dumps(manifest))
    return root


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (lambda m: m["conditions"][0].pop("kind"), "manifest.json: lacks conditions[0].kind"),
        (lambda m: m["conditions"][0].update(kind="best"), "conditions[0].kind is 'best'; allowed"),
        (lambda m: m.pop("items"), "manifest.json: lacks items"),
        (lambda m: m["suite"].update(draws=0), "suite.draws is 0; at least 1 is allowed"),
        (lambda m: m.update(arguments=[{}]), "has arguments that are not settings by condition"),
        (lambda m: m.update(arguments={"pcm": 1}), "has arguments that are not settings by condi"),
        (lambda m: m["items"][0].update(seconds=0), "the item i000 is 0 s long"),
        (lambda m: m["items"].pop(), "rows.csv: has the item i023, which the manifest lacks"),
        (lambda m: m["conditions"].pop(), "rows.csv: has the condition opus-8, which the manifest"),
        (
            lambda m: m["metrics"][0].update(metric="myplugin"),
            "run: was measured by what is not installed here: no metric is called 'myplugin'",
        ),
    ],
)
@pytest.mark.parametrize("command", ["compare", "gate", "report"])
def test_a_run_that_is_not_of_the_form_is_one_error(tmp_path, capsys, command, change, message):
    root = edited(write_run(tmp_path / "run", ladder("opus", rates=(6, 8))), change)
    words = {
        "compare": ["compare", root, "--all"],
        "gate": ["compare", root, root, "--gate", "pesq"],
        "report": ["report", root],
    }[command]
    assert main([str(word) for word in words]) == 2
    errors = capsys.readouterr().err
    assert message in errors
    assert errors.count("\n") == 1


@pytest.mark.parametrize(
    ("name", "text", "message"),
    [
        ("rows.csv", "condition,item,draw,column,value,error\nopus-6,i000,0,stoi,good,\n",
         "rows.csv: has values that are not numbers"),
        ("rows.csv", "condition,item\n", "not rows"),
        ("checks.csv", "condition,item\n", "checks.csv: its columns are not condition, item, find"),
        ("checks.csv", "condition,item,finding\ngone-6,i000,x\n", "checks.csv: has the condition"),
    ],
)  # fmt: skip
def test_tables_that_are_not_of_the_form_are_one_error(tmp_path, capsys, name, text, message):
    root = write_run(tmp_path / "run", ladder("opus", rates=(6, 8)))
    (root / name).write_text(text)
    status, _, errors = compare(capsys, root, "--all")
    assert status == 2
    assert message in errors
    assert errors.count("\n") == 1


def gate(capsys, tmp_path, gain, columns="pesq", old=None, new=None):
    """Exit status, output and errors of a gate between made-up runs."""
    before = write_run(tmp_path / "old", {"x-6": ("x", "codec", 6, 0.0)}, **(old or {}))
    after = write_run(tmp_path / "new", {"x-6": ("x", "codec", 6, gain)}, seed=1, **(new or {}))
    return compare(capsys, after, before, "--gate", columns)


def test_the_gate_opens_for_a_better_codec(tmp_path, capsys):
    status, text, _ = gate(capsys, tmp_path, 0.1)
    assert status == 0
    assert "WORSE" not in text


def test_the_gate_closes_for_a_worse_one(tmp_path, capsys):
    status, text, _ = gate(capsys, tmp_path, -0.1, "pesq,stoi")
    assert status == 1
    assert re.findall(r"WORSE      x-6 (\w+): -0\.", text) == ["pesq_wb", "stoi", "estoi"]


def test_the_gate_opens_for_an_unchanged_run(tmp_path, capsys):
    root = write_run(tmp_path / "run", ladder("opus"))
    status, text, _ = compare(capsys, root, root, "--gate", "pesq_wb")
    assert status == 0
    assert text.count("+0 [+0, +0] on 24/24 items") == 4


def test_the_gate_closes_for_new_failures(tmp_path, capsys):
    status, text, _ = gate(capsys, tmp_path, 0.5, new={"missing": [("x-6", "i003")]})
    assert status == 1
    assert text == "LOST       x-6 pesq_wb: values of 1/24 items are gone (i003)\n"


def test_the_gate_closes_for_a_condition_that_is_gone(tmp_path, capsys):
    old = write_run(tmp_path / "old", ladder("opus"))
    new = write_run(tmp_path / "new", ladder("opus", rates=(6, 8, 12)))
    status, text, _ = compare(capsys, new, old, "--gate", "pesq")
    assert status == 1
    assert "LOST       opus-24: is not in the new run" in text


def test_the_gate_closes_for_items_that_are_gone(tmp_path, capsys):
    """The new run dropped the hard items: better on those that it kept."""
    status, text, _ = gate(capsys, tmp_path, 0.5, new={"listed": items()[:20]})
    assert status == 1
    assert "LOST       items: 4 of 24 are not in the new run (i020, i021, i022, ...)" in text
    assert "ok         x-6 pesq_wb: +0.4" in text
    assert "on 20/24 items" in text


def test_the_gate_closes_for_draws_that_failed(tmp_path, capsys):
    """An item keeps a value as long as one of its draws has one."""
    old, new = (write_run(tmp_path / n, {"x-6": ("x", "codec", 6, 0.0)}) for n in ("old", "new"))
    for root, value in ((old, "2.0"), (new, "")):
        with (root / "rows.csv").open("a") as file:
            file.write(f"x-6,i005,1,pesq_wb,{value},{'' if value else 'broke'}\n")
    status, text, _ = compare(capsys, new, old, "--gate", "pesq")
    assert status == 1
    assert "LOST       x-6 pesq_wb: values of 1/24 items are gone (i005)" in text


def lacking(root, column, keep=()):
    """A run whose values of a column are there for the items `keep` only."""
    rows = pd.read_csv(root / "rows.csv", dtype={"error": str})
    gone = (rows["column"] == column) & ~rows["item"].isin(keep)
    rows.loc[gone, ["value", "error"]] = np.nan, "undefined: none"
    rows.to_csv(root / "rows.csv", index=False)
    return root


def test_the_gate_closes_where_it_cannot_tell(tmp_path, capsys):
    """Both runs have values of 4 speakers: the difference of the means has no interval."""
    kept = [f"i{n:03}" for n in (0, 1, 2, 3, 12, 13)]
    codec = {"x-6": ("x", "codec", 6, 0.0)}
    old = lacking(write_run(tmp_path / "old", codec), "stoi", kept)
    new = lacking(write_run(tmp_path / "new", codec, seed=1), "stoi", kept)
    status, text, _ = compare(capsys, new, old, "--gate", "pesq,stoi")
    assert status == 1
    assert "UNDECIDED  x-6 stoi: 4 speakers have values, 6 are needed for an interval" in text
    assert "on 6/24 items)" in text
    assert "ok         x-6 pesq_wb" in text


def test_the_gate_closes_for_a_column_without_old_values(tmp_path, capsys):
    codec = {"x-6": ("x", "codec", 6, 0.0)}
    old = lacking(write_run(tmp_path / "old", codec), "stoi")
    new = write_run(tmp_path / "new", codec)
    status, text, _ = compare(capsys, new, old, "--gate", "pesq,stoi")
    assert status == 1
    assert "UNDECIDED  x-6 stoi: the old run has no value" in text


def test_the_gate_opens_for_what_neither_run_has(tmp_path, capsys):
    codec = {"x-6": ("x", "codec", 6, 0.0)}
    old = lacking(write_run(tmp_path / "old", codec), "stoi")
    new = lacking(write_run(tmp_path / "new", codec | {"y-6": ("y", "codec", 6, 0.0)}), "stoi")
    status, text, _ = compare(capsys, new, old, "--gate", "pesq,stoi")
    assert status == 0
    assert "unmeasured x-6 stoi: neither run has a value" in text
    assert "new        y-6: is not in the old run" in text


def test_the_gate_refuses_runs_without_any_value(tmp_path, capsys):
    runs = (write_run(tmp_path / n, {"x-6": ("x", "codec", 6, 0.0)}) for n in ("new", "old"))
    new, old = (lacking(lacking(root, "stoi"), "estoi") for root in runs)
    status, _, errors = compare(capsys, new, old, "--gate", "stoi")
    assert status == 2
    assert "neither run has a value of stoi, estoi in a condition of both" in errors


def test_the_gate_refuses_few_speakers(tmp_path, capsys):
    few = {"listed": items(10, 5)}
    status, _, errors = gate(capsys, tmp_path, 0.0, old=few, new=few)
    assert status == 2
    assert "5 speakers are in both runs; a gate needs 6" in errors


def test_the_gate_refuses_other_versions_of_a_metric(tmp_path, capsys):
    status, _, errors = gate(capsys, tmp_path, 0.0, new={"versions": ("2", "1")})
    assert status == 2
    assert "metric pesq: version 2 in" in errors


def test_the_gate_refuses_what_it_does_not_know(tmp_path, capsys):
    status, _, errors = gate(capsys, tmp_path, 0.0, "beauty")
    assert status == 2
    assert "no metric or column of the run that says what is better is called 'beauty'" in errors
    assert "pesq, stoi, pesq_wb" in errors


def test_runs_merge(tmp_path):
    """Both hold opus-6; the first's is kept."""
    one = read_run(write_run(tmp_path / "one", ladder("opus", rates=(6, 8)) | PCM))
    two = read_run(write_run(tmp_path / "two", ladder("new") | ladder("opus", rates=(6,)), seed=5))
    both = merge([one, two])
    names = ["opus-6", "opus-8", "pcm", "new-6", "new-8", "new-12", "new-24"]
    assert list(both.scores.conditions) == names
    assert both.scores.of("stoi")["opus-6"].equals(one.scores.of("stoi")["opus-6"])
    assert both.scores.of("stoi")["new-12"].equals(two.scores.of("stoi")["new-12"])
    assert both.directory_of("opus-6").root == tmp_path / "one"
    assert both.directory_of("new-6").root == tmp_path / "two"


@pytest.mark.parametrize(
    ("settings", "difference"),
    [
        ({"versions": ("1", "9")}, "metric stoi: version 1 in .*one, version 9 in .*two"),
        ({"settings": ", x=1"}, r"condition opus-6: opus\(kbps=6\) in .*, opus\(kbps=6, x=1\) in"),
        ({"listed": [*items(23), items()[5] | {"id": "i023"}]}, "item i023: content .*, content"),
    ],
)
def test_runs_that_differ_do_not_merge(tmp_path, settings, difference):
    one = read_run(write_run(tmp_path / "one", ladder("opus")))
    two = read_run(write_run(tmp_path / "two", ladder("opus"), **settings))
    with pytest.raises(RunError, match=difference):
        merge([one, two])


def changed(root, column, value, place="value"):
    """The run, with another value (or draw) of opus-6's rows of a column."""
    rows = pd.read_csv(root / "rows.csv", dtype=str, keep_default_na=False)
    here = (rows["condition"] == "opus-6") & (rows["column"] == column)
    rows.loc[here, place] = value
    rows.to_csv(root / "rows.csv", index=False)
    return root


@pytest.mark.parametrize(
    ("column", "value", "place", "message"),
    [
        ("payload_bits", "-5", "value", "payload_bits: -5 is no value; bits are counted from 0"),
        ("seconds", "0", "value", "seconds: 0 is no value; a recording lasts more than 0 s"),
        (
            "pesq_wb",
            "inf",
            "value",
            "pesq_wb: inf is no value; values are numbers of at most 1e+15",
        ),
        ("pesq_wb", "-1e999", "value", "pesq_wb: -inf is no value"),
        ("pesq_wb", "good", "value", "has values that are not numbers"),
        ("pesq_wb", "first", "draw", "has draws that are not numbers from 0 to 999"),
        ("pesq_wb", "0.5", "draw", "has draws that are not numbers from 0 to 999"),
        ("pesq_wb", "-1", "draw", "has draws that are not numbers from 0 to 999"),
        ("pesq_wb", "1000000000", "draw", "has draws that are not numbers from 0 to 999"),
    ],
)
def test_values_that_nothing_can_measure_are_one_error(
    tmp_path, capsys, column, value, place, message
):
    root = write_run(tmp_path / "run", ladder("opus", rates=(6, 8)), items(4, 4))
    assert main(["compare", str(changed(root, column, value, place)), "--all"]) == 2
    assert message in capsys.readouterr().err


def test_a_codec_that_sends_nothing_is_compared_but_has_no_curve(tmp_path, capsys):
    root = write_run(tmp_path / "run", ladder("opus") | ladder("new", 0.2), items(8, 8))
    changed(root, "payload_bits", "0")
    assert main(["compare", str(root), "opus-6", "new-6"]) == 0
    assert main(["compare", str(root), "new", "opus"]) == 0
    assert "opus has 3 points, 4 are needed" in capsys.readouterr().out
    write_audio(root, seconds=0.2)
    shown = gallery(read_run(root), read_signal)
    assert shown.faults == []
    assert any(sound.name == "opus-6" for card in shown.cards for sound in card.sounds)
