"""Where metrics look for weights, what they say without them, and what makes a version."""

import hashlib
import shutil
import subprocess
import threading
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer

import pytest

from nscbench import metrics
from nscbench.benchmarks.provenance import metric_version
from nscbench.metrics.base import MetricUnavailable
from nscbench.metrics.weights import Weights, folder, needs

LOADING = [name for name, metric in metrics.available().items() if metric.weights]


def test_the_folder_is_the_chosen_one_or_in_the_cache(monkeypatch, tmp_path):
    monkeypatch.setenv("NSCBENCH_WEIGHTS", str(tmp_path))
    assert folder() == tmp_path
    monkeypatch.delenv("NSCBENCH_WEIGHTS")
    monkeypatch.setenv("XDG_CACHE_HOME", "/c")
    assert str(folder()) == "/c/nscbench/weights"
    monkeypatch.delenv("XDG_CACHE_HOME")
    monkeypatch.setenv("HOME", "/h")
    assert str(folder()) == "/h/.cache/nscbench/weights"


def test_these_metrics_load_weights():
    assert set(LOADING) == {
        "scoreq_nr", "scoreq_ref", "utmos", "nisqa", "wer", "speaker_similarity",
    }  # fmt: skip


@pytest.mark.parametrize("name", LOADING)
def test_a_missing_file_is_named_with_the_command_that_gets_it(name, monkeypatch, tmp_path):
    pytest.importorskip("jiwer")
    pytest.importorskip("transformers")
    monkeypatch.setenv("NSCBENCH_WEIGHTS", str(tmp_path))
    weights = metrics.get(name).weights
    text = metrics.get(name).unavailable()
    assert all(file in text for file in weights.files)
    assert f"curl -fL --create-dirs --output-dir {tmp_path / weights.name}" in text
    assert f"{weights.url}/" in text
    with pytest.raises(MetricUnavailable, match="curl"):
        metric_version(name)


@pytest.mark.parametrize("name", LOADING)
def test_other_weights_are_another_version(name, stand_ins, monkeypatch, tmp_path):
    metric = metrics.get(name)
    assert metric.unavailable() == ""
    before = metric_version(name)
    shutil.copytree(stand_ins, tmp_path / "copy")
    monkeypatch.setenv("NSCBENCH_WEIGHTS", str(tmp_path / "copy"))
    assert metric_version(name) == before
    with metric.weights.path(metric.weights.files[-1]).open("ab") as file:
        file.write(b"\n")
    assert metric_version(name) != before


def test_a_missing_package_comes_before_the_files(monkeypatch, tmp_path):
    monkeypatch.setenv("NSCBENCH_WEIGHTS", str(tmp_path))
    weights = Weights("w", "https://host/w", ("a",))
    assert needs(weights, ("no_such", "numpy"), "it")() == "no no_such: pip install it"


def test_a_file_that_is_not_the_published_one_is_told(monkeypatch, tmp_path):
    monkeypatch.setenv("NSCBENCH_WEIGHTS", str(tmp_path))
    digest = hashlib.sha256(b"published").hexdigest()
    weights = Weights("w", "https://host/w", ("a", "b"), {"a": digest})
    assert weights.foreign() == []
    weights.folder.mkdir()
    weights.path("a").write_bytes(b"published")
    weights.path("b").write_bytes(b"anything")
    assert weights.foreign() == []
    weights.path("a").write_bytes(b"another")
    assert weights.foreign() == ["a"]


@pytest.mark.skipif(shutil.which("curl") is None, reason="curl is not installed")
def test_the_command_gets_the_files(monkeypatch, tmp_path):
    served, here = tmp_path / "served" / "w", tmp_path / "here with spaces"
    served.mkdir(parents=True)
    for name in ("a", "b"):
        (served / name).write_text(name * 1000)
    handler = partial(SimpleHTTPRequestHandler, directory=str(served.parent))
    monkeypatch.setattr(SimpleHTTPRequestHandler, "log_message", lambda *_: None)
    monkeypatch.setenv("NSCBENCH_WEIGHTS", str(here))
    with ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        weights = Weights("w", f"http://127.0.0.1:{server.server_port}/w", ("a", "b"))
        subprocess.run(weights.command, shell=True, check=True, capture_output=True)
        server.shutdown()
    assert weights.missing() == ""
    assert weights.path("b").read_text() == "b" * 1000
