"""The key: what it says, and files that are none."""

import json
from pathlib import Path

import pytest

from nscbench.listening_test.read.blind_key import read_key
from nscbench.listening_test.schema import ResultsError
from support.submissions import KEY


def test_the_key_file(tmp_path: Path) -> None:
    path = tmp_path / "key.json"
    trials = {n: {"item": t.item, "stimuli": t.stimuli} for n, t in KEY.trials.items()}
    path.write_text(json.dumps({"schema": 1, "test": "t1", "trials": trials}))
    assert read_key(path) == KEY
    assert KEY.inaudible == frozenset()
    trials["b"]["mid_anchor_audible"] = False
    path.write_text(json.dumps({"schema": 1, "test": "t1", "trials": trials}))
    assert read_key(path).inaudible == {"item 2"}


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("{", "cannot be read"),
        ("[]", "schema 1"),
        ('{"schema": 2}', "schema 1"),
        ('{"schema": 1, "test": "t"}', "'trials'"),
        ('{"schema": 1, "test": "t", "trials": {"a": {"item": "i", "stimuli": []}}}', "not a key"),
    ],
)
def test_what_is_no_key(tmp_path: Path, text: str, why: str) -> None:
    path = tmp_path / "key.json"
    path.write_text(text)
    with pytest.raises(ResultsError, match=why):
        read_key(path)
    with pytest.raises(ResultsError, match="cannot be read"):
        read_key(tmp_path / "absent.json")
