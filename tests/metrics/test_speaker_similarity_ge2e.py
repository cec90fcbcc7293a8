"""Speaker similarity by GE2E: values of Resemblyzer, and its windows."""

import numpy as np
import pytest

from nscbench.metrics.base import MetricError
from nscbench.metrics.speaker_similarity_ge2e import METRIC, spoken, windows

pytest.importorskip("webrtcvad")

# By resemblyzer 0.1.4 with librosa 0.11.0: cosine of embed_utterance(preprocess_wav(signal))
PUBLISHED = {
    "clean": 1.0,
    "clipped": 0.9714702367782593,
    "echo": 0.9693241715431213,
    "muffled": 0.8695448637008667,
}


@pytest.mark.parametrize("name", PUBLISHED)
def test_the_value_is_the_packages(name, closed_form):
    if missing := METRIC.unavailable():
        pytest.skip(missing)
    value = METRIC.score(closed_form["clean"], closed_form[name])["speaker_similarity_ge2e"]
    assert value == pytest.approx(PUBLISHED[name], abs=1e-5)
    assert METRIC.directions == {"speaker_similarity_ge2e": "higher"}


def test_a_quiet_signal_is_raised_and_a_loud_one_is_not(closed_form):
    loud = closed_form["clean"]
    assert np.array_equal(spoken(loud), loud[: len(spoken(loud))])
    quiet = spoken(0.001 * loud)
    assert np.sqrt(np.mean(quiet**2)) == pytest.approx(10**-1.5, rel=0.05)


def test_long_silences_are_shortened(closed_form):
    speech = closed_form["clean"]
    silence = np.zeros(32_000)
    kept = spoken(np.concatenate([speech, silence, speech]))
    assert 2 * len(speech) <= len(kept) < 2 * len(speech) + 16_000


def test_what_has_no_speech_is_refused():
    with pytest.raises(MetricError, match="finds no speech"):
        spoken(np.zeros(16_000))


@pytest.mark.parametrize(
    ("seconds", "number"),
    # a second window begins at 0.77 s, and counts from 0.75 of its 1.6 s: 1.97 s
    [(0.3, 1), (1.6, 1), (1.96, 1), (1.98, 2), (2.73, 2), (2.75, 3)],
)
def test_windows_of_the_signal(seconds, number):
    noise = np.random.default_rng(0).uniform(-0.1, 0.1, round(seconds * 16_000))
    assert windows(noise).shape == (number, 160, 40)
