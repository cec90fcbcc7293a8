"""ViSQOL: the port's public call on the same pairs, stored values, and the reference's cache.

Google's conformance recordings are not the suite's to ship; the port measures them within 0.007
of Google's values with its lattice, and what is tested here equals the port.
"""

from types import SimpleNamespace

import numpy as np
import pytest
from visqol import VisqolApi

from nscbench.metrics.base import MetricError
from nscbench.metrics.machinery.visqol import measure
from nscbench.metrics.visqol import METRIC

RATE = 16_000


@pytest.fixture(scope="module")
def port():
    api = VisqolApi()
    api.create(mode="speech", use_lattice_model=True)
    return lambda reference, degraded: api.measure_from_arrays(reference, degraded, RATE).moslqo


@pytest.fixture(scope="module")
def clean(speech_like):
    return speech_like(3.37, RATE).astype(np.float64)


def noise(samples, gain, seed=0):
    return gain * np.random.default_rng(seed).standard_normal(samples)


def degradations(clean):
    samples = len(clean)
    muffled = np.convolve(clean, np.ones(9) / 9, mode="same")
    lossy = clean.copy()
    lossy[RATE : RATE + 9000] = 0
    yield "identical", clean
    yield "noise", clean + noise(samples, 0.003)
    yield "quieter", 0.05 * muffled
    yield "late by 31 ms", np.concatenate([np.zeros(501), muffled[:-501]])
    yield "early by 200 ms", np.concatenate([clean[3207:], np.zeros(3207)]) + noise(samples, 1e-3)
    yield "drifting", np.interp(np.arange(samples) * 1.0007, np.arange(samples), clean)
    yield "lost packets", lossy
    yield "noise alone", noise(samples, 0.1)
    yield "reversed", clean[::-1].copy()


def test_equals_the_port(clean, port):
    for name, degraded in degradations(clean):
        value = METRIC.score(clean, degraded)["visqol"]
        assert value == pytest.approx(port(clean, degraded), abs=1e-9), name


@pytest.mark.parametrize(
    ("name", "stored"), [("clipped", 3.91972), ("echo", 3.56062), ("muffled", 3.14667)]
)
def test_values_stored_from_the_port(closed_form, name, stored):
    """`VisqolApi` of visqol-python 3.8.0, in speech mode with its lattice.

    After `create(mode="speech", use_lattice_model=True)`, the `moslqo` of
    `measure_from_arrays(clean, degraded, 16_000)`.
    """
    value = METRIC.score(closed_form["clean"], closed_form[name])["visqol"]
    assert value == pytest.approx(stored, abs=1e-3)


@pytest.mark.slow
def test_equals_the_port_beyond_its_search_window(speech_like, port):
    """26 s: patches are searched within 24 s only."""
    long = np.tile(speech_like(3.25, RATE), 8).astype(np.float64)
    degraded = np.concatenate([long[2000:], long[:2000]]) + noise(len(long), 0.002)
    assert METRIC.score(long, degraded)["visqol"] == pytest.approx(port(long, degraded), abs=1e-9)


def test_equals_the_port_on_the_shortest_pair(clean, port):
    short = clean[4000 : 4000 + RATE]
    degraded = short + noise(RATE, 0.01)
    assert METRIC.score(short, degraded)["visqol"] == pytest.approx(port(short, degraded), abs=1e-9)


def test_a_remembered_reference_gives_the_same_values(clean):
    for name, degraded in degradations(clean):
        measure.prepared_reference.cache_clear()
        first = METRIC.score(clean, degraded)
        assert METRIC.score(clean, degraded) == first, name


@pytest.mark.slow
def test_references_are_forgotten_beyond_two_minutes(speech_like, monkeypatch):
    monkeypatch.setattr(measure, "Reference", lambda signal: SimpleNamespace(signal=signal))
    measure.prepared_reference.cache_clear()
    references = [np.tile(speech_like(1.5, RATE, seed), 30) for seed in range(3)]  # 45 s each
    kept = [measure.prepared_reference(reference) for reference in references]
    assert measure.prepared_reference(references[1].copy()) is kept[1]
    assert measure.prepared_reference(references[2]) is kept[2]
    assert measure.prepared_reference(references[0]) is not kept[0]
    measure.prepared_reference.cache_clear()


def test_a_silent_degraded_signal_is_no_number(clean):
    with np.errstate(all="ignore"), pytest.raises(MetricError, match="cannot be compared"):
        METRIC.score(clean, np.zeros_like(clean))


def test_the_lattice_maps_not_the_polynomial(clean):
    polynomial = VisqolApi()
    polynomial.create(mode="speech", use_lattice_model=False)
    degraded = clean + noise(len(clean), 0.003)
    other = polynomial.measure_from_arrays(clean, degraded, RATE).moslqo
    assert abs(METRIC.score(clean, degraded)["visqol"] - other) > 0.05


def test_loading_the_lattice_writes_nothing_to_the_terminal(capfd):
    measure._lattice.cache_clear()
    measure._lattice()
    assert capfd.readouterr().err == ""
