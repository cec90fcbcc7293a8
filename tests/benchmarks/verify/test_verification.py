"""A small real run, verified as it is and after edits of each of its files."""

import json
import re
import shutil
import subprocess

import numpy as np
import pandas as pd
import pytest
import soundfile

from nscbench.benchmarks.cli import main
from nscbench.benchmarks.commands.run_measuring import write_leaderboard
from nscbench.benchmarks.store import checksums
from nscbench.benchmarks.store.results import is_failure, read_rows
from nscbench.benchmarks.store.run_directory import RunDirectory
from nscbench.benchmarks.verify.recomputation import Recomputation
from support.inline_workers import no_processes

SUITE = """
title = "Two conditions"
metrics = ["si_sdr", "lsd", "f0_rmse"]
draws = 2
[[condition]]
codec = "pcm"
[[condition]]
codec = "mnru"
q = 20
"""


@pytest.fixture(scope="module")
def finished(tmp_path_factory):
    """A run of two conditions: items a and b are noise without pitch, silence fails in LSD."""
    folder = tmp_path_factory.mktemp("verify")
    (folder / "items").mkdir()
    for number, name in enumerate(("a", "b", "silence")):
        random = np.random.default_rng(number)
        bursts = np.repeat(random.random(12), 1000) * (name != "silence")
        soundfile.write(
            folder / "items" / f"{name}.flac", 0.1 * bursts * random.normal(size=12000), 16_000
        )
    (folder / "suite.toml").write_text(SUITE)
    words = ["run", folder / "suite.toml", "--items", folder / "items", "--out", folder / "run"]
    with no_processes():
        assert main(list(map(str, words))) == 1
    return folder / "run"


@pytest.fixture
def root(finished, tmp_path):
    """A copy to edit."""
    return shutil.copytree(finished, tmp_path / "run")


@pytest.fixture
def only_looked_over(monkeypatch):
    monkeypatch.setattr(Recomputation, "differences", lambda self, part: [])


def verify(root, capsys, fraction=1):
    """Exit status and output of `nscbench verify`."""
    capsys.readouterr()
    status = main(["verify", str(root), "--fraction", str(fraction)])
    return status, capsys.readouterr().out


def edit_table(name, change):
    """Edit of a table of the run: `change` takes a table of text, and gives one or none."""

    def edit(root):
        table = pd.read_csv(root / name, dtype=str, keep_default_na=False)
        changed = change(table)
        (table if changed is None else changed).to_csv(root / name, index=False)

    return edit


def place(rows, condition="mnru-20", item="a", column="si_sdr"):
    return (rows["condition"] == condition) & (rows["column"] == column) & (rows["item"] == item)


def put(field, value, **where):
    """Edit of all rows of one condition, item and column."""

    def change(rows):
        assert place(rows, **where).any()
        rows.loc[place(rows, **where), field] = value

    return edit_table("rows.csv", change)


def edit_manifest(change):
    def edit(root):
        manifest = json.loads((root / "manifest.json").read_text())
        change(manifest)
        (root / "manifest.json").write_text(json.dumps(manifest))

    return edit


def edit_journal(change):
    """Edit of every record; those for which `change` is false are left out."""

    def edit(root):
        path = root / "journal.jsonl"
        records = [json.loads(line) for line in path.read_text().splitlines()]
        kept = [record for record in records if change(record) is not False]
        path.write_text("".join(json.dumps(record) + "\n" for record in kept))

    return edit


def every_table(root):
    """What follows from rows and manifest, as `nscbench run` writes it."""
    manifest = json.loads((root / "manifest.json").read_text())
    directory = RunDirectory(root)
    rows = read_rows(directory)
    write_leaderboard(directory, manifest, rows)
    edit_manifest(lambda m: m.update(failures=int(is_failure(rows).sum())))(root)


def reseal(root):
    """What a careful forger does last."""
    checksums.add(RunDirectory(root), RunDirectory(root).tables())


def without(kind, name):
    """Edits that leave a condition, item or metric out of all that is shown."""

    def leave_out(manifest):
        key = {"condition": "conditions", "item": "items", "metric": "metrics"}[kind]
        field = "id" if kind == "item" else kind
        manifest[key] = [entry for entry in manifest[key] if entry[field] != name]

    column = "column" if kind == "metric" else kind
    edits = [edit_manifest(leave_out)]
    edits += [edit_table("rows.csv", lambda rows: rows[rows[column] != name])]
    if kind == "item":
        edits += [edit_table("items.csv", lambda items: items[items["id"] != name])]
    return [*edits, every_table]


def test_an_untouched_run_repeats(root, capsys):
    status, text = verify(root, capsys)
    assert (status, text.splitlines()) == (
        0,
        [f"{root}: recomputed 6 of 6 coded items: no differences"],
    )


FAILED = {"item": "silence", "column": "lsd"}
UNDEFINED = {"column": "f0_rmse"}


@pytest.mark.parametrize(
    ("edits", "differences"),
    [
        (
            [put("value", "99.0")],
            ["mnru-20, a, draw 0, si_sdr: 99 in rows.csv, 2", "leaderboard.csv, mnru-20, si_sdr"],
        ),
        ([put("value", "")], ["si_sdr: no value in rows.csv, 2"]),
        ([put("error", "broke")], ["si_sdr: its error is 'broke' in rows.csv, ''"]),
        (
            [put("value", "1.5", **FAILED), put("error", "", **FAILED)],
            [
                "silence, draw 1, lsd: 1.5 in rows.csv, no value in the journal",
                "rows.csv: has 7 failures, the manifest says 9",
            ],
        ),
        (
            [put("error", "undefined: who cares", **FAILED), every_table],
            ["silence, draw 0, lsd: its error is 'undefined: who cares' in rows.csv, a failure in"],
        ),
        ([put("error", "", **FAILED)], ["silence, draw 0, lsd: its error is '' in rows.csv"]),
        (
            [put("error", "undefined: other", **UNDEFINED)],
            ["f0_rmse: its error is 'undefined: other' in rows.csv, 'undefined: "],
        ),
        (
            [edit_table("rows.csv", lambda rows: rows[rows["item"] != "b"])],
            ["pcm, b, draw 0, lsd: is not in rows.csv"],
        ),
        (
            [edit_table("rows.csv", lambda r: pd.concat([r, r[place(r)].assign(column="mos")]))],
            ["mnru-20, a, draw 0, mos: is in rows.csv only"],
        ),
        (
            [edit_table("rows.csv", lambda r: pd.concat([r, r[place(r)].assign(condition="x")]))],
            ["x, a, draw 0, si_sdr: is in rows.csv only"],
        ),
        (
            [edit_table("rows.csv", lambda rows: pd.concat([rows, rows[place(rows)]]))],
            ["mnru-20, a, draw 1, si_sdr: stands twice in rows.csv"],
        ),
        (without("item", "silence"), ["journal.jsonl: has results of the item silence, which"]),
        (
            [*without("item", "b"), edit_journal(lambda record: record["item"] != "b")],
            ["streams/pcm/b.nsc: belongs to no item", "decoded/mnru-20/b@1.flac: belongs to no"],
        ),
        (
            [*without("condition", "mnru-20")],
            ["results of the condition mnru-20, which", "decoded/mnru-20: belongs to no condition"],
        ),
        (without("metric", "lsd"), ["has results of the metric lsd, which the manifest"]),
        (
            [
                edit_manifest(lambda manifest: manifest["suite"].update(draws=1)),
                edit_table("rows.csv", lambda rows: rows[rows["draw"] == "0"]),
                every_table,
            ],
            ["has results of draw 1 of mnru-20, which", "decoded/mnru-20/a@1.flac: belongs to no"],
        ),
        (
            [edit_table("leaderboard.csv", lambda t: t.replace({"256.0": "25.6"}))],
            ["leaderboard.csv, pcm, nominal_kbps: 25.6; rows and journal make 256.0"],
        ),
        (
            [edit_table("checks.csv", lambda t: t.reindex([0]).fillna("pcm"))],
            ["checks.csv: has not the lines"],
        ),
        (
            [edit_table("items.csv", lambda items: items.assign(sex="F"))],
            ["items.csv, a, sex: F; rows and journal make "],
        ),
        (
            [edit_manifest(lambda manifest: manifest["items"][0].update(seconds=7.5))],
            ["manifest.json, a: 7.5 s; its recording has 0.75 s"],
        ),
        (
            [edit_manifest(lambda manifest: manifest["items"][0].update(speaker="x", sex="M"))],
            ["items.csv, a, speaker: ; rows and journal make x", "items.csv, a, sex"],
        ),
        (
            [edit_manifest(lambda manifest: manifest["conditions"][0].update(nominal_kbps=3.0))],
            ["pcm: its nominal_kbps is 3.0 in the manifest, 256.0 here"],
        ),
        (
            [edit_manifest(lambda m: m["metrics"][1].update(columns={"lsd": "higher"}))],
            ["lsd: its columns are {'lsd': 'higher'} in the manifest, {'lsd': 'lower'} here"],
        ),
        (
            [edit_manifest(lambda manifest: manifest["metrics"][1].update(version="0"))],
            ["lsd: version 0 in the manifest, 1"],
        ),
        (
            [edit_manifest(lambda manifest: manifest["metrics"][1].update(metric="mos"))],
            ["no metric is called 'mos'"],
        ),
        ([edit_manifest(lambda manifest: manifest.update(failures=0))], ["the manifest says 0"]),
        (
            [edit_journal(lambda r: r.update(payload_bits=8) if "payload_bits" in r else None)],
            ["streams/pcm/a.nsc: has payload_bits 192000, the journal says 8"],
        ),
    ],
)  # fmt: skip
def test_edits_that_disagree_are_found(root, capsys, only_looked_over, edits, differences):
    for edit in edits:
        edit(root)
    reseal(root)
    status, text = verify(root, capsys)
    assert status == 1
    for difference in differences:
        assert difference in text


def test_edited_curves_are_found(root, capsys, only_looked_over):
    """Both conditions are controls: the tables of the curves have no lines of their own."""
    path = root / "curves" / "lsd.csv"
    path.write_text(path.read_text() + "opus,opus-6,6.0,6.0,1.0,,\n")
    (root / "curves" / "si_sdr.csv").unlink()
    reseal(root)
    status, text = verify(root, capsys)
    assert status == 1
    assert "lsd.csv: has not the lines and columns that rows and journal make" in text
    assert "si_sdr.csv: is missing" in text


@pytest.mark.parametrize(
    ("name", "edit"),
    [
        ("manifest.json", edit_manifest(lambda m: m["suite"].update(title="Great codec"))),
        ("manifest.json", edit_manifest(lambda m: m["hardware"].update(processor="abacus"))),
        ("manifest.json", edit_manifest(lambda m: m.update(finished="2001-01-01T00:00:00"))),
        ("rows.csv", put("error", "the reference is at fault", **FAILED)),
        ("curves/curves.png", lambda root: (root / "curves/curves.png").write_bytes(b"nicer")),
        ("cost.csv", lambda root: (root / "cost.csv").write_text("condition\n")),
    ],
)
def test_what_nothing_computes_has_checksums(root, capsys, only_looked_over, name, edit):
    (root / "cost.csv").write_text("measured\n")
    checksums.add(RunDirectory(root), [root / "cost.csv"])
    edit(root)
    status, text = verify(root, capsys)
    assert (status, text.splitlines()[0]) == (
        1,
        f"DIFFERENT {name}: has not the content that SHA256SUMS says",
    )


def test_checksums_that_are_gone_are_found(root, capsys, only_looked_over):
    text = (root / "SHA256SUMS").read_text()
    (root / "SHA256SUMS").write_text(re.sub(r"\w+  manifest.json\n", "", text))
    (root / "cost.csv").write_text("measured\n")
    (root / "curves" / "curves.svg").unlink()
    status, text = verify(root, capsys)
    assert status == 1
    assert "DIFFERENT manifest.json: has no line in SHA256SUMS" in text
    assert "DIFFERENT cost.csv: has no line in SHA256SUMS" in text
    assert "DIFFERENT curves/curves.svg: is missing" in text
    (root / "SHA256SUMS").unlink()
    assert "SHA256SUMS: is missing" in verify(root, capsys)[1]


def test_the_checksums_are_those_of_sha256sum(root):
    """The standard tool reads them."""
    done = subprocess.run(["sha256sum", "--check", "SHA256SUMS"], cwd=root, capture_output=True)
    assert done.returncode == 0
    assert b"manifest.json: OK" in done.stdout


def test_exchanged_files_are_found(root, capsys, only_looked_over):
    shutil.copy(root / "decoded/pcm/a.flac", root / "decoded/mnru-20/a.flac")
    (root / "streams/pcm/b.nsc").unlink()
    status, text = verify(root, capsys)
    assert status == 1
    assert "decoded/mnru-20/a.flac: has not the content that the journal says" in text
    assert "streams/pcm/b.nsc: is missing" in text


def test_edits_that_agree_are_found_by_recomputing(root, capsys):
    """A value, an undefined value and a failure, forged in the journal and all that follows."""

    def forge(record):
        where = (record.get("metric"), record["condition"], record["item"], record.get("draw"))
        if where == ("si_sdr", "mnru-20", "a", 0):
            record["values"]["si_sdr"] = 99.0
        if where == ("f0_rmse", "mnru-20", "a", 0):
            record |= {"values": {"f0_rmse": 1.0, "vuv_error": 0.0}, "undefined": ""}

    def follow(rows):
        first = rows["draw"] == "0"
        rows.loc[place(rows) & first, "value"] = "99.0"
        for column, value in {"f0_rmse": "1.0", "vuv_error": "0.0"}.items():
            rows.loc[place(rows, column=column) & first, ["value", "error"]] = value, ""

    edit_journal(forge)(root)
    edit_table("rows.csv", follow)(root)
    every_table(root)
    reseal(root)
    status, text = verify(root, capsys)
    assert status == 1
    found = [line for line in text.splitlines() if line.startswith("DIFFERENT")]
    assert [line.partition(":")[0] for line in found] == ["DIFFERENT mnru-20, a, draw 0"] * 4
    assert re.search("si_sdr is 2.*here, 99 in the run", text)
    assert "f0_rmse is no value here, 1 in the run" in text
    assert re.search("f0_rmse is undefined for '.+' here, for '' in the run", text)


@pytest.mark.parametrize(
    ("edit", "message"),
    [
        (edit_manifest(lambda m: m.pop("suite")), "manifest.json: lacks suite"),
        (edit_manifest(lambda m: m["items"][1].pop("sex")), r"lacks items\[1\].sex"),
        (edit_manifest(lambda m: m["items"][1].update(id="a")), "has a more than once among its i"),
        (
            edit_manifest(lambda m: m["items"][0].update(seconds="x")),
            r"items\[0\].seconds is 'x', no",
        ),
        (edit_manifest(lambda m: m.update(device="abacus")), "device is 'abacus'; allowed are cpu"),
        (edit_manifest(lambda m: m.update(conditions=[])), "has no conditions"),
        (lambda root: (root / "manifest.json").write_text("[1]"), "its content is not a dict"),
        (lambda root: (root / "manifest.json").write_text("{"), "cannot be read"),
        (lambda root: (root / "journal.jsonl").unlink(), "not a finished run: it has no journal"),
        (edit_journal(lambda record: record.pop("sha256", 0)), "line 1: lacks what a record of a"),
        (edit_journal(lambda r: r.pop("undefined", 0)), r"line \d+: lacks what a record of a run"),
        (edit_table("items.csv", lambda items: items.drop(columns="path")), "has no column 'path'"),
        (put("value", "good"), "has values that are not numbers"),
        (lambda root: (root / "leaderboard.csv").unlink(), "it has no leaderboard.csv"),
    ],
)
def test_what_is_not_of_the_form_of_a_run_is_one_error(root, capsys, edit, message):
    (root / "SHA256SUMS").unlink()
    edit(root)
    assert main(["verify", str(root)]) == 2
    errors = capsys.readouterr().err
    assert re.search(message, errors)
    assert errors.count("\n") == 1


@pytest.mark.parametrize("fraction", ["0", "1.5"])
def test_wrong_fractions_are_refused(finished, capsys, fraction):
    assert main(["verify", str(finished), "--fraction", fraction]) == 2
    assert "--fraction must be above 0 and at most 1" in capsys.readouterr().err


def test_what_is_no_run_is_refused(tmp_path, capsys):
    assert main(["verify", str(tmp_path)]) == 2
    assert "not a finished run: it has no manifest.json" in capsys.readouterr().err
