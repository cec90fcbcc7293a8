"""A run with audio, and its report."""

import pytest

from nscbench.benchmarks.cli import main
from support.runs import items, ladder, write_audio, write_run

CONTROLS = {
    "pcm": ("pcm", "control", 256, 2.0),
    "lowpass-7": ("lowpass", "control", 256, 1.9),
    "ceiling": ("ceiling", "oracle", 0, 1.5),
}

HOSTILE = "</script><b>"


@pytest.fixture(scope="module")
def finished(tmp_path_factory):
    """A run with audio: two codecs at four bitrates, two controls, an oracle, one failure."""
    root = tmp_path_factory.mktemp("report") / "run"
    conditions = ladder("opus") | ladder("new", 0.15) | CONTROLS
    listed = [item | {"speaker": HOSTILE + item["speaker"]} for item in items(12, 6)]
    write_run(root, conditions, listed, missing=[("new-6", "i003")])
    write_audio(root)
    return root


@pytest.fixture(scope="module")
def report(finished):
    """Its report's folder."""
    assert main(["report", str(finished), "--out", str(finished.parent / "report")]) == 0
    return finished.parent / "report"
