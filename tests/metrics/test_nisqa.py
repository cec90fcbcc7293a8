"""NISQA's spectrogram against librosa's, its segments, and its network's input and output."""

import numpy as np
import pytest

from nscbench.metrics.nisqa import METRIC, mel_spectrogram, segments

# Of `closed_form["clean"]`, by librosa 0.11.0 with the settings of the published weights:
#   S = librosa.feature.melspectrogram(
#       y=clean, sr=16000, n_fft=4096, hop_length=160, win_length=320, window="hann", center=True,
#       pad_mode="reflect", power=1.0, n_mels=48, fmin=0.0, fmax=20e3, htk=False, norm="slaney")
#   librosa.amplitude_to_db(S, ref=1.0, amin=1e-4, top_db=80.0)
LIBROSA = {
    (0, 0): -25.153730935866538,
    (0, 10): -3.0577550296021423,
    (5, 17): -14.489627967897116,
    (12, 100): -49.76357462922734,
    (20, 150): -72.34398034621223,  # 80 dB below the largest
    (30, 299): -32.328905974197056,
    (33, 210): -72.34398034621223,
    (47, 300): -72.34398034621223,  # above half the rate
}


def test_the_spectrogram_is_librosas(closed_form):
    found = mel_spectrogram(closed_form["clean"])
    assert found.shape == (48, 301)
    for place, level in LIBROSA.items():
        assert found[place] == pytest.approx(level, abs=1e-5)
    assert found.mean() == pytest.approx(-53.1604585378938, abs=1e-5)


def test_segments_are_15_frames_every_4():
    levels = np.arange(48 * 32, dtype=np.float64).reshape(48, 32)
    cut = segments(levels)
    assert cut.shape == (1, 5, 1, 48, 15)  # frames 0, 4, 8, 12, 16 of 32 - 14
    np.testing.assert_array_equal(cut[0, 4, 0], levels[:, 16:31])


def test_five_ratings_in_the_published_order(stand_ins, closed_form):
    """The stand-in rates by the means of the first five bands, in this order."""
    values = METRIC.score(closed_form["clean"], closed_form["muffled"])
    cut = segments(mel_spectrogram(closed_form["muffled"]))
    means = cut.astype(np.float64).mean(axis=(0, 1, 2, 4))[:5]
    assert list(values) == [
        "nisqa", "nisqa_noisiness", "nisqa_discontinuity", "nisqa_coloration", "nisqa_loudness",
    ]  # fmt: skip
    np.testing.assert_allclose(list(values.values()), means, rtol=1e-5)
    assert set(METRIC.directions.values()) == {"higher"}
