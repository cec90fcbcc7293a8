"""A small run."""

import numpy as np
import pytest
import soundfile

from nscbench.benchmarks.cli import main
from support.inline_workers import no_processes

SUITE = """
metrics = ["si_sdr"]
[[condition]]
codec = "pcm"
[[condition]]
codec = "mnru"
q = 20
"""


@pytest.fixture(scope="module")
def finished(tmp_path_factory):
    """Directory of a run of two conditions on two items."""
    folder = tmp_path_factory.mktemp("cost")
    (folder / "items").mkdir()
    for name in "ab":
        audio = 0.1 * np.random.default_rng(ord(name)).normal(size=16_000)
        soundfile.write(folder / "items" / f"{name}.flac", audio, 16_000)
    (folder / "suite.toml").write_text(SUITE)
    words = ["run", folder / "suite.toml", "--items", folder / "items", "--out", folder / "run"]
    with no_processes():
        assert main(list(map(str, words))) == 0
    return folder / "run"
