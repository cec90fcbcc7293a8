"""Where metrics look for weights, what they say without them, and what makes a version."""

import hashlib
import json
import os
import shutil
from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
import soundfile

from nscbench import metrics
from nscbench.benchmarks.cli import main
from nscbench.benchmarks.data.items import read_items
from nscbench.benchmarks.data.manifest import Listing, write_manifest
from nscbench.benchmarks.run import stages
from nscbench.benchmarks.run.plan import Plan
from nscbench.benchmarks.run.provenance import metric_version
from nscbench.benchmarks.run.suite import Suite
from nscbench.codecs import get
from nscbench.metrics.base import MetricUnavailable
from nscbench.metrics.machinery.weights import Weights, folder, from_hub, needs, set_to_get
from support.unpinned import put_in_place

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
    assert set(LOADING) >= {
        "scoreq_nr", "scoreq_ref", "utmos", "nisqa", "dnsmos_pro", "wer", "speaker_similarity",
    }  # fmt: skip


@pytest.mark.parametrize("name", LOADING)
def test_a_missing_file_is_named_with_the_command_that_gets_it(name, monkeypatch, tmp_path):
    pytest.importorskip("jiwer")
    pytest.importorskip("transformers")
    monkeypatch.setenv("NSCBENCH_WEIGHTS", str(tmp_path))
    weights = metrics.get(name).weights
    text = metrics.get(name).unavailable()
    files = ", ".join(weights.files)
    assert text == f"no {files} in {tmp_path / weights.name}: nscbench weights get {weights.name}"
    assert set_to_get(text) == weights.name
    with pytest.raises(MetricUnavailable, match="nscbench weights get"):
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


@pytest.mark.parametrize(
    ("name", "folder", "lost"),
    [
        ("speaker_similarity", "wavlm-base-plus-sv", "feature_extractor.weight"),
        ("wer", "hubert-large-ls960-ft", "lm_head.weight"),
    ],
)
def test_weights_of_another_network_are_refused(
    name, folder, lost, stand_ins, monkeypatch, tmp_path, speech_like
):
    """Without its last layer it would load, with random numbers there; what only training reads
    may be missing.
    """
    torch = pytest.importorskip("torch")
    pytest.importorskip("transformers")
    pytest.importorskip("jiwer")
    state = torch.load(stand_ins / folder / "pytorch_model.bin")
    for changed, left_out in (("untrained", "masked_spec_embed"), ("other", lost)):
        shutil.copytree(stand_ins / folder, tmp_path / changed / folder)
        kept = {name: tensor for name, tensor in state.items() if not name.endswith(left_out)}
        assert len(kept) == len(state) - 1
        torch.save(kept, tmp_path / changed / folder / "pytorch_model.bin")
    signal = speech_like(1.0, 16_000).astype(np.float64)
    text = ("what is said",) if name == "wer" else ()
    put_in_place(monkeypatch, tmp_path / "untrained")
    assert metrics.get(name).score(signal, signal, *text)
    monkeypatch.setenv("NSCBENCH_WEIGHTS", str(tmp_path / "other"))
    with pytest.raises(MetricUnavailable, match=f"lack 1 tensors, such as {lost}"):
        metrics.get(name).score(signal, signal, *text)


def test_a_missing_package_comes_before_the_files(monkeypatch, tmp_path):
    monkeypatch.setenv("NSCBENCH_WEIGHTS", str(tmp_path))
    weights = Weights("w", "https://host/w", ("a",))
    assert needs(weights, ("no_such", "numpy"), "it")() == "no no_such: pip install it"


@pytest.fixture
def weights(monkeypatch, tmp_path):
    """Files a and b, of which `a` has a published digest and `b` a published size."""
    monkeypatch.setenv("NSCBENCH_WEIGHTS", str(tmp_path))
    digest = hashlib.sha256(b"published").hexdigest()
    weights = Weights("w", "https://host/w", ("a", "b"), {"a": digest}, {"b": 8})
    weights.home.mkdir()
    (weights.home / "a").write_bytes(b"published")
    (weights.home / "b").write_bytes(b"anything")
    return weights


@pytest.mark.parametrize(
    ("file", "content"), [("a", b"another"), ("a", b"publishe"), ("b", b"any")]
)
def test_a_file_that_is_not_the_published_one_is_told_in_one_line(weights, file, content):
    assert (weights.foreign(), weights.missing()) == ([], "")
    before = weights.version
    (weights.home / file).write_bytes(content)
    assert weights.foreign() == [file]
    path = weights.home / file
    text = f"{path}: not the published file; nscbench weights get w replaces it"
    assert weights.missing() == text
    assert set_to_get(text) == ""
    with pytest.raises(MetricUnavailable, match="not the published file"):
        _ = weights.version
    (weights.home / file).write_bytes(b"published" if file == "a" else b"anything")
    assert weights.version == before


def test_what_was_fetched_is_known_again(weights):
    """`fetched.json` has the digest of a file of which none is published."""
    b = weights.home / "b"
    digest = hashlib.sha256(b"anything").hexdigest()
    line = {"sha256": digest, "size": 8, "modified_ns": b.stat().st_mtime_ns}
    (weights.home / "fetched.json").write_text(json.dumps({"b": line}))
    assert weights.foreign() == []
    b.write_bytes(b"somewhat")
    os.utime(b, ns=(0, 0))
    assert weights.foreign() == ["b"]
    (weights.home / "fetched.json").write_text("{")
    assert weights.foreign() == []


def test_files_in_the_hubs_cache_are_taken_from_there(monkeypatch, tmp_path):
    """As the hub lays it out, of the very commit; the set's own folder comes first."""
    monkeypatch.setenv("NSCBENCH_WEIGHTS", str(tmp_path / "weights"))
    monkeypatch.setenv("HF_HUB_CACHE", str(tmp_path / "hub"))
    snapshot = tmp_path / "hub" / "models--owner--model" / "snapshots" / "c0ffee"
    snapshot.mkdir(parents=True)
    (snapshot / "a").write_text("a")
    assert from_hub("owner/model", "c0ffee", ("a", "b")).absent == ["a", "b"]
    (snapshot / "b").write_text("b")
    assert from_hub("owner/model", "c0ffee", ("a", "b")).folder == snapshot
    assert from_hub("owner/model", "another", ("a", "b")).absent == ["a", "b"]
    head = from_hub("owner/model", "main", ("a", "b"))
    assert head.absent == ["a", "b"]
    (snapshot.parents[1] / "refs").mkdir()
    (snapshot.parents[1] / "refs" / "main").write_text("c0ffee")
    assert head.folder == snapshot
    head.home.mkdir(parents=True)
    for name in ("a", "b"):
        (head.home / name).write_text(name)
    assert head.folder == tmp_path / "weights" / "model"


@pytest.mark.parametrize("name", LOADING)
def test_a_file_that_is_cut_short_is_named_with_the_command(
    name, stand_ins, monkeypatch, tmp_path, speech_like
):
    pytest.importorskip("transformers")
    pytest.importorskip("jiwer")
    shutil.copytree(stand_ins, tmp_path / "copy")
    monkeypatch.setenv("NSCBENCH_WEIGHTS", str(tmp_path / "copy"))
    weights = metrics.get(name).weights
    path = max(map(weights.path, weights.files), key=lambda path: path.stat().st_size)
    path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])
    signal = speech_like(1.0, 16_000).astype(np.float64)
    text = ("what is said",) if metrics.get(name).needs_text else ()
    with pytest.raises(MetricUnavailable) as raised:
        metrics.get(name).score(signal, signal, *text)
    assert f"{path} " in str(raised.value)
    assert str(raised.value).endswith(f"nscbench weights get {weights.name} --again")
    assert "\n" not in str(raised.value)


def test_the_documentation_names_every_set_and_licence():
    text = (Path(__file__).parents[3] / "docs" / "weight_metrics.md").read_text("utf-8")
    for name in LOADING:
        weights = metrics.get(name).weights
        assert f"nscbench weights get {weights.name}" in text
        assert weights.licence in text
        assert all(f"`{column}`" in text for column in metrics.get(name).directions)


def _items(folder):
    """Two recordings of noise, with texts of 2 and of 38 words."""
    listings = []
    for number, words in enumerate((2, 38)):
        path = folder / f"{number}.wav"
        noise = np.random.default_rng(number).uniform(-0.3, 0.3, 16_000)
        soundfile.write(path, noise, 16_000, subtype="PCM_16")
        digest = hashlib.sha256(path.read_bytes()).hexdigest()
        listings.append(Listing(str(number), path, f"s{number}", "", "word " * words, digest))
    write_manifest(folder / "manifest.csv", listings)
    return folder


def test_what_is_said_reaches_the_metric_and_is_part_of_the_key(stand_ins, tmp_path):
    items = read_items(_items(tmp_path))
    (outcome,) = stages.Score(items[1].path, items[1].path, ["wer"], items[1].text).do().outcomes
    assert outcome.values["text_words"] == 38
    (outcome,) = stages.Score(items[1].path, items[1].path, ["wer"]).do().outcomes
    assert outcome.undefined
    codec = get("pcm")
    suite = Suite("s", "S", "", (codec,), ("wer", "utmos"), 1, {})
    other = [replace(item, text="something else") for item in items]
    plans = [Plan(suite, listed, "cpu") for listed in (items, other)]
    everything_done = {"sha256": "d", "file_sha256": "f"}
    first, second = (next(plan.walk(lambda key: everything_done)).scoring.keys for plan in plans)
    assert first["wer"] != second["wer"]
    assert first["utmos"] == second["utmos"]


@pytest.mark.slow
def test_a_run_measures_with_weights_and_verifies(stand_ins, tmp_path):
    """Of sets whose digests nobody states: workers take no stand-ins for the others."""
    items = _items(tmp_path)
    names = '["scoreq_nr", "scoreq_ref", "speaker_similarity"]'
    suite = tmp_path / "suite.toml"
    suite.write_text(f'metrics = {names}\n[[condition]]\ncodec = "pcm"\n')
    out = tmp_path / "run"
    command = ["run", str(suite), "--items", str(items), "--out", str(out), "--workers", "1"]
    assert main(command) == 0
    (line,) = pd.read_csv(out / "leaderboard.csv").to_dict("records")
    assert line["scoreq_ref"] == 0
    assert line["speaker_similarity"] == pytest.approx(1)
    assert main(["verify", str(out), "--fraction", "1"]) == 0
