"""SI-SDR of mixtures whose ratio is known."""

import numpy as np
import pytest

from nscbench.metrics.base import Undefined
from nscbench.metrics.si_sdr import METRIC

BEST = -10 * np.log10(2.0**-52)  # what the module promises for copies


def _ratio(reference, degraded):
    return METRIC.score(reference, degraded)["si_sdr"]


@pytest.fixture(scope="module")
def pair():
    """A reference, and noise orthogonal to it with the same energy."""
    reference, noise = np.random.default_rng(0).standard_normal((2, 16_000)) / 10
    noise -= (noise @ reference) / (reference @ reference) * reference
    return reference, noise * np.linalg.norm(reference) / np.linalg.norm(noise)


@pytest.mark.parametrize("decibels", [-20.0, 0.0, 13.0, 60.0])
@pytest.mark.parametrize("gain", [1.0, -0.25])
def test_a_mixture_with_orthogonal_noise_has_its_ratio(pair, decibels, gain):
    reference, noise = pair
    mixture = gain * (reference + 10 ** (-decibels / 20) * noise)
    assert _ratio(reference, mixture) == pytest.approx(decibels, abs=1e-6)


@pytest.mark.parametrize("gain", [1.0, -1.0, 0.3])
def test_a_copy_reaches_the_resolution_of_float64(pair, gain):
    assert _ratio(pair[0], gain * pair[0]) == pytest.approx(BEST, abs=1e-9)


def test_an_orthogonal_signal_is_as_far_below():
    even, odd = np.tile([1.0, 0.0], 100), np.tile([0.0, 1.0], 100)
    assert _ratio(even, odd) == pytest.approx(-BEST, abs=1e-9)


def test_no_mean_is_subtracted():
    """1 against 1 + a alternating a: the target has energy 1, the error a^2."""
    assert _ratio(np.ones(100), 1 + 0.1 * (-1.0) ** np.arange(100)) == pytest.approx(20)


def test_it_is_undefined_for_digital_silence(pair):
    silence = np.zeros(16_000)
    with pytest.raises(Undefined, match="degraded signal"):
        _ratio(pair[0], silence)
    with pytest.raises(Undefined, match="reference"):
        _ratio(silence, pair[0])


def test_it_is_never_ranked():
    assert METRIC.directions == {"si_sdr": "none"}
