"""Recordings outside the range of metrics: told at the item and at the run, levelled if wanted."""

import json

import numpy as np
import pandas as pd
import pytest
import soundfile

from nscbench.benchmarks.cli import main
from support.inline_workers import no_processes

SUITE = """
{settings}
metrics = ["lsd", "stoi", "level", "si_sdr"]
[[condition]]
codec = "noise"
[[condition]]
codec = "mnru"
q = 20
"""


@pytest.fixture(scope="module")
def items(tmp_path_factory, speech_like):
    """One recording at -26 dBFS, as it should be; quiet, offset, and channels in antiphase."""
    folder = tmp_path_factory.mktemp("items")
    speech = np.asarray(speech_like(1.5, 16_000, 1), dtype=np.float64)
    speech *= 10 ** (-26 / 20) / np.sqrt(np.mean(speech**2))
    soundfile.write(folder / "plain.wav", speech, 16_000, subtype="FLOAT")
    soundfile.write(folder / "quiet.wav", speech * 10 ** (-30 / 20), 16_000, subtype="FLOAT")
    soundfile.write(folder / "offset.wav", 0.5 * speech + 0.1, 16_000, subtype="FLOAT")
    soundfile.write(folder / "wired.wav", np.stack([speech, -speech], 1), 16_000, subtype="FLOAT")
    return folder


@pytest.fixture(scope="module")
def run(items, tmp_path_factory):
    """Runs a suite with these settings; its folder."""

    def run(settings=""):
        folder = tmp_path_factory.mktemp("run")
        (folder / "suite.toml").write_text(SUITE.format(settings=settings))
        words = ["run", str(folder / "suite.toml"), "--items", str(items)]
        with no_processes():
            main([*words, "--out", str(folder / "out")])
        return folder / "out"

    return run


def values(folder):
    rows = pd.read_csv(folder / "rows.csv").set_index(["condition", "item", "column"])
    return rows.sort_index()


@pytest.mark.slow
def test_the_run_says_what_misleads_its_metrics(run, capsys):
    folder = run()
    said = [line for line in capsys.readouterr().out.splitlines() if line.startswith("check: ")]
    assert "check: 2 of 4 references lie under -45 dBFS: LSD falls with it" in said
    offset = "check: 1 of 4 references have a DC offset of more than 5 % of their RMS: "
    assert f"{offset}LSD rises with it, SI-SDR falls with it" in said
    assert "check: 1 of 4 references have channels that cancel each other" in said
    told = [
        tuple(notice) for notice in json.loads((folder / "manifest.json").read_text())["notices"]
    ]
    assert ("quiet", "quiet: -56.0 dBFS RMS") in told
    assert ("offset", "DC offset: +0.1000 of full scale") in told
    assert ("wired", "channels cancel: the mean of 2 is silent") in told
    assert not [notice for item, notice in told if item == "plain"]
    error = values(folder).loc[("noise", "wired", "stoi"), "error"]
    assert error.endswith("(channels cancel: the mean of 2 is silent)")
    assert "-600" not in error


@pytest.mark.slow
def test_a_suite_may_bring_pairs_to_one_level(run, capsys):
    """Quiet and plain are the same speech: at one level, they have the same distance."""
    plain, levelled = values(run()), values(run("normalize = -26"))
    point = plain.index.levels[0].drop("noise")[0]
    as_is = [plain.loc[(point, item, "lsd"), "value"] for item in ("plain", "quiet")]
    at_level = [levelled.loc[(point, item, "lsd"), "value"] for item in ("plain", "quiet")]
    assert as_is[1] < 0.9 * as_is[0]
    assert at_level[1] == pytest.approx(at_level[0], rel=0.1)
    assert at_level[0] == pytest.approx(as_is[0], rel=1e-3)


@pytest.mark.slow
def test_the_level_is_recorded_and_repeated(run, capsys):
    folder = run("normalize = -20.5")
    manifest = json.loads((folder / "manifest.json").read_text())
    assert manifest["suite"]["normalize"] == -20.5
    assert all(entry["version"].endswith("level -20.5 dBFS") for entry in manifest["metrics"])
    assert "normalize" not in json.loads((run() / "manifest.json").read_text())["suite"]
    capsys.readouterr()
    assert main(["verify", str(folder)]) == 0
    manifest["suite"]["normalize"] = "loud"
    (folder / "manifest.json").write_text(json.dumps(manifest))
    assert main(["verify", str(folder)]) == 2
    assert "suite.normalize is 'loud', not a number" in capsys.readouterr().err


@pytest.mark.parametrize("level", ["0", "-61", "nan", "true", '"-26"', "-inf"])
def test_levels_that_no_signal_can_have_are_refused(tmp_path, capsys, level):
    (tmp_path / "suite.toml").write_text(SUITE.format(settings=f"normalize = {level}"))
    words = ["run", str(tmp_path / "suite.toml"), "--items", str(tmp_path)]
    assert main([*words, "--out", str(tmp_path / "out")]) == 2
    assert "normalize" in capsys.readouterr().err
