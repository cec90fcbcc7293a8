"""Criteria of google/lyra 1.3.2 (comfort_noise_generator_test.cc, noise_estimator_test.cc), and
closed forms. Its distance is ten times the root mean square difference of the tenth of logarithms.
"""

import numpy as np
import pytest

from nscbench.codecs.published.lyra_noise import BANDS, HOP, ComfortNoise, LogMel, NoiseFloor

SILENCE = np.log(500) / 10  # of a band, at the least


def distance(one, other):
    return 10 * np.sqrt(np.mean((one - other) ** 2))


@pytest.fixture
def rng():
    return np.random.default_rng(1)


@pytest.fixture
def rising():
    """A floor that rises over the bands, as in the published test."""
    return SILENCE * (1 + np.arange(BANDS) / BANDS)


def test_silence_is_the_least_that_a_band_can_be():
    bands = LogMel()(np.zeros(HOP))
    assert bands == pytest.approx(np.full(BANDS, SILENCE))


def test_a_tone_is_loudest_in_its_own_band():
    """Bands are equally wide on HTK's mel scale up to 7.92 kHz."""
    mel = 1127 * np.log1p(np.array([1000, 7920]) / 700)
    expected = round(mel[0] / (mel[1] / (BANDS + 1)) - 1)
    log_mel = LogMel()
    tone = 5000 * np.sin(2 * np.pi * 1000 * np.arange(3 * HOP) / 16_000)
    for hop in tone.reshape(-1, HOP):
        bands = log_mel(hop)
    assert abs(int(bands.argmax()) - expected) <= 1


def test_comfort_noise_sounds_like_what_it_was_made_from(rng):
    """Less than 0.7 for uniform noise of 10,000."""
    heard, made, noise = LogMel(), LogMel(), ComfortNoise()
    given = rng.integers(-10_000, 10_001, HOP).astype(float)
    for _ in range(10):
        bands = heard(given)
        again = made(noise(bands))
    assert distance(bands, again) < 0.7


def test_without_energy_comfort_noise_is_zero():
    assert not ComfortNoise()(np.zeros(BANDS)).any()


def test_comfort_noise_is_the_same_in_every_signal(rising):
    one, other = ComfortNoise(), ComfortNoise()
    first = [one(rising) for _ in range(3)]
    assert np.array_equal(first, [other(rising) for _ in range(3)])
    assert not np.array_equal(first[0], first[1])


def test_floor_is_found_under_sparse_energy(rng, rising):
    """Less than 0.7 after 5 s of noise in which one band in eleven is loud at any time."""
    floor, noise = NoiseFloor(), ComfortNoise()
    for _ in range(250):
        floor.hear(noise(np.where(rng.integers(0, 11, BANDS) == 0, 1.0, rising)))
    assert distance(floor.estimate, rising) < 0.7


def test_floor_of_silence_is_silence():
    """Less than 0.2 at every hop."""
    floor, noise = NoiseFloor(), ComfortNoise()
    for _ in range(250):
        floor.hear(noise(np.full(BANDS, SILENCE)))
        assert distance(floor.estimate, np.full(BANDS, SILENCE)) < 0.2


def test_noise_is_told_from_a_periodic_signal(rng, rising):
    floor = NoiseFloor()
    for _ in range(250):
        floor.update(rising + rng.uniform(-0.1, 0.1, BANDS))
    periodic = np.full(BANDS, SILENCE)
    periodic[::20] = 1
    assert floor.is_noise(rising)
    assert not floor.is_noise(periodic)
