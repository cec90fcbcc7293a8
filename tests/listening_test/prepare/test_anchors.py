"""Anchors: the standard's template, and the ratio that MNRU states."""

import numpy as np
import pytest

from nscbench.listening_test.prepare import anchors
from support.mushra_run import RATE


@pytest.mark.parametrize("name", ["anchor35", "anchor70"])
@pytest.mark.parametrize("rate", [16_000, 22_050, 24_000, 44_100, 48_000])
def test_anchors_meet_the_template_without_delay(name, rate):
    """BS.1534-3: +-0.1 dB up to the cut-off; 25 dB down 500 Hz above it, 50 dB from 1 kHz on."""
    cutoff = anchors.CUTOFFS[name]
    impulse = np.zeros(8191)
    impulse[4095] = 1
    response = anchors.low_pass(impulse, name, rate)
    assert np.allclose(response, response[::-1], atol=1e-15)  # symmetric about the impulse
    frequency = np.fft.rfftfreq(1 << 16, 1 / rate)
    level = 20 * np.log10(np.abs(np.fft.rfft(response, 1 << 16)) + 1e-12)
    assert np.abs(level[frequency <= cutoff]).max() <= 0.1
    assert level[(frequency >= cutoff + 500)].max() <= -25
    assert level[frequency >= cutoff + 1000].max(initial=-99) <= -50


def test_low_sampling_rates_have_fewer_anchors():
    assert anchors.anchors_at(48_000) == ["anchor35", "anchor70"]
    assert anchors.anchors_at(12_000) == ["anchor35"]
    assert anchors.anchors_at(7_000) == []


def test_mid_anchor_of_band_limited_speech_is_not_audible(speech_like):
    full = speech_like(2, 24_000).astype(float)
    assert anchors.is_audible(full, anchors.low_pass(full, "anchor70", 24_000), 24_000)
    narrow = anchors.low_pass(full, "anchor35", 24_000)
    assert not anchors.is_audible(narrow, anchors.low_pass(narrow, "anchor70", 24_000), 24_000)
    silence = np.zeros(24_000)
    assert not anchors.is_audible(silence, silence, 24_000)


def test_mnru_has_the_ratio_that_it_states(speech_like):
    """ITU-T P.810: Q is the ratio in dB of the power of speech to that of the noise."""
    speech = speech_like(8, RATE).astype(float)
    noise = anchors.mnru(speech, 15, "item") - speech
    assert 10 * np.log10((speech**2).sum() / (noise**2).sum()) == pytest.approx(15, abs=0.3)
