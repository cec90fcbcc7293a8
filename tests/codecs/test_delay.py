"""Decoded signals are aligned with what was encoded: delay by cross-correlation.

At the first operating point of each codec, and among the slow tests at the others.
"""

import numpy as np
import pytest
import torch

from nscbench.codecs import available, make
from nscbench.codecs.coding.framed import FramedCodec
from nscbench.codecs.noise import Noise

# These model speech without matching its waveform; their envelope is what can be aligned.
PARAMETRIC = [("codec2", {"kbps": kbps}) for kbps in (0.7, 1.2, 1.3, 1.4, 1.6, 2.4, 3.2)]
PARAMETRIC.append(("speex", {"kbps": 3.95}))
WAVEFORM = [
    pytest.param((codec.name, dict(point)), marks=pytest.mark.slow if number else ())
    for codec in available().values()
    if issubclass(codec, FramedCodec)
    for number, point in enumerate(codec.operating_points)
    if (codec.name, point) not in PARAMETRIC
]


@pytest.fixture
def codec(request):
    name, settings = request.param
    if missing := available()[name].unavailable():
        pytest.skip(missing)
    return make(name, settings)


def lag(reference, degraded, largest=400):
    """Samples by which `degraded` is late: the peak of the cross-correlation."""
    size = 2 * max(len(reference), len(degraded))
    cross = np.fft.irfft(np.conj(np.fft.rfft(reference, size)) * np.fft.rfft(degraded, size), size)
    return int(np.argmax(np.concatenate([cross[-largest:], cross[: largest + 1]]))) - largest


def round_trip(codec, signal):
    payloads = codec.encode([torch.from_numpy(signal)])
    return codec.decode(payloads, Noise([1]))[0].numpy()[: len(signal)]


@pytest.mark.parametrize(("shift", "expected"), [(0, 0), (7, 7), (-3, -3)])
def test_lag_is_measured(speech_like, shift, expected):
    signal = speech_like(1, 16_000)
    assert lag(signal, np.roll(signal, shift)) == expected


@pytest.mark.parametrize("codec", WAVEFORM, ids=str, indirect=True)
def test_waveform_is_aligned_within_a_sample(codec, speech_like):
    """Within one of 16 kHz, where the rate is higher: Opus moves the phase of low frequencies."""
    signal = speech_like(2, codec.sample_rate)
    assert abs(lag(signal, round_trip(codec, signal))) <= max(1, codec.sample_rate // 16_000)


def envelope(signal, rate):
    window = np.hanning(rate // 25)  # 40 ms
    return np.sqrt(np.convolve(signal**2, window / window.sum(), mode="same"))


@pytest.mark.parametrize("codec", PARAMETRIC, ids=str, indirect=True)
def test_envelope_is_aligned_within_5_ms(codec, speech_like):
    signal = speech_like(4, codec.sample_rate)
    envelopes = [envelope(s, codec.sample_rate) for s in (signal, round_trip(codec, signal))]
    centred = [e - e.mean() for e in envelopes]
    assert abs(lag(*centred)) <= 0.005 * codec.sample_rate
