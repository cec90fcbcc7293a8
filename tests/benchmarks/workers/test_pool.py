"""Worker processes that are killed, hang or fail: what their futures say, and that work goes on."""

import multiprocessing
import os
import signal
import threading
import time
from pathlib import Path

import pytest

import support
from nscbench.benchmarks.workers.failures import ProcessDied, died, lost, reason
from nscbench.benchmarks.workers.pool import Pool
from support import pool_tasks
from support.processes import wait_for


@pytest.fixture
def pool(monkeypatch):
    monkeypatch.setenv("PYTHONPATH", str(Path(support.__file__).parents[1]))
    with Pool(1) as pool:
        yield pool


def alive(number):
    return any(child.pid == number for child in multiprocessing.active_children())


def test_tasks_share_one_process(pool):
    numbers = {pool.submit(60, os.getpid).result() for _ in range(3)}
    assert len(numbers) == 1
    assert numbers != {os.getpid()}


def test_an_idle_process_that_is_killed_costs_nothing(pool):
    number = pool.submit(60, os.getpid).result()
    os.kill(number, signal.SIGKILL)
    wait_for(lambda: not alive(number))
    assert pool.submit(60, os.getpid).result() != number


def test_a_process_killed_at_once_after_its_task_costs_nothing(pool):
    for _ in range(3):  # its end has not been noticed when the next task comes
        number = pool.submit(60, os.getpid).result()
        os.kill(number, signal.SIGKILL)
        second = pool.submit(60, os.getpid)
        assert second.exception() is None or died(second.exception())


def test_a_task_whose_process_is_killed_has_died(pool, tmp_path):
    task = pool.submit(60, pool_tasks.touch_and_hang, tmp_path / "begun")
    wait_for((tmp_path / "begun").exists)
    number = int((tmp_path / "begun").read_text())
    waiting = pool.submit(60, os.getpid)
    os.kill(number, signal.SIGKILL)
    error = task.exception()
    assert isinstance(error, ProcessDied)
    assert reason(error) == f"its process died (exit code {-signal.SIGKILL})"
    assert died(error)
    assert waiting.result() != number


def test_a_task_that_takes_too_long_is_stopped(pool, tmp_path):
    task = pool.submit(0.1, pool_tasks.touch_and_hang, tmp_path / "begun")
    error = task.exception()
    assert isinstance(error, TimeoutError)
    assert lost(error)
    assert not died(error)
    assert pool.submit(60, abs, -1).result() == 1


def test_the_limit_begins_with_the_task(pool):
    tasks = [pool.submit(30, time.sleep, 0.2) for _ in range(3)]
    assert [task.exception() for task in tasks] == [None] * 3


@pytest.mark.parametrize(
    ("task", "told"),
    [
        (pool_tasks.exit_with_a_code, "its process died (exit code 11)"),
        (pool_tasks.refuse, "no"),
        (pool_tasks.leave, "SystemExit: 3"),
        (pool_tasks.ask_for_too_much, "took more memory than it may"),
    ],
)
def test_failures_are_told_and_work_goes_on(pool, task, told):
    assert reason(pool.submit(60, task).exception()) == told
    assert pool.submit(60, abs, -1).result() == 1


@pytest.mark.parametrize("task", [pool_tasks.raise_what_cannot_travel, pool_tasks.give_a_lock])
def test_what_cannot_travel_is_a_failure_and_work_goes_on(pool, task):
    error = pool.submit(60, task).exception()
    assert not died(error)
    assert "TypeError" in reason(error)
    assert pool.submit(60, abs, -1).result() == 1


def test_an_argument_that_cannot_travel_is_a_failure(pool):
    assert isinstance(pool.submit(60, id, threading.Lock()).exception(), TypeError)
    assert pool.submit(60, abs, -1).result() == 1


def test_closing_kills_what_runs_and_cancels_what_waits(tmp_path):
    with Pool(1) as pool:
        running = pool.submit(600, pool_tasks.touch_and_hang, tmp_path / "begun")
        waiting = pool.submit(600, os.getpid)
        wait_for((tmp_path / "begun").exists)
    assert died(running.exception(0))
    assert waiting.cancelled()
    assert not alive(int((tmp_path / "begun").read_text()))


def test_closing_before_a_process_is_there_ends_it():
    pool = Pool(1)
    before = {child.pid for child in multiprocessing.active_children()}
    task = pool.submit(600, time.sleep, 600)
    pool.close()
    assert task.done()
    assert {child.pid for child in multiprocessing.active_children()} <= before


def test_a_process_does_not_hear_an_interrupt(pool):
    number = pool.submit(60, os.getpid).result()
    os.kill(number, signal.SIGINT)
    assert pool.submit(60, os.getpid).result() == number


def test_a_process_ends_with_its_parent(pool, tmp_path):
    """Even in the middle of a task."""
    outer = pool.submit(60, pool_tasks.parent_of_a_pool, tmp_path / "begun")
    assert outer.exception()
    wait_for(lambda: not pool_tasks.exists(int((tmp_path / "begun").read_text())))


def test_processes_that_never_start_are_a_failure(monkeypatch):
    monkeypatch.setattr("nscbench.benchmarks.workers.pool._prepare", pool_tasks.exit_with_a_code)
    with Pool(1, 1) as pool:
        error = pool.submit(60, abs, -1).exception()
    assert died(error)
    assert reason(error) == "BrokenExecutor: processes die as soon as they start"
