"""Whole runs on three short items: faults, resumption, what is written."""

import json
import resource
import signal
import subprocess
import sys

import numpy as np
import pandas as pd
import pytest
import soundfile

from nscbench import codecs, metrics
from nscbench.benchmarks.cli import main
from nscbench.benchmarks.run import runner
from nscbench.benchmarks.store import results
from nscbench.benchmarks.store.run_directory import RunDirectory
from nscbench.benchmarks.workers.local import LocalWorkers
from nscbench.codecs import registry
from support import impatient, plugin
from support.inline_workers import InlineWorkers, inline  # noqa: F401
from support.processes import (
    SECONDS,
    TABLES,
    Place,
    group_exists,
    wait_for,
    write_items,
    write_suite,
)


@pytest.fixture
def plugins(tmp_path, monkeypatch):
    """The faulty package, seen by this process and by the workers."""
    folder = tmp_path / "site"
    folder.mkdir()
    plugin.install(folder)
    monkeypatch.syspath_prepend(folder)
    monkeypatch.setenv("PYTHONPATH", str(folder))
    monkeypatch.delitem(sys.modules, "nscbench_faulty", raising=False)
    registry.REGISTRY.forget()
    metrics.REGISTRY.forget()
    yield folder
    registry.REGISTRY.forget()
    metrics.REGISTRY.forget()


@pytest.fixture
def items(tmp_path):
    return write_items(tmp_path / "items")


def suite(tmp_path, names, conditions, draws=1):
    return write_suite(tmp_path / "suite.toml", names, conditions, draws)


def bench(tmp_path, items, names, conditions, **settings):
    """Exit status, rows and leaderboard of a run in `tmp_path / "run"`."""
    out = tmp_path / "run"
    path = suite(tmp_path, names, conditions, **settings)
    status = main(["run", str(path), "--out", str(out), "--items", str(items), "--workers", "1"])
    return status, pd.read_csv(out / "rows.csv"), pd.read_csv(out / "leaderboard.csv")


@pytest.mark.usefixtures("inline")
def test_each_fault_costs_its_own_rows_only(tmp_path, items, plugins):
    modes = ["raise", "nan", "short", "none"]
    names, conditions = ["si_sdr", "picky", "broken"], [{"codec": "faulty", "mode": modes}]
    status, rows, board = bench(tmp_path, items, names, conditions)
    assert status == 1
    errors = rows.dropna(subset="error").set_index(["condition", "item", "column"])["error"]
    marked = {c: errors.loc[f"faulty-mode{c}", "marked", "si_sdr"] for c in modes[:-1]}
    assert marked["raise"] == "encode: cannot encode this"
    assert "decode: decodes to NaN" in marked["nan"]
    assert "decodes to 23999 samples, its header promises 24000" in marked["short"]
    whole = errors.loc["faulty"]
    assert whole.loc["marked", "picky"] == "undefined: nothing to measure here"
    assert "gave {'broken': nan}, not a number for each" in whole.loc["marked", "broken"]
    assert len(whole) == 2
    assert set(errors.index.get_level_values("item")) == {"marked"}
    assert board["n"].tolist() == [2] * 4
    values = rows.dropna(subset="value").groupby(["condition", "column"]).size()
    assert values["faulty", "si_sdr"] == 3
    assert (values.xs("broken", level="column") == 2).all()


@pytest.mark.faults
@pytest.mark.slow
@pytest.mark.timeout(900)
def test_what_kills_its_process_costs_its_own_rows_only(tmp_path, items, plugins):
    conditions = [{"codec": "faulty", "mode": ["die", "none"]}]
    status, rows, board = bench(tmp_path, items, ["si_sdr", "fragile"], conditions)
    assert status == 1
    errors = rows.dropna(subset="error").set_index(["condition", "item", "column"])["error"]
    died = "its process died (exit code 11)"
    assert errors.to_dict() == {
        ("faulty-modedie", "marked", "si_sdr"): f"encode: {died}",
        ("faulty-modedie", "marked", "fragile"): f"encode: {died}",
        ("faulty", "marked", "fragile"): "its process died (exit code 12)",
    }
    assert board["n"].tolist() == [2, 2]
    assert rows[rows["column"] == "si_sdr"]["value"].notna().tolist() == [True, True, False] + 3 * [
        True
    ]


@pytest.mark.usefixtures("inline")
def test_a_run_is_complete_and_repeats_nothing(tmp_path, items, plugins, capsys):
    conditions = [{"codec": "pcm"}, {"codec": "mnru", "q": 20}, {"codec": "swapped"}]
    status, rows, board = bench(tmp_path, items, ["si_sdr", "picky"], conditions, draws=2)
    assert status == 0
    out = tmp_path / "run"
    assert "swapped: the decoded audio of 3 of 3 items fits another" in capsys.readouterr().out
    assert set(pd.read_csv(out / "checks.csv")["condition"]) == {"swapped"}
    manifest = json.loads((out / "manifest.json").read_text())
    assert [c["condition"] for c in manifest["conditions"]] == ["pcm", "mnru-20", "swapped"]
    assert {i["id"]: i["seconds"] for i in manifest["items"]} == SECONDS
    assert manifest["failures"] == 0
    assert (out / "curves" / "curves.png").stat().st_size > 10_000
    pcm = board.set_index("condition").loc["pcm"]
    assert pcm["measured_kbps"] == 256.0
    assert pcm["si_sdr"] > 60
    draws = rows.groupby("condition")["draw"].max()
    assert draws.to_dict() == {"pcm": 0, "mnru-20": 1, "swapped": 0}
    draws = [soundfile.read(out / "decoded/mnru-20" / f"a{d}.flac")[0] for d in ("", "@1")]
    assert not np.array_equal(*draws)
    bits = rows[(rows["column"] == "payload_bits") & (rows["condition"] == "pcm")]["value"]
    assert bits.tolist() == [256_000 * s for s in SECONDS.values()]

    before = (out / "journal.jsonl").read_bytes()
    leaderboard = (out / "leaderboard.csv").read_bytes()
    (out / "decoded/pcm/b.flac").write_bytes(b"torn")
    (out / "streams/mnru-20/a.nsc").unlink()
    again, _, _ = bench(tmp_path, items, ["si_sdr", "picky"], conditions, draws=2)
    assert again == 0
    assert (out / "leaderboard.csv").read_bytes() == leaderboard
    added = (out / "journal.jsonl").read_bytes().removeprefix(before).splitlines()
    assert sorted(json.loads(line)["item"] for line in added) == ["a", "b"]


@pytest.mark.usefixtures("inline")
def test_another_setting_or_metric_is_not_taken_for_the_old_one(tmp_path, items, plugins):
    _, _, first = bench(tmp_path, items, ["si_sdr"], [{"codec": "mnru", "q": 20}])
    (tmp_path / "run" / "decoded" / "mnru-20").rename(tmp_path / "run" / "decoded" / "mnru-10")
    _, _, second = bench(tmp_path, items, ["si_sdr", "picky"], [{"codec": "mnru", "q": [10, 20]}])
    assert second["si_sdr"][0] == pytest.approx(10, abs=1)
    assert second["si_sdr"][1] == first["si_sdr"][0] == pytest.approx(20, abs=1)
    assert second["picky"].tolist() == [2.0, 2.0]


@pytest.mark.slow
def test_a_killed_run_goes_on_and_ends_as_if_undisturbed(tmp_path, plugins, monkeypatch, request):
    """The other faults are in test_faults.py."""
    (tmp_path / "place").mkdir()
    conditions = [{"codec": "pcm"}, {"codec": "mnru", "q": [10, 20, 30]}]
    place = Place.make(tmp_path / "place", ["si_sdr", "slow"], conditions)
    with place.held_after(3):
        process = place.start("killed", start_new_session=True)
        place.await_scores(process, "killed", 3)
        process.kill()
        process.wait()
        wait_for(lambda: not group_exists(process.pid))  # no worker outlives the killed process
    done = place.journal("killed")
    assert place.scores("killed") == 3
    request.getfixturevalue("inline")
    for out in ("killed", "undisturbed"):
        assert main([str(word) for word in place.command(out)[3:]]) == 0
    assert place.journal("killed").startswith(done)
    assert len(set(place.keys("killed"))) == len(place.keys("killed"))
    assert place.tables("killed") == place.tables("undisturbed")
    assert set(place.tables("killed")) == set(TABLES)


@pytest.mark.faults
@pytest.mark.slow
def test_a_full_disk_loses_nothing(tmp_path, items, plugins):
    """Files may grow to 20 kB, as on a disk that fills up while the run goes on."""
    path = suite(tmp_path, ["picky"], [{"codec": "pcm"}, {"codec": "mnru", "q": [10, 20]}])
    command = [sys.executable, "-m", "nscbench.benchmarks.cli", "run", path, "--items", items]
    command += ["--workers", "1", "--out", tmp_path / "run"]

    def small_files():
        resource.setrlimit(resource.RLIMIT_FSIZE, (20_000, resource.RLIM_INFINITY))

    full = subprocess.run(
        command, capture_output=True, text=True, preexec_fn=small_files, check=False
    )
    assert full.returncode == 1
    stream = tmp_path / "run" / "streams" / "pcm" / "a.nsc"
    assert f"encode: OSError: [Errno 27] File too large: '{stream}'" in full.stdout
    assert "Traceback" not in full.stderr
    assert subprocess.run(command, check=False).returncode == 0
    rows = pd.read_csv(tmp_path / "run" / "rows.csv")
    assert rows["error"].dropna().unique().tolist() == ["undefined: nothing to measure here"]


def test_two_processes_do_not_share_a_run(tmp_path, items, capsys):
    path = suite(tmp_path, ["si_sdr"], [{"codec": "pcm"}])
    with RunDirectory(tmp_path / "run").locked():
        status = main(["run", str(path), "--out", str(tmp_path / "run"), "--items", str(items)])
    assert status == 2
    assert "another process is running in it" in capsys.readouterr().err


@pytest.mark.faults
@pytest.mark.slow
def test_a_hanging_codec_is_stopped(tmp_path, items, plugins, monkeypatch):
    monkeypatch.setattr(LocalWorkers, "submit", impatient.submit_impatiently)
    status, rows, _ = bench(
        tmp_path, items, ["picky"], [{"codec": "faulty", "mode": ["hang", "none"]}]
    )
    assert status == 1
    errors = rows.dropna(subset="error").set_index(["condition", "item"])["error"]
    assert "took longer than its time limit" in errors["faulty-modehang", "marked"]
    assert rows[rows["condition"] == "faulty"]["value"].notna().sum() == 11


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["nope"], "no suite is called 'nope'"),
        (["demo", "--items", "/no/such/place"], "does not exist"),
        (["demo", "--workers", "0"], "--workers must be at least 1"),
    ],
)
def test_bad_input_runs_nothing(tmp_path, capsys, arguments, message):
    status = main(["run", *arguments, "--out", str(tmp_path / "run")])
    assert status == 2
    assert message in capsys.readouterr().err
    assert not (tmp_path / "run" / "journal.jsonl").exists()


@pytest.mark.usefixtures("inline")
def test_a_changed_codec_is_not_taken_for_the_old_one(tmp_path, items, plugins, monkeypatch):
    conditions = [{"codec": "faulty"}]
    _, _, first = bench(tmp_path, items, ["level"], conditions)
    source = (plugins / "nscbench_faulty.py").read_text()
    changed = source.replace("        return audio\n", "        return [a / 2 for a in audio]\n")
    (plugins / "nscbench_faulty.py").write_text(changed)
    monkeypatch.delitem(sys.modules, "nscbench_faulty")
    registry.REGISTRY.forget()
    _, _, second = bench(tmp_path, items, ["level"], conditions)
    assert first["level_db"][0] == pytest.approx(0, abs=0.01)
    assert second["level_db"][0] == pytest.approx(-6.02, abs=0.02)


@pytest.mark.usefixtures("inline")
def test_an_interrupted_second_run_leaves_the_first_ones_results(tmp_path, items, plugins):
    bench(tmp_path, items, ["picky"], [{"codec": "pcm"}])
    out = tmp_path / "run"
    before = {name: (out / name).read_bytes() for name in ("manifest.json", "rows.csv")}
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(runner.Runner, "run", _interrupt)
        path = suite(tmp_path, ["picky"], [{"codec": "mnru", "q": 10}])
        arguments = ["run", str(path), "--out", str(out), "--items", str(items)]
        assert main(arguments) == 130
    assert before == {name: (out / name).read_bytes() for name in before}


def _interrupt(self):
    raise KeyboardInterrupt


@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")
@pytest.mark.usefixtures("inline")
def test_an_interrupt_within_a_destructor_is_heard(tmp_path, items, plugins, monkeypatch, capsys):
    """Python prints that KeyboardInterrupt, and drops it."""

    class Interrupted:
        def __del__(self):
            signal.raise_signal(signal.SIGINT)

    submit = InlineWorkers.submit

    def submit_and_forget(self, work):
        Interrupted()
        return submit(self, work)

    monkeypatch.setattr(InlineWorkers, "submit", submit_and_forget)
    path = suite(tmp_path, ["picky"], [{"codec": "pcm"}])
    words = ["run", str(path), "--items", str(items), "--out", str(tmp_path / "run")]
    before = signal.signal(signal.SIGINT, signal.default_int_handler)  # ignored in the background
    try:
        assert main(words) == 130
        assert signal.getsignal(signal.SIGINT) is signal.default_int_handler
    finally:
        signal.signal(signal.SIGINT, before)
    assert "interrupted; the same command goes on" in capsys.readouterr().err
    assert len((tmp_path / "run/journal.jsonl").read_text().splitlines()) == 3  # encoded


def test_one_item_cannot_be_swapped(tmp_path, items, capsys):
    (items / "a.flac").unlink()
    (items / "b.flac").unlink()
    path = suite(tmp_path, ["si_sdr"], [{"codec": "swapped"}])
    assert main(["run", str(path), "--out", str(tmp_path / "run"), "--items", str(items)]) == 2
    assert "a swapped control needs at least 2 items" in capsys.readouterr().err


@pytest.mark.usefixtures("inline")
def test_what_was_done_to_recordings_is_told(tmp_path, items, plugins, capsys):
    audio, rate = soundfile.read(items / "a.flac")
    soundfile.write(items / "NA.wav", np.stack([audio, audio], 1), rate)
    bench(tmp_path, items, ["picky"], [{"codec": "pcm"}])
    assert "note: 1 items (NA): 2 channels mixed down to their mean" in capsys.readouterr().out
    manifest = json.loads((tmp_path / "run" / "manifest.json").read_text())
    assert manifest["notices"] == [["NA", "2 channels mixed down to their mean"]]
    assert set(results.read_rows(RunDirectory(tmp_path / "run"))["item"]) == {"NA", *SECONDS}


@pytest.mark.filterwarnings("default")
def test_a_plugin_that_cannot_be_imported_is_left_out(plugins):
    with pytest.warns(UserWarning, match="nscbench_absent:METRIC is left out: No module named"):
        found = metrics.available()
    assert "absent" not in found
    assert "picky" in found


@pytest.mark.filterwarnings("ignore:the metric nscbench_absent")
def test_plugins_are_found_by_both_registries(plugins):
    assert codecs.get("faulty-modenan").mode == "nan"
    assert metrics.get("picky").directions == {"picky": "higher"}
