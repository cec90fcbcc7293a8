"""What a run makes of each way in which a task on a cluster can end, without a cluster."""

from concurrent.futures import CancelledError, Future
from pathlib import Path
from types import SimpleNamespace

import pytest

from nscbench.benchmarks.store.run_directory import Stopped
from nscbench.benchmarks.workers.failures import Misfit, TaskDied, TaskFailed, TaskLost
from nscbench.benchmarks.workers.work import Work
from support.pool_tasks import Call

remote = pytest.importorskip("nscbench.benchmarks.workers.remote", exc_type=ImportError)

WORK = Work(Call("score", print), 1.0)


@pytest.fixture
def ended(monkeypatch):
    """Submits a task whose answer is there already; the future of it."""

    def submit(answer, work=WORK, data="shared"):
        executor = SimpleNamespace(submit=lambda *_: answer)
        client = SimpleNamespace(get_executor=lambda **_: executor)
        monkeypatch.setattr(remote, "Client", lambda *_, **__: client)
        return remote.RemoteWorkers("tcp://head:1", data, []).submit(work)

    return submit


def _answered(answer):
    done = Future()
    done.set_result(answer)
    return done


def _raised(error):
    done = Future()
    done.set_exception(error)
    return done


def _cancelled():
    done = Future()
    done.cancel()
    done.set_running_or_notify_cancel()
    return done


def test_an_answer_is_the_result(ended):
    assert ended(_answered(remote.Reply([1, 2]))).result(60) == [1, 2]


@pytest.mark.parametrize(
    ("failure", "kind"),
    [("failed", TaskFailed), ("lost", TaskLost), ("died", TaskDied), ("misfit", Misfit)],
)
def test_a_failure_is_raised_as_its_kind(ended, failure, kind):
    error = ended(_answered(remote.Reply(None, failure, "why"))).exception(60)
    assert (type(error), str(error)) == (kind, "why")


@pytest.mark.parametrize("answer", [_cancelled(), _raised(CancelledError())])
def test_what_is_cancelled_has_lost_its_scheduler(ended, answer):
    error = ended(answer).exception(60)
    assert isinstance(error, Stopped)
    assert str(error) == "the scheduler tcp://head:1 is gone"


def test_a_task_that_kills_its_workers_has_died(ended):
    error = ended(_raised(remote.KilledWorker("do", "w", 3))).exception(60)
    assert type(error) is TaskDied


@pytest.mark.parametrize(
    ("raised", "told"),
    [
        (OSError(28, "No space left on device"), "OSError: [Errno 28] No space left on device"),
        (ModuleNotFoundError("No module named 'nscbench'"), "ModuleNotFoundError: No module"),
        (RuntimeError("cannot start a process"), "RuntimeError: cannot start a process"),
    ],
)
def test_a_worker_that_cannot_work_stops_the_run(ended, raised, told):
    error = ended(_raised(raised)).exception(60)
    assert isinstance(error, Stopped)
    assert f"a worker cannot work: {told}" in str(error)


def test_a_file_that_cannot_be_written_here_is_the_error(ended):
    nowhere = Work(Call("decode", print, writes=(Path("/dev/null/a.flac"),)), 1.0)
    error = ended(_answered(remote.Reply([], files=(b"audio",))), nowhere, "send").exception(60)
    assert isinstance(error, NotADirectoryError)
