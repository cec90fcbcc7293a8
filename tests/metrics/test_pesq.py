"""PESQ: the bounds of P.862.2's mapping, published and stored values, and long signals."""

import math
from itertools import pairwise

import numpy as np
import pytest
import torch
from pesq import pesq

from nscbench.metrics.base import MetricError
from nscbench.metrics.pesq import LONGEST, METRIC, RATE, cuts


def wideband_lqo(raw):
    """The mapping of ITU-T P.862.2."""
    return 0.999 + 4 / (1 + math.exp(-1.3669 * raw + 3.8224))


def noisy(signal, seed=0, gain=0.02):
    return np.clip(signal + gain * np.random.default_rng(seed).standard_normal(len(signal)), -1, 1)


@pytest.fixture(scope="module")
def clean(speech_like):
    return speech_like(4.0, RATE).astype(np.float64)


@pytest.fixture(scope="module")
def long(speech_like):
    """40 s: with a pause after every 0.6 s, more utterances than PESQ's code has room for."""
    return np.tile(speech_like(5.0, RATE), 8).astype(np.float64)


def test_an_identical_pair_has_the_best_value_that_the_mapping_gives(clean):
    assert METRIC.score(clean, clean)["pesq_wb"] == pytest.approx(wideband_lqo(4.5), abs=1e-5)


@pytest.mark.parametrize(("seed", "published"), [(1, 1.7359), (42, 1.6805)])
def test_values_that_torchmetrics_publishes(seed, published):
    """White noise against other noise: the examples in the docstrings of torchmetrics 1.x.

    Seed 1 is the class PerceptualEvaluationSpeechQuality's; the function
    perceptual_evaluation_speech_quality draws with the seed 42 of the doctests. A common gain,
    which PESQ does not see, brings the signals within [-1, 1].
    """
    generator = torch.Generator().manual_seed(seed)
    degraded = torch.randn(8000, generator=generator).double().numpy() / 8
    reference = torch.randn(8000, generator=generator).double().numpy() / 8
    assert METRIC.score(reference, degraded)["pesq_wb"] == pytest.approx(published, abs=5e-5)


@pytest.mark.parametrize(
    ("name", "stored"), [("clipped", 1.58094), ("echo", 1.53337), ("muffled", 4.52791)]
)
def test_values_stored_from_the_package(closed_form, name, stored):
    """`pesq(16_000, clean, degraded, "wb")` of pesq 0.0.4."""
    value = METRIC.score(closed_form["clean"], closed_form[name])["pesq_wb"]
    assert value == pytest.approx(stored, abs=1e-3)


def test_equals_the_package_up_to_19_seconds(clean, long):
    for reference in (clean, long[:LONGEST]):
        degraded = noisy(reference)
        value = METRIC.score(reference, degraded)["pesq_wb"]
        assert value == pesq(RATE, reference, degraded, "wb")


def test_level_and_delay_are_its_own_business(clean):
    degraded = noisy(clean)
    value = METRIC.score(clean, degraded)["pesq_wb"]
    assert METRIC.score(clean, 0.5 * degraded)["pesq_wb"] == pytest.approx(value, abs=0.02)
    delayed = np.concatenate([np.zeros(320), degraded[:-320]])
    assert METRIC.score(clean, delayed)["pesq_wb"] == pytest.approx(value, abs=0.1)


def test_long_signals_are_cut_in_pauses_into_pieces_that_pesq_can_hold(long):
    bounds = cuts(long)
    assert bounds[0] == 0
    assert bounds[-1] == len(long)
    assert np.diff(bounds).min() > 0
    assert np.diff(bounds).max() <= LONGEST
    loudness = np.sqrt(np.mean(long**2))
    for cut in bounds[1:-1]:
        assert np.sqrt(np.mean(long[cut - 800 : cut + 800] ** 2)) < 0.1 * loudness


@pytest.mark.parametrize("seconds", [19.001, 31.999, 32.001, 63.999, 100.3])
def test_no_piece_is_too_long_wherever_the_quietest_moments_are(seconds):
    rising = np.linspace(0, 1, int(seconds * RATE))
    for reference in (rising, rising[::-1], np.zeros_like(rising)):
        pieces = np.diff(cuts(reference))
        assert pieces.min() > 0
        assert pieces.max() <= LONGEST


def test_a_long_signal_has_the_mean_of_its_pieces(long):
    degraded = noisy(long)
    pieces = [slice(*piece) for piece in pairwise(cuts(long))]
    values = [pesq(RATE, long[piece], degraded[piece], "wb") for piece in pieces]
    lengths = [piece.stop - piece.start for piece in pieces]
    expected = np.average(values, weights=lengths)
    assert METRIC.score(long, degraded)["pesq_wb"] == pytest.approx(expected, abs=1e-9)
    assert max(values) - min(values) < 0.1


def test_beeps_beyond_fifty_utterances_do_not_crash():
    """110 beeps of 0.25 s: the bare package call ends the interpreter."""
    time = np.arange(RATE // 2) / RATE
    beeps = np.tile(np.sin(2 * np.pi * 440 * time) * (time < 0.25), 110)
    assert 1 < METRIC.score(beeps, noisy(beeps))["pesq_wb"] < 4.7


def test_pauses_as_long_as_a_piece_are_left_out(clean):
    padded = np.concatenate([clean, np.zeros(60 * RATE), clean])
    assert METRIC.score(padded, padded)["pesq_wb"] == pytest.approx(wideband_lqo(4.5), abs=1e-5)


def test_says_why_a_pair_cannot_be_measured(clean):
    with pytest.raises(MetricError, match="silent in every piece"):
        METRIC.score(np.zeros(RATE), clean[:RATE])
    with pytest.raises(MetricError, match="at least 1/4 of a second"):
        METRIC.score(clean[:3999], clean[:3999])
