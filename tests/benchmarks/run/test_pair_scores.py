"""What becomes of a pair whose process dies or hangs."""

from concurrent.futures import Future
from pathlib import Path

import pytest

from nscbench.benchmarks.data.items import Item
from nscbench.benchmarks.data.pairs import Pair
from nscbench.benchmarks.run.pair_scores import score_pairs
from nscbench.benchmarks.run.stages import Outcome, Scored
from nscbench.benchmarks.workers.failures import ProcessDied

PAIR = Pair(Item("a", Path("a.wav"), "", "", "", 1.0, 16_000, "0" * 64), Path("b.wav"))


class Dying:
    """Workers whose process dies in tasks with the metric `lsd`, the first `times`."""

    scoring_room = 1

    def __init__(self, times):
        self.times, self.asked = times, []

    def submit(self, work):
        names = list(work.request.metrics)
        self.asked.append(names)
        future = Future()
        if "lsd" in names and self.times:
            self.times -= 1
            future.set_exception(ProcessDied(-11))
        else:
            future.set_result(Scored(tuple(Outcome(n, {n: 1.0}) for n in names), "", ""))
        return future


@pytest.mark.parametrize(("times", "asked"), [(1, 3), (2, 4)])
def test_a_dead_process_costs_nothing_if_it_was_not_the_metrics_fault(times, asked):
    workers = Dying(times)
    (found,) = score_pairs([PAIR], ["si_sdr", "lsd"], workers)
    assert found.values == {"si_sdr": 1.0, "lsd": 1.0}
    assert len(workers.asked) == asked


def test_a_metric_that_kills_its_process_costs_its_own_value():
    (found,) = score_pairs([PAIR], ["si_sdr", "lsd"], Dying(99))
    assert found.values == {"si_sdr": 1.0}
    assert found.errors == {"lsd": "its process died (exit code -11)"}
    assert found.failed
