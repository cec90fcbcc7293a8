"""Results files as listeners' tools write them, for the tests of what reads them."""

import csv
import io
from collections.abc import Callable
from pathlib import Path
from typing import Any

from nscbench.listening_test.read.imported import Imported

Write = Callable[[str, str], Path]
UUID = "264c35db-a636-440d-b542-c3ac3916c440"
SCORES = {"codecA": 77, "codecB": 55, "reference": 100, "anchor35": 23, "anchor70": 41}
HEADER = (
    "session_test_id,pname,headphones,session_uuid,trial_id,rating_stimulus,rating_score,"
    "rating_time,rating_comment"
)


def own_record(**changes: Any) -> dict[str, Any]:
    record = {
        "schema": 1,
        "test": "t1",
        "listener": "L1",
        "session": "s",
        "trial": "a",
        "training": False,
        "record": "r1",
        "time": "2026-01-02T03:04:05Z",
        "order": ["x", "y"],
        "ratings": [
            {"stimulus": "x", "score": 90, "plays": 2, "seconds": 4.5},
            {"stimulus": "y", "score": 35.5, "plays": 1, "seconds": 3},
        ],
        "seed": 7,
    }
    return record | changes


def webmushra_session() -> dict[str, Any]:
    responses = [
        {"stimulus": name, "score": str(score), "comment": None, "time": 3343}
        for name, score in SCORES.items()
    ]
    return {
        "testId": "Smoke",
        "participant": {"name": ["email"], "response": ["someone@example.org"]},
        "trials": [
            {"id": "training/1", "type": "mushra", "responses": responses},
            {"id": "item_a", "type": "mushra", "responses": responses},
            {"id": "ab", "type": "paired_comparison", "responses": [{"answer": "A"}]},
        ],
        "uuid": UUID,
        "config": "configs/a.yaml",
    }


def given(imported: Imported) -> dict[tuple[str, str, str], object]:
    """Scores by listener, trial and stimulus."""
    return {
        (s.listener, s.trial, r.stimulus): r.score for s in imported.submissions for r in s.ratings
    }


def webmushra_row(trial: str, name: str, score: object, *answers: str) -> list[object]:
    return ["Smoke", *(answers or ("one", "yes")), UUID, trial, name, score, 3528, ""]


def as_csv(rows: list[list[object]], header: str = HEADER, delimiter: str = ",") -> str:
    buffer = io.StringIO()
    csv.writer(buffer, delimiter=delimiter).writerows(rows)
    return header.replace(",", delimiter) + "\r\n" + buffer.getvalue()


def pymushra_rows() -> list[dict[str, Any]]:
    return [
        {
            "responses_stimulus": name,
            "wm_config": "configs/a.yaml",
            "questionaire_uuid": UUID,
            "responses_score": score,
            "wm_id": trial,
            "wm_type": kind,
            "wm_testId": "Smoke",
            "responses_time": 3516,
        }
        for trial, kind in (("item_a", "mushra"), ("ab", "bs1116"))
        for name, score in SCORES.items()
    ]
