"""Log-mel spectrogram against librosa's, and the distances that follow from its definition."""

import numpy as np
import pytest
import torch

from nscbench.codecs.networks.features import LogMel, MelConfig
from nscbench.metrics.mel_distance import FLOOR, METRIC, log_mel

# librosa 0.11.0 on the sweep below, reflect-padded by 352 samples: natural logarithm of at least
# 1e-5 of its mel filters (80, 0 to 8000 Hz) times sqrt(|stft(n_fft=1024, hop_length=320,
# center=False, window="hann")|^2 + 1e-9), at (frame, band).
LIBROSA = {
    (0, 0): 0.3670786631461888,
    (0, 3): 1.3954709292754541,
    (10, 10): -9.409423737250624,
    (25, 40): -7.831525636294977,
    (49, 60): -4.29566526900994,
    (30, 5): -11.512925464970229,
}
LIBROSA_MEAN = -9.9433754262058


def _sweep():
    time = np.arange(16_000) / 16_000
    return 0.5 * np.sin(2 * np.pi * (100 * time + 1950 * time**2))  # 100 to 4000 Hz


def _distance(reference, degraded):
    return METRIC.score(reference, degraded)["mel_distance"]


def test_log_mel_is_librosas():
    found = log_mel(_sweep())
    assert found.shape == (50, 80)
    for place, value in LIBROSA.items():
        assert found[place] == pytest.approx(value, abs=1e-9)
    assert found.mean() == pytest.approx(LIBROSA_MEAN, abs=1e-9)


def test_log_mel_is_the_codecs(speech_like):
    """The codecs condition on the spectrogram that this metric compares."""
    signal = speech_like(1.01, 16_000)  # not a whole number of hops
    theirs = LogMel(MelConfig())(torch.from_numpy(signal)[None])[0].T.numpy()
    ours = log_mel(signal.astype(np.float64))
    np.testing.assert_allclose(ours, theirs[: len(ours)], atol=2e-3)


@pytest.mark.parametrize("decibels", [-6.0, 3.0])
def test_a_gain_costs_its_nepers(decibels):
    noise = 0.1 * np.random.default_rng(0).standard_normal(16_000)
    gain = 10 ** (decibels / 20)
    assert _distance(noise, gain * noise) == pytest.approx(abs(np.log(gain)), rel=1e-6)
    assert _distance(gain * noise, noise) == _distance(noise, gain * noise)


def test_silence_lies_at_the_floor():
    noise, silence = 0.1 * np.random.default_rng(0).standard_normal(16_000), np.zeros(16_000)
    assert _distance(silence, silence) == 0
    expected = np.mean(log_mel(noise) - np.log(FLOOR))
    assert _distance(noise, silence) == pytest.approx(expected)
    assert _distance(silence, 1e-7 * noise) == 0
