"""The folder of a test beside MUSHRA, by the command: blind, with the samples as they are."""

import json
from base64 import b64decode
from io import BytesIO

import numpy as np
import pytest
import soundfile

from nscbench.benchmarks.cli import main
from nscbench.listening_test.folder import key_path, read_description
from nscbench.listening_test.read.judged_key import read_judged_key
from support.judged_tests import WORDS, built, request_of
from support.mushra_run import ITEMS, KINDS, RATE

SHORT = ("--clip-seconds", "1", "4", "--items", "2")


def listen(run, out, test, *words):
    return main(["listen", "build", str(run), "--out", str(out), "--test", test, *words])


def test_the_folder_is_blind_and_the_key_is_beside_it(run, tmp_path, capsys):
    folder = tmp_path / "test"
    assert listen(run, folder, "acr", *SHORT) == 0
    said = capsys.readouterr().out
    assert "one block, of 9 trials with their checks; 16000 Hz" in said
    assert "conditions: reference, late-1, noisy-6" in said
    key = key_path(folder)
    assert key.parent == tmp_path
    secret = {*KINDS, *ITEMS, "gold", "attention", "mnru-5", "tones-2"}
    texts = [folder / "test.js", *folder.glob("audio/*.js")]
    for path in texts:
        assert not [name for name in secret if f'"{name}"' in path.read_text()]
    description = read_description(folder)
    known = read_judged_key(key)
    assert known.test == description["test"]
    assert known.trials.keys() == {trial["trial"] for trial in description["trials"]}
    for trial in description["trials"]:
        entry = known.trials[trial["trial"]]
        assert trial["stimuli"] == list(entry.stimuli)
        assert entry.seconds == tuple(frames / RATE for frames in trial["frames"])


def test_every_signal_is_a_script_with_its_samples(run, tmp_path):
    test = built(run, request_of("abx", tmp_path), tmp_path / "test")
    scripts = {path.stem: path for path in (tmp_path / "test/audio").glob("*.js")}
    assert scripts.keys() == test.signals.keys()
    for blind, path in scripts.items():
        encoded = json.loads(path.read_text().partition(", ")[2].removesuffix(");\n"))
        samples, rate = soundfile.read(BytesIO(b64decode(encoded[blind])), dtype="int16")
        assert rate == RATE
        assert np.array_equal(samples, test.signals[blind])


def test_a_key_of_another_test_is_never_overwritten(run, tmp_path, capsys):
    assert listen(run, tmp_path / "test", "acr", *SHORT) == 0
    before = key_path(tmp_path / "test").read_bytes()
    assert listen(run, tmp_path / "test", "dcr", *SHORT) == 2
    assert "is the key of another test" in capsys.readouterr().err
    assert key_path(tmp_path / "test").read_bytes() == before


@pytest.mark.parametrize(
    ("words", "why"),
    [
        (("mushra", "--tie"), "--tie is not of mushra"),
        (("mushra", "--minutes", "30"), "--minutes is not of mushra"),
        (("mushra", "--completion-code", "a"), "--completion-code is not of mushra"),
        (("acr", "--format", "webmushra"), "--format webmushra is of mushra only"),
        (("acr", "--listener-parameter", "a b"), "no name of a link's parameter"),
        (("drt", "--words", "/no/such.csv"), "cannot be read as a manifest of words"),
        (("drt", "--words", "words"), "the run has no item 'synthetic_veal'"),
        (("acr", "--words", "words"), "--words is of drt and mrt"),
    ],
)
def test_what_cannot_be_is_one_clear_error(run, tmp_path, capsys, words, why):
    assert listen(run, tmp_path / "test", *words) == 2
    (line,) = capsys.readouterr().err.splitlines()
    assert why in line
    assert not (tmp_path / "test").exists()


def test_words_that_are_too_short_or_long_are_told(run, tmp_path, capsys):
    path = tmp_path / "words.csv"
    path.write_text(WORDS + "long,deal,teal,voicing\n")
    assert listen(run, tmp_path / "test", "drt", "--words", str(path)) == 0
    assert "1 of 5 items are not 0.2 to 4 s long" in capsys.readouterr().err
