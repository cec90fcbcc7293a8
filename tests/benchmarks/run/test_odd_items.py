"""A run with every metric on items that no test set should hold: reasons, never wrong numbers."""

import numpy as np
import pandas as pd
import pytest
import soundfile

from nscbench.benchmarks.cli import main

SUITE = """
[[condition]]
codec = "opus"
kbps = 12
[[condition]]
codec = "pcm"
"""


@pytest.fixture(scope="module")
def rows(tmp_path_factory, speech_like):
    folder = tmp_path_factory.mktemp("odd")
    items = folder / "größe 你好"
    items.mkdir()
    speech = np.asarray(speech_like(3.0, 16_000, 1), dtype=np.float64)
    speech /= np.abs(speech).max()
    soundfile.write(items / "plain.flac", 0.5 * speech, 16_000)
    soundfile.write(items / "silence.wav", np.zeros(32_000), 16_000)
    soundfile.write(items / "ten ms.wav", speech[8000:8160], 16_000)
    soundfile.write(items / "clipped.flac", np.clip(20 * speech, -1, 1), 16_000)
    soundfile.write(items / "quiet.flac", 1e-4 * speech, 16_000)
    stereo = np.stack([speech_like(3.0, 44_100, 2)] * 2, 1)
    soundfile.write(items / "stereo 44.1.wav", stereo / np.abs(stereo).max(), 44_100)
    eight = np.asarray(speech_like(3.0, 8_000, 3), dtype=np.float64)
    soundfile.write(items / "narrow.wav", eight / np.abs(eight).max(), 8_000)
    suite = folder / "suite.toml"
    suite.write_text(SUITE)
    status = main(["run", str(suite), "--items", str(items), "--out", str(folder / "run")])
    table = pd.read_csv(folder / "run" / "rows.csv")
    return status, table.set_index(["condition", "item", "column"]).sort_index()


pytestmark = [pytest.mark.slow, pytest.mark.timeout(600)]


def test_failures_are_told(rows):
    status, table = rows
    assert status == 1
    assert set(table.index.get_level_values("item")) == {
        "plain", "silence", "ten ms", "clipped", "quiet", "stereo 44.1", "narrow",
    }  # fmt: skip
    assert (table["value"].isna() == table["error"].notna()).all()


@pytest.mark.parametrize("item", ["plain", "clipped", "stereo 44.1", "narrow"])
def test_speech_is_measured_whatever_its_form(rows, item):
    pcm = rows[1].loc["pcm", item]
    assert pcm["error"].drop("drift_ppm", errors="ignore").isna().all()
    assert pcm["value"]["pesq_wb"] > 4.5
    assert pcm["value"]["delay_ms"] == 0
    assert pcm["value"]["polarity"] == 1
    opus = rows[1].loc["opus-12", item, "pesq_wb"]["value"]
    assert 1 < opus < pcm["value"]["pesq_wb"]


@pytest.mark.parametrize("column", ["pesq_wb", "stoi", "estoi", "visqol", "mcd", "f0_rmse"])
@pytest.mark.parametrize("item", ["silence", "ten ms"])
def test_what_has_no_speech_has_no_quality(rows, item, column):
    line = rows[1].loc["pcm", item, column]
    assert np.isnan(line["value"])
    assert "silent" in line["error"] or " s long; " in line["error"]


def test_a_very_quiet_reference_is_called_silent(rows):
    line = rows[1].loc["opus-12", "quiet", "pesq_wb"]
    assert np.isnan(line["value"])
    assert "the reference is silent" in line["error"]
