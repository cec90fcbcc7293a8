"""The power schedule."""

import pytest

from nscbench.codecs.processes.paths import PROCESSES


def test_power_schedule_is_the_paper_s() -> None:
    """beta_n = (beta_1^(1/p) + n / (T - 1) (beta_T^(1/p) - beta_1^(1/p)))^p, with p = 7.5."""
    first, last = 1e-5 ** (1 / 7.5), 2.9e-2 ** (1 / 7.5)
    remaining = 1.0
    for name in ("power", "power-velocity"):
        process, remaining = PROCESSES[name](), 1.0
        for n in range(1000):
            remaining *= 1 - (first + n / 999 * (last - first)) ** 7.5
            if n % 111 == 0:
                level = process.level((n + 1) / 1000)
                assert level.alpha**2 == pytest.approx(remaining, rel=1e-9)
