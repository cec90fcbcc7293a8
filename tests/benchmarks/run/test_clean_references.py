"""Noisy items with a clean recording behind them, of a manifest or of a suite."""

from hashlib import sha256

import numpy as np
import pytest
import soundfile

from nscbench.benchmarks.data.items import ItemsError, read_items
from nscbench.benchmarks.degradations import DegradationError
from nscbench.benchmarks.degradations.declared import read
from nscbench.benchmarks.run import robustness
from nscbench.benchmarks.run.plan import Plan
from nscbench.benchmarks.run.provenance import describe_run
from nscbench.benchmarks.run.suite import load_suite
from nscbench.benchmarks.run.tables import items_table
from nscbench.benchmarks.store.run_directory import RunDirectory
from nscbench.codecs import get

RATE = 16_000


@pytest.fixture
def noisy(tmp_path, speech_like):
    """A manifest of one noisy item with its clean recording; how to write it anew."""
    clean = speech_like(1.0, RATE)
    soundfile.write(tmp_path / "clean.wav", clean, RATE)
    noise = 0.01 * np.random.default_rng(0).standard_normal(RATE)
    soundfile.write(tmp_path / "noisy.wav", np.clip(clean + noise, -1, 1), RATE)
    digest = sha256((tmp_path / "noisy.wav").read_bytes()).hexdigest()

    def write(reference="clean.wav", said=""):
        head = "id,path,speaker,sex,sha256,reference,reference_sha256"
        line = f"a,noisy.wav,,,{digest},{reference},{said}"
        (tmp_path / "manifest.csv").write_text(f"{head}\n{line}\n")
        return tmp_path

    return write


def test_codecs_get_the_noisy_item_and_are_held_against_the_clean_one(noisy, tmp_path):
    (item,) = read_items(noisy())
    assert item.path == tmp_path / "noisy.wav"
    assert item.compared.path == tmp_path / "clean.wav"
    (tmp_path / "s.toml").write_text('metrics = ["si_sdr"]\n[[condition]]\ncodec = "pcm"\n')
    suite = load_suite(str(tmp_path / "s.toml"))
    plan = Plan(suite, [item], "cpu")
    assert plan.encoding(get("pcm"), item).item.path.name == "noisy.wav"
    assert plan.reference(get("pcm"), item).path.name == "clean.wav"
    (entry,) = describe_run(suite, [item], "cpu", {})["items"]
    assert entry["reference"] == str((tmp_path / "clean.wav").resolve())
    assert entry["reference_sha256"] == item.reference_sha256 == items_table([item])[
        "reference_sha256"
    ].item()  # fmt: skip


def test_an_item_without_a_reference_is_its_own(noisy):
    (item,) = read_items(noisy(""))
    assert item.compared is item
    assert "reference" not in items_table([item])


@pytest.mark.parametrize(
    ("reference", "said", "message"),
    [
        ("gone.wav", "", "line 2: reference of a: .*gone.wav"),
        ("long.wav", "", "long.wav is 0.5 s longer than the item"),
        ("short.wav", "", "short.wav is 0.5 s shorter than the item"),
        ("clean.wav", "0" * 64, "clean.wav: wrong content: its SHA-256 is"),
    ],
)
def test_a_reference_that_is_none_is_named(noisy, tmp_path, speech_like, reference, said, message):
    soundfile.write(tmp_path / "long.wav", speech_like(1.5, RATE), RATE)
    soundfile.write(tmp_path / "short.wav", speech_like(0.5, RATE), RATE)
    with pytest.raises(ItemsError, match=message):
        read_items(noisy(reference, said))


def test_a_suite_may_compare_what_it_degrades_with_the_recording(tmp_path):
    (declared,) = read([{"kind": "noise", "snr_db": 10, "reference": "clean"}])
    assert declared.label == "noise-white-10dB-clean-reference"
    suite = load_suite("robustness")
    one = type(suite)(**{**vars(suite), "degradations": (declared,), "sample": 0})
    items = read_items("demo")[:2]
    _, part = robustness.parts(one, items, RunDirectory(tmp_path))
    assert part.label == declared.label
    assert [i.compared.path for i in part.items] == [i.path for i in items]
    assert {i.path for i in part.items}.isdisjoint({i.path for i in items})


@pytest.mark.parametrize(
    ("table", "message"),
    [
        ({"kind": "length", "seconds": 1, "reference": "clean"}, "length: reference = .clean."),
        ({"kind": "tandem", "times": 2, "reference": "clean"}, "leave every sound where it was"),
        ({"kind": "level", "db": 3, "reference": "dry"}, "must be degraded or clean, not 'dry'"),
    ],
)
def test_what_has_no_clean_reference_is_said(table, message):
    with pytest.raises(DegradationError, match=message):
        read([table])
