"""Which conditions and items a test gets."""

import hashlib
import json
import shutil
from collections import Counter
from itertools import pairwise
from pathlib import Path

import pytest

from nscbench.listening_test.prepare import coded_speech, selection
from nscbench.listening_test.prepare.trials import make_test
from nscbench.listening_test.schema import BuildError
from support.mushra_run import RATE, record_decoded


def test_items_are_spread_over_speakers_sexes_and_the_metric(tmp_path, speech_like, run):
    items = tuple(
        coded_speech.Passage(f"{speaker}{n}", Path(), speaker, speaker[0], 5.0)
        for speaker in ("F1", "F2", "M1", "M2")
        for n in range(10)
    )
    scores = {("x", item.id): number % 10 + number / 100 for number, item in enumerate(items)}
    wide = coded_speech.CodedSpeech(
        _Everything(tmp_path),
        items,
        {"x": "codec"},
        {"x": RATE},
        "pesq_wb",
        scores,
        _Everything(tmp_path),
    )
    for seed in range(5):
        chosen = selection.choose_items(wide, ["x"], 8, seed).items
        assert Counter(item.sex for item in chosen) == {"F": 4, "M": 4}
        assert set(Counter(item.speaker for item in chosen).values()) == {2}
        values = sorted(scores["x", item.id] for item in chosen)
        assert all(b - a < 3 for a, b in pairwise(values))
        assert values[0] < 2
        assert values[-1] > 8


class _Everything:
    """A run in which every file exists, and is what was measured."""

    def __init__(self, path):
        self.path = path

    def decoded(self, condition, item):
        return self.path

    def recording(self, item):
        return self.path


def test_too_many_codecs_are_thinned_over_the_metric(tmp_path):
    names = [f"c{n:02d}" for n in range(15)]
    items = (coded_speech.Passage("a", Path(), "", "", 5.0),)
    scores = {(name, "a"): float(number) for number, name in enumerate(names)}
    run = coded_speech.CodedSpeech(
        _Everything(tmp_path),
        items,
        dict.fromkeys(names, "codec"),
        dict.fromkeys(names, RATE),
        "pesq_wb",
        scores,
        _Everything(tmp_path),
    )
    chosen, remarks = selection.choose_conditions(run, [], 8)
    assert chosen == ["c00", "c02", "c04", "c06", "c08", "c10", "c12", "c14"]
    assert "left out" in remarks[0]
    assert "c01" in remarks[0]
    for wanted in (names, ["all"]):
        with pytest.raises(BuildError, match="15 conditions are too many"):
            selection.choose_conditions(run, wanted, 8)
    assert selection.choose_conditions(run, ["all"], 15) == (names, [])
    assert len(selection.choose_conditions(run, [], 15, 5)[0]) == 5


def test_the_best_of_each_family_then_what_uses_the_scale(tmp_path):
    quality = {
        "opus-6": ("opus", 1.8),
        "opus-24": ("opus", 4.3),
        "codec2-3.2": ("codec2", 1.2),
        "mel2mel-3": ("mel2mel", 2.6),
        "lat2lat-3": ("lat2lat", 2.2),
        "mbd-3": ("mbd", 2.1),
        "gan-3": ("gan", 2.4),
        "gan-6": ("gan", 2.8),
        "mine-3": ("mine", 2.0),
    }
    items = (coded_speech.Passage("a", Path(), "", "", 5.0),)
    run = coded_speech.CodedSpeech(
        _Everything(tmp_path),
        items,
        dict.fromkeys(quality, "codec"),
        dict.fromkeys(quality, RATE),
        "pesq_wb",
        {(name, "a"): value for name, (_, value) in quality.items()},
        _Everything(tmp_path),
        {name: codec for name, (codec, _) in quality.items()},
    )
    chosen, remarks = selection.choose_conditions(run, [], 9, 4)
    assert chosen == ["opus-24", "mel2mel-3", "gan-6", "mine-3"]
    assert "left out: opus-6, codec2-3.2, lat2lat-3, mbd-3, gan-3" in remarks[0]
    assert selection.choose_conditions(run, [], 9, 5)[0] == [
        *("opus-24", "codec2-3.2", "mel2mel-3", "gan-6", "mine-3")
    ]
    assert selection.choose_conditions(run, [], 9, 3)[0] == ["opus-24", "gan-6", "mine-3"]


def test_items_that_a_condition_did_not_decode_are_left_out(broken):
    (broken / "decoded" / "late-1" / "a.flac").unlink()
    test = make_test(broken)
    assert "a" not in {trial.item for trial in test.trials}
    assert "late-1 lacks the files of 1 items: a" in test.remarks


def test_items_that_failed_are_told_from_files_that_are_gone(broken):
    (broken / "decoded" / "late-1" / "a.flac").unlink()
    record_decoded(broken)
    assert "late-1 did not decode 1 items: a" in make_test(broken).remarks


def test_a_recording_that_was_replaced_is_no_reference(broken):
    """The run lies in a copy, its recordings do not: only their hashes are changed here."""
    text = (broken / "manifest.json").read_text()
    manifest = json.loads(text)
    path = Path(manifest["items"][1]["path"])
    (broken / "manifest.json").write_text(
        text.replace(hashlib.sha256(path.read_bytes()).hexdigest(), "0" * 64)
    )
    with pytest.raises(BuildError, match=f"b: reference: {path}: has changed: its SHA-256 is"):
        make_test(broken)


def test_decoded_files_that_were_replaced_are_named(broken):
    for item in "ad":
        other = broken / "decoded" / "late-1" / "b.flac"
        shutil.copy(other, broken / "decoded" / "noisy-6" / f"{item}.flac")
    with pytest.raises(BuildError, match="(?s)a: noisy-6: .*has changed.*\n  d: noisy-6: .*has c"):
        make_test(broken)


def test_the_only_item_is_trained_and_rated(broken):
    for item in "abcd":
        (broken / "decoded" / "late-1" / f"{item}.flac").unlink()
    test = make_test(broken)
    assert [trial.item for trial in test.trials] == ["e", "e"]
    assert any("no item is left for training" in remark for remark in test.remarks)
    assert not set(test.trials[0].stimuli) & set(test.trials[1].stimuli)
