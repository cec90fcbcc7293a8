"""Suites that score at 24 and 48 kHz."""

import shutil
import subprocess

import numpy as np
import pandas as pd
import pytest
import soundfile
import soxr

from nscbench import metrics
from nscbench.benchmarks.cli import main
from nscbench.benchmarks.run.plan import Plan
from nscbench.benchmarks.run.provenance import metric_version
from nscbench.benchmarks.run.stages import Score
from nscbench.benchmarks.run.suite import SuiteError, load_suite
from nscbench.codecs.filters import lowpass
from nscbench.reports.tables.printed import show

RATE = 48_000
SUITE = """
metrics = {metrics}
sample_rate = {rate}
[[condition]]
codec = "pcm-48k"
"""


def suite(folder, rate=RATE, names=("lsd", "stoi")):
    path = folder / "wide.toml"
    path.write_text(SUITE.format(metrics=list(names), rate=rate).replace("'", '"'))
    return load_suite(str(path))


@pytest.fixture
def pair(tmp_path, speech_like):
    """A recording of 48 kHz, and the same without what is above 7 kHz."""
    signal = speech_like(1.2, RATE).astype(np.float64)
    for name, samples in (("a", signal), ("low", lowpass(signal, 7000, RATE))):
        soundfile.write(tmp_path / f"{name}.flac", np.clip(samples, -1, 1), RATE, "PCM_24")
    return tmp_path / "a.flac", tmp_path / "low.flac"


def values(score):
    return {c: v for outcome in score.do().outcomes for c, v in outcome.values.items()}


def test_spectral_distances_hear_the_band_of_the_suite_and_pesq_its_own(pair):
    names = ["lsd", "mel_distance", "bandwidth", "stoi", "level"]
    wide, narrow = (values(Score(*pair, names, rate=rate)) for rate in (RATE, 16_000))
    assert wide["lsd"] > 3 * narrow["lsd"]
    assert wide["mel_distance"] > 3 * narrow["mel_distance"]
    assert wide["band_lost_khz"] > 10 > 2 > narrow["band_lost_khz"]
    assert {c: wide[c] for c in ("stoi", "estoi", "level_db")} == {
        c: narrow[c] for c in ("stoi", "estoi", "level_db")
    }


def test_a_delay_is_removed_at_the_rate_of_the_suite(pair, tmp_path):
    signal, _ = soundfile.read(pair[0])
    late = np.concatenate([np.zeros(480), signal])[: len(signal)]
    soundfile.write(tmp_path / "late.flac", late, RATE, "PCM_24")
    assert values(Score(pair[0], tmp_path / "late.flac", ["lsd"], rate=RATE))["lsd"] < 0.2


def test_the_rate_is_part_of_the_version():
    assert metric_version("lsd", None, RATE) == metric_version("lsd") + ", at 48000 Hz"
    assert metric_version("stoi", None, RATE) == metric_version("stoi")


def test_audio_mode_is_for_suites_of_48_khz(tmp_path):
    assert "visqol_audio" in suite(tmp_path, names=["visqol_audio"]).metrics
    low = suite(tmp_path, rate=24_000, names=["visqol_audio", "lsd"])
    assert low.not_measured == {"visqol_audio": "measures 48000 Hz; 24000 Hz are scored"}
    assert "visqol_audio" not in load_suite("demo").metrics
    assert "visqol_audio" not in load_suite("demo").unavailable


def test_a_plan_measures_at_the_rate_of_its_suite(tmp_path):
    assert Plan(suite(tmp_path), [], "cpu").versions["lsd"].endswith("at 48000 Hz")


def test_a_rate_that_no_suite_has_is_refused(tmp_path):
    with pytest.raises(SuiteError, match="sample_rate is 16000, 24000, 48000 Hz, not 44100"):
        suite(tmp_path, rate=44_100)


def test_items_of_a_lower_rate_are_refused(tmp_path, capsys):
    suite(tmp_path)
    (tmp_path / "items").mkdir()
    soundfile.write(tmp_path / "items" / "a.wav", np.zeros(8000), 8000)
    words = ["run", tmp_path / "wide.toml", "--items", tmp_path / "items", "--out", tmp_path / "r"]
    assert main([str(word) for word in words]) == 2
    assert "1 of 1 items have less than 48000 Hz (a: 8000 Hz)" in capsys.readouterr().err
    assert not (tmp_path / "r" / "rows.csv").exists()


def test_known_rates_of_metrics():
    at_48 = {name: metrics.get(name).measured_at(RATE).sample_rate for name in ("lsd", "pesq")}
    assert at_48 == {"lsd": RATE, "pesq": 16_000}


@pytest.fixture(scope="module")
def spoken(tmp_path_factory):
    """Four recordings of 48 kHz by a synthesizer that ends at 11 kHz, with breath up to 24 kHz."""
    if not shutil.which("espeak-ng"):
        pytest.skip("espeak-ng is not installed")
    folder = tmp_path_factory.mktemp("spoken")
    voices = ("en-us", "en-gb", "en-us+f3", "en-gb+m5")
    for number, voice in enumerate(voices):
        text = "Choose a measure of white rice, rinse it twice, and boil it slowly."
        subprocess.run(
            ["espeak-ng", "-v", voice, "-w", str(folder / "raw.wav"), text], check=True
        )  # fmt: skip
        signal, rate = soundfile.read(folder / "raw.wav")
        signal = soxr.resample(signal, rate, RATE, quality="VHQ")
        breath = np.diff(np.random.default_rng(number).standard_normal(len(signal) + 1))
        loud = np.convolve(signal**2, np.ones(2400) / 2400, "same") ** 0.5
        signal = signal + 0.05 * loud * breath
        soundfile.write(folder / f"{number}.flac", 0.5 * signal / abs(signal).max(), RATE, "PCM_24")
    (folder / "raw.wav").unlink()
    return folder


@pytest.mark.slow
def test_opus_at_24_kbit_is_full_band_and_a_low_pass_is_not(spoken, tmp_path, capsys):
    text = """
title = "Full band"
sample_rate = 48000
metrics = ["visqol_audio", "visqol", "lsd", "bandwidth"]
[[condition]]
codec = "opus-fb"
kbps = [24, 64]
[[condition]]
codec = "opus"
kbps = 24
[[condition]]
codec = "pcm-48k"
[[condition]]
codec = "lowpass-48k"
khz = 7
"""
    (tmp_path / "full.toml").write_text(text)
    words = ["run", tmp_path / "full.toml", "--items", spoken, "--out", tmp_path / "run"]
    assert main([*map(str, words), "--workers", "1"]) == 0
    table = pd.read_csv(tmp_path / "run" / "leaderboard.csv").set_index("condition")
    assert (table["lsd_hz"] == RATE).all()
    assert (table["visqol_audio_hz"] == RATE).all()
    assert (table["visqol_hz"] == 16_000).all()
    assert "LSD 48k" in show(table.reset_index())
    audio, lsd, lost = (table[c] for c in ("visqol_audio", "lsd", "band_lost_khz"))
    assert audio["pcm-48k"] > 4.7 > audio["opus-fb-64"] > audio["opus-fb-24"]
    assert audio["opus-fb-24"] > audio["lowpass-48k-7"]
    assert lsd["pcm-48k"] < 1 < lsd["opus-fb-24"] < lsd["lowpass-48k-7"]
    assert table["visqol"]["lowpass-48k-7"] > 4  # at 16 kHz nothing is missed
    assert lost["pcm-48k"] == 0
    assert lost["opus-fb-24"] < 5 < 15 < lost["lowpass-48k-7"]
    assert lost["opus-24"] > 15
    assert main(["report", str(tmp_path / "run"), "--out", str(tmp_path / "page")]) == 0
    findings = pd.read_csv(tmp_path / "page" / "findings.csv").set_index(["kind", "subject"])
    assert "lacks the upper" in findings.loc[("low-pass", "opus-24"), "text"]
    assert ("low-pass", "opus-fb-64") not in findings.index
    assert main(["verify", str(tmp_path / "run"), "--fraction", "0.1"]) == 0
