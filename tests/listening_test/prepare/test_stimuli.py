"""The signals of a trial: lengths, delays, levels, and what cannot be heard or read."""

import numpy as np
import pyloudnorm
import pytest
import soundfile

from nscbench.listening_test.prepare.trials import make_test
from nscbench.listening_test.schema import BuildError
from support.mushra_run import DELAY, ITEMS, RATE, by_condition, record_decoded


def test_every_signal_of_a_trial_has_the_length_of_the_reference(test):
    for trial in test.trials:
        lengths = {len(samples) for samples in trial.samples.values()}
        assert lengths == {round(ITEMS[trial.item][0] * RATE)}


def test_hidden_reference_is_the_open_one(test):
    for trial in test.trials:
        hidden = by_condition(trial)["reference"]
        assert np.array_equal(hidden, trial.samples[trial.reference])
        assert trial.reference not in trial.stimuli


def test_delay_and_level_of_a_condition_are_undone(test):
    for trial in test.trials:
        signals = by_condition(trial)
        inside = slice(0, -DELAY)
        error = signals["late-1"][inside] - signals["reference"][inside].astype(float)
        assert np.abs(error).max() < 0.01 * np.abs(signals["reference"].astype(float)).max()
        treatment = trial.treatments["late-1"]
        assert treatment.delay_ms == pytest.approx(1000 * DELAY / RATE)
        gain = treatment.gain_db - trial.treatments["reference"].gain_db
        assert gain == pytest.approx(20 * np.log10(2), abs=0.05)


def test_loudness_is_matched_and_nothing_peaks(test):
    meter = pyloudnorm.Meter(RATE)
    for trial in test.trials:
        signals = {name: s / 32768 for name, s in by_condition(trial).items()}
        loudness = {name: meter.integrated_loudness(s) for name, s in signals.items()}
        for name in ("late-1", "noisy-6"):
            assert loudness[name] == pytest.approx(loudness["reference"], abs=0.05)
        assert loudness["reference"] <= -22.95
        assert max(np.abs(s).max() for s in signals.values()) <= 10 ** (-1 / 20) + 1e-4


def test_silence_is_refused(broken):
    for item in "abcde":
        path = broken / "decoded" / "noisy-6" / f"{item}.flac"
        soundfile.write(path, np.zeros(round(ITEMS[item][0] * RATE)), RATE)
    record_decoded(broken)
    with pytest.raises(BuildError, match="noisy-6.*silent|silent.*noisy-6"):
        make_test(broken)


def test_an_unreadable_recording_is_refused(broken):
    for path in (broken / "decoded" / "noisy-6").iterdir():
        path.write_bytes(b"no audio")
    record_decoded(broken)
    with pytest.raises(BuildError, match="noisy-6: .*not audio"):
        make_test(broken)


def test_clipping_is_told(broken):
    for item in "abcde":
        path = broken / "decoded" / "noisy-6" / f"{item}.flac"
        loud, _ = soundfile.read(path)
        soundfile.write(path, np.clip(8 * loud, -1, 32767 / 32768), RATE, subtype="PCM_16")
    record_decoded(broken)
    remarks = make_test(broken).remarks
    assert sum("noisy-6" in r and "samples are clipped" in r for r in remarks) == 5
    assert any("dB against the reference: matched" in r for r in remarks)
