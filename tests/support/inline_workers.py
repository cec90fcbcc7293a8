"""Workers that do everything in the calling process: for tests of what is done, not of where."""

from collections.abc import Iterator
from concurrent.futures import Future
from contextlib import contextmanager

import pytest

from nscbench.benchmarks.commands import run


class InlineWorkers:
    """Does each task when it is submitted."""

    coding_room = 4
    scoring_room = 32

    def __init__(self, coders, scorers):
        pass

    def device(self, wanted):
        return "cpu"

    def hardware(self, device):
        return {"system": "none"}

    def submit(self, work):
        future = Future()
        try:
            future.set_result(work.request.do())
        except Exception as error:  # noqa: BLE001  as an executor
            future.set_exception(error)
        return future

    def __enter__(self):
        return self

    def __exit__(self, *_):
        pass


@contextmanager
def no_processes() -> Iterator[None]:
    """Runs start no processes."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(run, "LocalWorkers", InlineWorkers)
        yield


@pytest.fixture
def inline():
    with no_processes():
        yield
