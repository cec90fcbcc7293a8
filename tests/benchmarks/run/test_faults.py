"""Every fault of a machine, and of a codec: in the end stands the undisturbed run's leaderboard."""

import os
import signal
import subprocess
import sys
from collections import Counter
from importlib.util import find_spec
from pathlib import Path

import pandas as pd
import pytest

from support import impatient
from support.processes import PATIENCE, Cluster, Place, children, group_exists, wait_for

pytestmark = [pytest.mark.faults, pytest.mark.slow, pytest.mark.timeout(4 * PATIENCE)]

CONDITIONS = [{"codec": "faulty"}, {"codec": "mnru", "q": [10, 20, 30]}]
PAIRS = 4 * 3
RECORDS = PAIRS * 5  # encode, decode, match, two metrics

distributed = pytest.mark.skipif(
    find_spec("distributed") is None, reason="dask.distributed is not installed"
)


@pytest.fixture(scope="module")
def place(tmp_path_factory):
    return Place.make(tmp_path_factory.mktemp("faults"), ["si_sdr", "slow"], CONDITIONS)


@pytest.fixture(scope="module")
def undisturbed(place):
    done = place.run("undisturbed")
    assert done.returncode == 0, done.stdout
    tables = place.tables("undisturbed")
    assert pd.read_csv(place.folder / "undisturbed/leaderboard.csv")["n"].tolist() == [3] * 4
    return tables


@pytest.fixture(autouse=True)
def _no_log(place):
    place.log.unlink(missing_ok=True)


def finish(place, out, *more):
    done = place.run(out, *more)
    assert done.returncode == 0, done.stdout
    return place.tables(out)


def test_the_main_process_is_killed(place, undisturbed):
    with place.held_after(3):
        process = place.start("main", start_new_session=True)
        place.await_scores(process, "main", 3)
        process.kill()
        process.wait()
        wait_for(lambda: not group_exists(process.pid))  # its workers see it, and end
    done = place.journal("main")
    assert place.scores("main") == 3
    assert finish(place, "main") == undisturbed
    assert place.journal("main").startswith(done)
    assert len(set(place.keys("main"))) == len(place.keys("main"))
    assert len(place.calls("slow")) == PAIRS + 1  # the one in flight


@pytest.mark.skipif(sys.platform != "linux", reason="finds the workers in /proc")
def test_all_pool_workers_are_killed(place, undisturbed):
    with place.held_after(2):
        process = place.start("workers")
        place.await_scores(process, "workers", 2)
        killed = children(process)
        assert len(killed) >= 2
        for worker in killed:
            os.kill(worker, signal.SIGKILL)
    assert process.wait(timeout=PATIENCE) == 0
    assert place.tables("workers") == undisturbed
    assert len(place.calls("slow")) == PAIRS + 1


def test_one_of_two_workers_is_killed(place, undisturbed):
    with place.held_after(2):
        process = place.start("one", "--workers", "2")
        place.await_scores(process, "one", 2, begun=2)
        *in_flight, number = place.calls("slow")[-1]
        os.kill(int(number), signal.SIGKILL)
    assert process.wait(timeout=PATIENCE) == 0
    assert place.tables("one") == undisturbed
    assert len(set(place.keys("one"))) == len(place.keys("one")) == RECORDS
    calls = Counter((*call,) for *call, _ in place.calls("slow"))
    assert len(calls) == PAIRS
    assert {call: n for call, n in calls.items() if n > 1} == {(*in_flight,): 2}
    assert [len(place.calls(stage)) for stage in ("encode", "decode")] == [3, 3]


def hear_interrupts():
    """As in a terminal: what a shell starts in the background ignores them, and so do we then."""
    signal.signal(signal.SIGINT, signal.SIG_DFL)


def test_an_interrupted_run_says_how_to_go_on(place, undisturbed):
    with place.held_after(2):
        process = place.start(
            "interrupted", stderr=subprocess.PIPE, text=True, preexec_fn=hear_interrupts
        )
        place.await_scores(process, "interrupted", 2)
        process.send_signal(signal.SIGINT)
        message = process.communicate(timeout=PATIENCE)[1]
    assert process.returncode == 130
    assert "interrupted; the same command goes on: nscbench run" in message
    assert f"--out {place.folder / 'interrupted'}" in message
    assert "Traceback" not in message
    assert finish(place, "interrupted") == undisturbed
    assert len(place.calls("slow")) == PAIRS + 1


@pytest.mark.skipif(
    sys.platform != "linux" or os.geteuid() != 0, reason="mounts a small disk: needs root"
)
@pytest.mark.parametrize("size", ["60k", "200k"])  # bitstreams do not fit; decoded audio does not
def test_the_disk_is_full(place, undisturbed, size):
    disk = place.folder / f"disk{size}"
    disk.mkdir()
    mounted = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", f"size={size}", "tmpfs", disk], check=False
    )
    if mounted.returncode:
        pytest.skip("may not mount")
    try:
        full = place.run(disk / "run")
        assert full.returncode == 1, full.stdout
        assert "No space left on device" in full.stdout
        assert "Traceback" not in full.stdout
        subprocess.run(["mount", "-o", "remount,size=100m", disk], check=True)
        assert finish(place, disk / "run") == undisturbed
    finally:
        subprocess.run(["umount", disk], check=True)


@pytest.mark.skipif(sys.platform != "linux", reason="bounds the memory of a process")
def test_isolated_codecs_hang_crash_and_exhaust_the_memory(tmp_path):
    modes = ["hang", "die", "exhaust"]
    conditions = [{"codec": "faulty", "mode": modes, "isolate": True}, {"codec": "mnru", "q": 10}]
    place = Place.make(tmp_path, ["si_sdr"], conditions)
    script, switch = Path(impatient.__file__), tmp_path / "armed"
    switch.touch()

    def run(out):
        command = [sys.executable, script, *place.command(out)[3:]]
        environment = place.environment(NSCBENCH_TEST_ARMED=str(switch))
        return subprocess.run(command, env=environment, timeout=3 * PATIENCE, check=False)

    assert run("faulty").returncode == 1
    rows = pd.read_csv(tmp_path / "faulty/rows.csv")
    errors = rows.dropna(subset="error").set_index(["condition", "item"])["error"]
    assert errors.to_dict() == {
        ("faulty-modehang", "marked"): "encode: took longer than its time limit and was stopped",
        ("faulty-modedie", "marked"): "encode: its process died (exit code 11)",
        ("faulty-modeexhaust", "marked"): "encode: took more memory than it may",
    }
    switch.unlink()
    assert run("faulty").returncode == 0
    assert run("undisturbed").returncode == 0
    assert place.tables("faulty") == place.tables("undisturbed")


@distributed
def test_a_remote_worker_is_killed(place, undisturbed):
    with Cluster(place, "cluster") as cluster:
        with place.held_after(3):
            process = place.start("remote", "--scheduler", cluster.address)
            place.await_scores(process, "remote", 3, begun=2)  # each worker has one in hand
            cluster.workers[0].kill()
        assert process.wait(timeout=PATIENCE) == 0
    assert place.tables("remote") == undisturbed
    assert len(set(place.keys("remote"))) == len(place.keys("remote")) == RECORDS
    calls = Counter((*call,) for *call, _ in place.calls("slow"))
    assert sorted(calls.values()) == [*(1,) * (PAIRS - 1), 2]
    assert [len(place.calls(stage)) for stage in ("encode", "decode")] == [3, 3]


@distributed
def test_a_remote_worker_is_told_to_end(place, undisturbed):
    with Cluster(place, "retiring") as cluster:
        with place.held_after(3):
            process = place.start("retired", "--scheduler", cluster.address)
            place.await_scores(process, "retired", 3, begun=2)
            cluster.workers[0].terminate()
            cluster.workers[0].wait(timeout=PATIENCE)  # though its task is held
        assert process.wait(timeout=PATIENCE) == 0
    assert place.tables("retired") == undisturbed


@distributed
def test_the_data_travel_where_no_disk_is_shared(place, undisturbed):
    with Cluster(place, "apart") as cluster:
        done = place.run("sent", "--scheduler", cluster.address, "--data", "send")
        assert done.returncode == 0, done.stdout
    assert place.tables("sent") == undisturbed
    for path in (place.folder / "undisturbed").glob("[sd]*/*/*"):
        sent = place.folder / "sent" / path.relative_to(place.folder / "undisturbed")
        assert sent.read_bytes() == path.read_bytes()


@distributed
def test_the_scheduler_is_killed(place, undisturbed):
    with Cluster(place, "headless") as cluster:
        with place.held_after(3):
            process = place.start(
                "headless-run", "--scheduler", cluster.address, stderr=subprocess.PIPE, text=True
            )
            place.await_scores(process, "headless-run", 3, begun=2)
            cluster.scheduler.kill()
            message = process.communicate(timeout=PATIENCE)[1]
        assert process.returncode == 1, message
    assert "is gone; the same command goes on" in message
    assert "Traceback" not in message
    done = place.journal("headless-run")
    assert finish(place, "headless-run") == undisturbed  # on this machine
    assert place.journal("headless-run").startswith(done)
    assert len(place.calls("slow")) == PAIRS + 2  # each worker had one in hand
