"""Our records as lines and as a list, whole, torn and damaged."""

import json
from typing import Any

import pytest

from nscbench.listening_test.read.results_files import read_results
from nscbench.listening_test.schema import ResultsError
from support.results import Write, given, own_record


def test_our_json_lines(write: Write) -> None:
    lines = [json.dumps(own_record()), "", json.dumps(own_record(trial="b", record="r2"))[:-30]]
    imported = read_results([write("r.jsonl", "\n".join(lines) + "\n")])
    assert given(imported) == {("L1", "a", "x"): 90, ("L1", "a", "y"): 35.5}
    submission = imported.submissions[0]
    assert (submission.record, submission.blind, submission.line) == ("r1", True, 1)
    assert (submission.ratings[0].plays, submission.ratings[0].seconds) == (2, 4.5)
    assert [(r.line, "not JSON" in r.why) for r in imported.rejected] == [(3, True)]


def test_our_downloaded_list_equals_the_lines(write: Write) -> None:
    records = [own_record(), own_record(trial="b", record="r2", training=True)]
    downloaded = read_results([write("d.json", json.dumps(records, indent=1))])
    lines = read_results([write("d.jsonl", "\n".join(map(json.dumps, records)))])
    assert given(downloaded) == given(lines)
    assert [s.training for s in downloaded.submissions] == [False, True]


def test_a_torn_download_loses_its_last_record_only(write: Write) -> None:
    records = [own_record(trial=name, record=name) for name in "abcd"]
    text = json.dumps(records, indent=1)
    torn = read_results([write("torn.json", text[:-60])])
    assert [s.trial for s in torn.submissions] == ["a", "b", "c"]
    assert [(r.line, "torn or damaged" in r.why) for r in torn.rejected] == [
        (text[: text.index('"trial": "d"')].count("\n") - 4, True)
    ]
    spoilt = read_results([write("spoilt.json", text.replace('"trial": "b"', '"trial" "b"'))])
    assert [s.trial for s in spoilt.submissions] == ["a", "c", "d"]
    assert ["torn or damaged" in r.why for r in spoilt.rejected] == [True]
    open_end = read_results([write("open.json", text[:-2])])
    assert [s.trial for s in open_end.submissions] == ["a", "b", "c", "d"]
    assert ["without its bracket" in r.why for r in open_end.rejected] == [True]
    compact = read_results([write("compact.json", json.dumps(records)[:-70])])
    assert [s.trial for s in compact.submissions] == ["a", "b", "c"]


@pytest.mark.parametrize("damaged", ['"a","complete":true}', "\0" * 40, "# joined by hand"])
def test_a_damaged_first_line_costs_itself_only(write: Write, damaged: str) -> None:
    text = "\n".join([damaged, json.dumps(own_record()), ""])
    imported = read_results([write("r.jsonl", text)])
    assert [s.line for s in imported.submissions] == [2]
    assert [(r.line, "not JSON" in r.why) for r in imported.rejected] == [(1, True)]


def test_drafts_are_read_as_such(write: Write) -> None:
    ratings = [
        {"stimulus": "x", "score": 90, "plays": 2, "seconds": 4.5},
        {"stimulus": "y", "score": None, "plays": 0, "seconds": 0},
    ]
    draft = own_record(complete=False, ratings=ratings)
    lines = "\n".join(map(json.dumps, [draft, own_record(complete=True), own_record()]))
    imported = read_results([write("r.jsonl", lines)])
    assert [s.complete for s in imported.submissions] == [False, True, True]


@pytest.mark.parametrize("depth", [100_000])
def test_nested_rubbish_is_refused(write: Write, depth: int) -> None:
    with pytest.raises(ResultsError, match="neither"):
        read_results([write("deep.json", "[" * depth)])
    with pytest.raises(ResultsError, match="neither"):
        read_results([write("deep.jsonl", '{"a":' * depth)])


@pytest.mark.parametrize(
    ("changes", "why"),
    [
        ({"schema": 2}, "schema 2"),
        ({"complete": "no"}, "complete is neither"),
        ({"listener": ""}, "no listener"),
        ({"record": None}, "no record"),
        ({"ratings": [{"score": 4}]}, "without a stimulus"),
        ({"ratings": None}, "not a record of a known kind"),
    ],
)
def test_what_is_no_record_of_ours(write: Write, changes: dict[str, Any], why: str) -> None:
    imported = read_results([write("r.jsonl", json.dumps(own_record(**changes)) + "\n")])
    assert not imported.submissions
    assert [why in str(r) for r in imported.rejected] == [True]
