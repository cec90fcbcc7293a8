import numpy as np
import pytest

from nscbench.codecs.filters import lowpass, lowpass_taps

RATES = (16_000, 22_050, 24_000, 32_000, 44_100, 48_000)


def gain_db(taps, rate, low, high):
    """Gain of a filter at 500 frequencies from `low` to `high` Hz, by its Fourier sum."""
    frequencies = np.linspace(low, high, 500)
    n = np.arange(len(taps))
    response = np.exp(-2j * np.pi * frequencies[:, None] * n / rate) @ taps
    return 20 * np.log10(np.abs(response) + 1e-12)


@pytest.mark.parametrize("rate", RATES)
def test_low_anchor_meets_the_template_of_bs1534(rate):
    taps = lowpass_taps(3500, rate)
    assert np.abs(gain_db(taps, rate, 0, 3500)).max() <= 0.1
    assert gain_db(taps, rate, 4000, rate / 2).max() <= -25
    assert gain_db(taps, rate, 4500, rate / 2).max() <= -50


@pytest.mark.parametrize("rate", RATES)
def test_mid_anchor_is_as_steep(rate):
    taps = lowpass_taps(7000, rate)
    assert np.abs(gain_db(taps, rate, 0, 7000)).max() <= 0.1
    assert gain_db(taps, rate, 7500, rate / 2).max() <= -50


@pytest.mark.parametrize("length", [1, 10, 128, 129, 130, 5000])
def test_signal_keeps_its_length(length):
    assert lowpass(np.ones(length), 3500, 16_000).shape == (length,)


def test_signal_below_the_cutoff_is_neither_changed_nor_delayed():
    tone = np.sin(2 * np.pi * 1000 * np.arange(4000) / 16_000)
    inner = slice(200, -200)
    np.testing.assert_allclose(lowpass(tone, 3500, 16_000)[inner], tone[inner], atol=1e-3)


def test_nothing_stays_nothing():
    assert lowpass(np.zeros(0), 3500, 16_000).shape == (0,)


@pytest.mark.parametrize(("cutoff", "rate"), [(7000, 8000), (3500, 7999), (0, 16_000)])
def test_a_rate_without_room_is_refused(cutoff, rate):
    with pytest.raises(ValueError, match="needs a rate"):
        lowpass_taps(cutoff, rate)
