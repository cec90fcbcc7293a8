"""Sessions of webMUSHRA, and trials as pymushra stores them."""

import json

import pytest

from nscbench.listening_test.read.results_files import read_results
from support.results import SCORES, UUID, Write, given, pymushra_rows, webmushra_session


@pytest.mark.parametrize("prefix", ["", "sessionJSON="])
def test_webmushra_session(write: Write, prefix: str) -> None:
    """The body of its post is not URL-encoded."""
    path = write("session.json", prefix + json.dumps(webmushra_session()))
    imported = read_results([path])
    assert given(imported) == {
        (UUID, trial, name): str(score)
        for trial in ("training/1", "item_a")
        for name, score in SCORES.items()
    }
    assert [s.training for s in imported.submissions] == [True, False]
    assert imported.submissions[0].ratings[0].seconds == 3.343
    assert "paired_comparison" in imported.rejected[0].why
    assert "example.org" not in repr(imported)


def test_pymushra_json_and_tinydb(write: Write) -> None:
    exported = read_results([write("p.json", json.dumps(pymushra_rows()))])
    trial = {
        "id": "item_a",
        "type": "mushra",
        "responses": [{"stimulus": n, "score": s, "time": 3516} for n, s in SCORES.items()],
        "testId": "Smoke",
        "date": "2026-11-22 07:03:44.975653",
        "questionaire": {"uuid": UUID, "pname": "someone"},
    }
    stored = read_results([write("db.json", json.dumps({"Smoke": {"1": trial}}, indent=1))])
    assert given(exported) == given(stored) == {(UUID, "item_a", n): s for n, s in SCORES.items()}
    assert stored.submissions[0].time.startswith("2026-11-22")
