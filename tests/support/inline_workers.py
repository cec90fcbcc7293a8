"""Workers that do everything in the calling process: for tests of what is done, not of where."""

from concurrent.futures import Future

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


@pytest.fixture
def inline(monkeypatch):
    """Runs start no processes."""
    monkeypatch.setattr(run, "LocalWorkers", InlineWorkers)
