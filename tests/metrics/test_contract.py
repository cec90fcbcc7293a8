"""The contract of `nscbench.metrics.base.Metric`, over every metric that the registry finds.

A metric in a new file is tested without any edit here; those that load weights run on small models
of the same format (`weight_stand_ins`). Only metrics that compare with the reference must rank
noise: a predictor of absolute quality was trained on speech, which no test signal is, and so was a
recognizer, of whose errors only those of the identical pair are known.
"""

import math

import numpy as np
import pytest

from nscbench import metrics
from nscbench.metrics.base import MetricError, Undefined
from nscbench.metrics.machinery.signals import check_pair
from support.unpinned import put_in_place

SECONDS = 2.5
TEXT = "The cat sat on the mat."


def _noisy(signal, decibels):
    noise = np.random.default_rng(5).standard_normal(len(signal))
    gain = np.sqrt(np.mean(signal**2) / np.mean(noise**2)) * 10 ** (-decibels / 20)
    return np.clip(signal + gain * noise, -1, 1)


def _measure(metric, reference, degraded):
    check_pair(metric, reference, degraded)
    return metric.score(reference, degraded, *([TEXT] if metric.needs_text else []))


@pytest.fixture(scope="module", params=list(metrics.available()))
def metric(request):
    metric = metrics.get(request.param)
    with pytest.MonkeyPatch.context() as patch:
        if metric.weights:
            put_in_place(patch, request.getfixturevalue("stand_in_weights"))
        if missing := metric.unavailable():
            pytest.skip(missing)
        yield metric


@pytest.fixture(scope="module")
def clean(metric, speech_like):
    signal = speech_like(SECONDS, metric.sample_rate).astype(np.float64)
    signal.setflags(write=False)  # the runner keeps references and hands them to every metric
    return signal


@pytest.fixture(scope="module")
def by_noise(metric, clean):
    """Values of the identical pair, and at 30, 10 and 0 dB SNR."""
    degraded = [clean, *(_noisy(clean, decibels) for decibels in (30, 10, 0))]
    return [_measure(metric, clean, signal) for signal in degraded]


def test_gives_the_declared_columns_as_finite_numbers(metric, by_noise):
    assert metric.columns
    for values in by_noise:
        assert values.keys() == set(metric.measures)
        assert all(type(value) is float and math.isfinite(value) for value in values.values())


def test_no_column_has_two_metrics():
    columns = [column for metric in metrics.available().values() for column in metric.measures]
    assert len(columns) == len(set(columns))


def test_denominators_are_counts_of_rates_that_are_shown(metric, by_noise):
    assert metric.denominators.keys() <= metric.directions.keys()
    assert not set(metric.denominators.values()) & metric.directions.keys()
    for values in by_noise:
        assert all(values[column] > 0 for column in metric.denominators.values())


def test_identity_is_best_and_noise_is_worse(metric, by_noise):
    if not metric.needs_reference_activity or metric.needs_text:
        pytest.skip("does not compare the signals")
    for column in metric.columns:
        if column.direction == "none":
            continue
        sign = 1 if column.direction == "higher" else -1
        identity, *noisy = (sign * values[column.name] for values in by_noise)
        assert identity == max(identity, *noisy)
        if column.family == "content":
            continue
        assert noisy[0] >= noisy[1] >= noisy[2]
        assert identity > noisy[2]


def test_looks_at_the_reference_if_it_needs_it_active(metric, clean, by_noise, speech_like):
    def differs(seed):
        other = speech_like(SECONDS, metric.sample_rate, seed).astype(np.float64)
        try:
            return _measure(metric, other, _noisy(clean, 10)) != by_noise[2]
        except Undefined:
            return True  # that no delay fits both signals is a look at the reference, too

    looks = any(differs(seed) for seed in (1, 2, 3))  # error rates may be equal by chance
    assert looks == metric.needs_reference_activity


def test_is_pure(metric, clean, by_noise):
    """Same values again after other pairs; inputs and NumPy's generator are left as they were."""
    degraded = _noisy(clean, 10)
    before = degraded.copy()
    np.random.seed(7)  # noqa: NPY002
    expected = np.random.RandomState(7).standard_normal(3)
    assert _measure(metric, clean, degraded) == by_noise[2]
    np.testing.assert_array_equal(np.random.standard_normal(3), expected)  # noqa: NPY002
    np.testing.assert_array_equal(degraded, before)


@pytest.mark.slow
def test_memory_of_other_pairs_does_not_leak(metric, clean, by_noise, speech_like):
    """Pairs in another order, and an array that holds other samples, give their own values."""
    other = speech_like(SECONDS, metric.sample_rate, 1).astype(np.float64)
    pairs = [(clean, _noisy(clean, 0)), (other, _noisy(other, 10)), (clean, _noisy(clean, 30))]
    forth = [_measure(metric, *pair) for pair in pairs]
    back = [_measure(metric, *pair) for pair in reversed(pairs)][::-1]
    assert forth == back
    assert [forth[0], forth[2]] == [by_noise[3], by_noise[1]]
    buffer = clean.copy()
    _measure(metric, buffer, clean)
    buffer[:] = other
    assert _measure(metric, buffer, pairs[1][1]) == forth[1]


def test_refuses_what_is_no_pair_of_signals(metric, clean):
    nan, infinite, loud = clean.copy(), clean.copy(), clean.copy()
    nan[100], infinite[100], loud[100] = np.nan, -np.inf, 1.0001
    for wrong, why in (
        (nan, "NaN"),
        (infinite, "infinite"),
        (loud, r"peaks at 1\.0001"),
        (np.stack([clean, clean]), "mono"),
        (clean[:-1], "equal lengths"),
    ):
        with pytest.raises(MetricError, match=why):
            _measure(metric, clean, wrong)
        with pytest.raises(MetricError, match=why):
            _measure(metric, wrong, clean)


def test_refuses_what_is_too_long(metric):
    if not math.isfinite(metric.longest):
        pytest.skip("takes any length")
    noise = np.random.default_rng(0).uniform(-0.5, 0.5, int(metric.longest * metric.sample_rate))
    check_pair(metric, noise, noise)
    longer = np.append(noise, 0.0)
    with pytest.raises(MetricError, match="this metric takes up to"):
        _measure(metric, longer, longer)


def test_refuses_what_is_too_short_and_takes_the_shortest(metric, clean):
    with pytest.raises(MetricError, match="long"):
        _measure(metric, clean[:0], clean[:0])
    shortest = math.ceil(metric.shortest * metric.sample_rate)
    if shortest:
        with pytest.raises(MetricError, match="this metric needs"):
            _measure(metric, clean[: shortest - 1], clean[: shortest - 1])
        begin = metric.sample_rate // 5
        part = clean[begin : begin + shortest]
        try:
            values = _measure(metric, part, _noisy(part, 20))
        except Undefined:
            return
        assert all(math.isfinite(value) for value in values.values())


def test_silence_is_refused_or_measured_but_never_a_sentinel(metric, clean):
    silence = np.zeros_like(clean)
    if metric.needs_reference_activity:
        with pytest.raises(MetricError, match="the reference is silent"):
            _measure(metric, silence, clean)
        with pytest.raises(MetricError, match="the reference is silent"):
            _measure(metric, 1e-5 * clean, clean)
    if metric.needs_degraded_activity:
        with pytest.raises(MetricError, match="the degraded signal is silent"):
            _measure(metric, clean, silence)
        return
    try:
        values = _measure(metric, clean, silence)
    except MetricError:
        return
    assert all(math.isfinite(value) for value in values.values())
