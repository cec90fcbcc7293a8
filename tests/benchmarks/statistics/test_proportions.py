import numpy as np
import pytest
from scipy import stats

from nscbench.benchmarks.statistics.proportions import (
    better_than_chance,
    clustered_wilson,
    even_signs,
)


@pytest.mark.parametrize(("right", "count"), [(7, 10), (0, 12), (40, 40)])
def test_single_answers_have_wilsons_interval(right, count):
    values = np.array([1.0] * right + [0.0] * (count - right))
    found = clustered_wilson(values, [np.arange(count)])
    known = stats.binomtest(right, count).proportion_ci(method="wilson")
    assert (found.low, found.high) == pytest.approx((known.low, known.high))


def test_answers_that_repeat_a_listener_add_nothing():
    once = np.array([1.0, 0, 1, 1, 0, 1, 1, 0, 1, 1])
    listener = np.arange(10)
    found = clustered_wilson(np.repeat(once, 8), [np.repeat(listener, 8)])
    single = clustered_wilson(once, [listener])
    assert found.high - found.low > single.high - single.low


def test_equal_answers_count_no_more_than_listeners():
    found = clustered_wilson(np.ones(80), [np.repeat(np.arange(4), 20)])
    assert found.high == 1
    assert found.low < clustered_wilson(np.ones(80), [np.arange(80)]).low < 1


def test_two_listeners_have_no_interval():
    assert clustered_wilson(np.array([1.0, 0, 1, 1]), [np.array([0, 0, 1, 1])]) is None


@pytest.mark.parametrize(("plus", "minus"), [(9, 1), (5, 5), (6, 0)])
def test_single_signs_have_the_sign_test(plus, minus):
    signs = np.array([1.0] * plus + [-1.0] * minus)
    known = stats.binomtest(plus, plus + minus).pvalue
    assert even_signs(signs, np.arange(len(signs))) == pytest.approx(known)


def test_signs_of_a_listener_flip_together():
    signs, listener = np.ones(30), np.repeat(np.arange(3), 10)
    assert even_signs(signs, listener) == 0.25
    assert even_signs(np.array([]), np.array([], dtype=int)) == 1


def test_guessing():
    assert better_than_chance(9, 10) == pytest.approx(11 / 1024)
    assert better_than_chance(0, 0) == 1
