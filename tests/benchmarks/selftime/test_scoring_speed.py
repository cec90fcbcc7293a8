"""The timing of metrics: what it times, and what it says."""

import numpy as np
import pytest
import soundfile

from nscbench import metrics
from nscbench.benchmarks.run import stages
from nscbench.benchmarks.selftime import package_calls, scoring_speed, timing
from nscbench.benchmarks.selftime.scoring_speed import MetricLine
from nscbench.benchmarks.selftime.timing import Pass
from nscbench.metrics.machinery import pitch
from nscbench.metrics.machinery.remember import forget


def passes(wall, cpu, value):
    return [Pass(wall, cpu, [{"pesq_wb": value}]) for _ in range(3)]


def test_pairs_are_items_with_noise_at_the_stated_level():
    pairs = scoring_speed.degraded_pairs("demo", 2)
    assert len(pairs) == 2 * len(scoring_speed.QUALITIES)
    measured = []
    for reference, degraded in pairs:
        noise = degraded - reference
        measured.append(10 * np.log10(np.sum(reference**2) / np.sum(noise**2)))
    assert sorted(np.round(measured)) == sorted(2 * scoring_speed.QUALITIES)


def test_table_says_what_the_passes_say():
    alone = MetricLine(
        ["pesq"], passes(4.0, 4.0, 2.5), passes(2.0, 2.0, 2.25), passes(1.0, 2.2, 2.25)
    )
    own = MetricLine(["lsd"], [], passes(1.0, 1.0, 2.25), passes(0.5, 1.0, 2.25))
    every = MetricLine(["pesq", "lsd"], [], passes(3.0, 3.0, 2.25), passes(1.5, 3.3, 2.25))
    text = scoring_speed.table([alone, own, every], seconds=10.0)
    rows = {line.split()[0]: line.split() for line in text.splitlines() if line}
    assert rows["pesq"][1:5] == ["0.4000", "0.2000", "2.0x", "2e-01"]
    assert rows["pesq"][5:] == ["5", "(5-5)", "10", "(10-10)", "2.00"]
    assert rows["sum"][3:] == ["0.4000", "0.2000", "2.0x"]
    assert "score 2.00 times what one does" in text
    assert "in 1.10 times its CPU time" in text
    # (4 s of the package's call + 1 s of the other metric) / 2
    assert "take 0.60 of the floor" in text
    assert "1 packages' calls, 1 other metrics" in text
    assert max(map(len, text.splitlines())) <= 100


def test_floor_is_not_stated_without_every_package_s_call():
    alone = MetricLine(
        ["pesq"], passes(4.0, 4.0, 2.5), passes(2.0, 2.0, 2.25), passes(1.0, 2.2, 2.25)
    )
    uncalled = MetricLine(["dnsmos"], [], passes(2.0, 2.0, 3.0), passes(1.0, 2.2, 3.0))
    every = MetricLine(["pesq", "dnsmos"], [], passes(4.0, 4.0, 2.25), passes(2.0, 4.3, 2.25))
    last = scoring_speed.table([alone, uncalled, every], seconds=10.0).splitlines()[-1]
    assert "no comparison with the floor" in last
    assert "dnsmos" in last
    assert not any(character.isdigit() for character in last)


def test_every_call_gives_columns_of_its_metric(speech_like):
    signal = speech_like(1.2, 16_000).astype(np.float64)
    for name, call in package_calls.CALLS.items():
        if not package_calls.missing(name):
            assert call(signal, signal).keys() == metrics.get(name).directions.keys()


def test_items_that_are_none_are_an_error(tmp_path, capsys):
    assert scoring_speed.main(["--items", str(tmp_path)]) == 2
    assert "no items" in capsys.readouterr().err


@pytest.fixture
def tracked(speech_like, monkeypatch):
    """The pairs that a worker holds: two of one reference; and the signals that F0 is found in."""
    reference = speech_like(1.2, 16_000).astype(np.float64)
    pairs = [(reference, gain * reference) for gain in (0.9, 0.8)]
    monkeypatch.setattr(timing, "_held", timing.Held(pairs))
    calls = []
    correlate = pitch._autocorrelation
    monkeypatch.setattr(
        pitch, "_autocorrelation", lambda frames: calls.append(len(frames)) or correlate(frames)
    )
    forget()
    return calls


def test_a_pass_computes_what_an_earlier_one_did(tracked):
    for turn, names in enumerate((["f0_rmse"], ["vuv_error"], ["vuv_error"]), start=1):
        timing.score(names, turn, 0)
        assert len(tracked) == 2 * turn


def test_metrics_share_within_a_pass(tracked):
    for number, signals in enumerate((2, 3)):
        timing.score(["f0_rmse", "vuv_error"], 1, number)
        assert len(tracked) == signals


def test_metrics_are_scored_as_a_run_scores_them(speech_like, monkeypatch, tmp_path):
    """A late signal, which those metrics get that want it so without its delay."""
    signal = speech_like(1.5, 16_000)
    pair = (signal, np.concatenate([np.zeros(160, np.float32), 0.5 * signal[:-160]]))
    paths = [tmp_path / "reference.wav", tmp_path / "degraded.wav"]
    for path, samples in zip(paths, pair, strict=True):
        soundfile.write(path, samples, 16_000, subtype="FLOAT")
    monkeypatch.setattr(timing, "_held", timing.Held([tuple(s.astype(np.float64) for s in pair)]))
    names = ["stoi", "lsd", "si_sdr", "level"]
    assert any(metrics.get(name).aligned for name in names)
    expected = {}
    for outcome in stages.Score(*paths, names).do().outcomes:
        assert not outcome.error
        expected |= outcome.values
    _, values = timing.score(names, 1, 0)
    assert values == expected


@pytest.mark.slow
def test_measures_every_metric_in_workers():
    lines = scoring_speed.time_metrics(scoring_speed.degraded_pairs("demo", 1), repeats=1)
    here = [name for name, metric in metrics.available().items() if not metric.unavailable()]
    assert [line.names[0] for line in lines[:-1]] == here
    for line in lines:
        assert len(line.one) == len(line.two) == 1
        assert line.one[0].values == line.two[0].values
        if line.package:
            assert line.differs() < 1e-5
