"""The player's folder: blind, with the samples as they are."""

import json
import re
from base64 import b64decode
from io import BytesIO

import numpy as np
import pytest
import soundfile

from nscbench.listening_test.folder import key_path, read_description
from nscbench.listening_test.prepare.key import write_key
from nscbench.listening_test.prepare.player_folder import refuse_foreign, write_player
from nscbench.listening_test.schema import BuildError
from support.mushra_run import ITEMS, KINDS, RATE


def test_the_folder_is_blind(test, tmp_path):
    folder = tmp_path / "test"
    write_player(test, folder)
    key = json.loads(write_key(test, folder).read_text())
    assert key_path(folder).parent == tmp_path
    names = {*KINDS, *ITEMS, "anchor35", "anchor70", "mnru-20"} - {"a", "b", "c", "d", "e", "short"}
    served = [path for path in folder.rglob("*") if path.is_file()]
    assert not [path for path in served if any(name in path.name for name in names)]
    for path in [folder / "test.js", *folder.glob("audio/*.js")]:
        assert not [name for name in names if f'"{name}"' in path.read_text()]
    description = read_description(folder)
    assert description["test"] == key["test"] == test.id
    for entry in description["trials"]:
        known = key["trials"][entry["trial"]]
        assert entry["stimuli"] == sorted(known["stimuli"])
        assert known["item"] in ITEMS
        assert entry["reference"] not in known["stimuli"]
        assert set(known["signals"]) == set(known["stimuli"].values())


def test_audio_scripts_hold_the_samples(test, tmp_path):
    write_player(test, tmp_path / "test")
    for trial in test.trials:
        text = (tmp_path / "test" / "audio" / f"{trial.id}.js").read_text()
        call = re.fullmatch(r'Mushra\.audio\("([\w-]+)", (\{.*\})\);\n', text, re.DOTALL)
        assert call[1] == trial.id
        encoded = json.loads(call[2])
        assert set(encoded) == set(trial.samples)
        for blind, base64 in encoded.items():
            samples, rate = soundfile.read(BytesIO(b64decode(base64)), dtype="int16")
            assert rate == RATE
            assert np.array_equal(samples, trial.samples[blind])


def test_a_file_in_the_folders_place_is_said(tmp_path):
    (tmp_path / "test").write_text("")
    with pytest.raises(BuildError, match="test is a file: choose another --out"):
        refuse_foreign(tmp_path / "test")
