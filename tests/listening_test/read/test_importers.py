"""Results files of every format, with their oddities: what was read, what was not, and why."""

import csv
import io
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from nscbench.listening_test.read.imported import Imported
from nscbench.listening_test.read.results_files import read_results
from nscbench.listening_test.schema import ResultsError

Write = Callable[[str, str], Path]
UUID = "264c35db-a636-440d-b542-c3ac3916c440"
SCORES = {"codecA": 77, "codecB": 55, "reference": 100, "anchor35": 23, "anchor70": 41}
HEADER = (
    "session_test_id,pname,headphones,session_uuid,trial_id,rating_stimulus,rating_score,"
    "rating_time,rating_comment"
)


@pytest.fixture
def write(tmp_path: Path) -> Write:
    def write(name: str, text: str) -> Path:
        path = tmp_path / name
        path.write_text(text, "utf-8")
        return path

    return write


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


def webmushra_row(trial: str, name: str, score: object, *answers: str) -> list[object]:
    return ["Smoke", *(answers or ("one", "yes")), UUID, trial, name, score, 3528, ""]


def as_csv(rows: list[list[object]], header: str = HEADER, delimiter: str = ",") -> str:
    buffer = io.StringIO()
    csv.writer(buffer, delimiter=delimiter).writerows(rows)
    return header.replace(",", delimiter) + "\r\n" + buffer.getvalue()


def test_webmushra_csv(write: Write) -> None:
    rows = [webmushra_row("item_a", n, s, 'R&B, 50% "worse"\nhere', "") for n, s in SCORES.items()]
    imported = read_results([write("mushra.csv", as_csv(rows))])
    assert given(imported) == {(UUID, "item_a", n): str(s) for n, s in SCORES.items()}
    assert imported.submissions[0].test == "Smoke"
    assert not imported.rejected


def test_webmushra_csv_after_its_questionnaire_changed(write: Write) -> None:
    rows = [
        webmushra_row("item_a", "codecA", 77),
        webmushra_row("item_a", "codecB", 55, "one", "yes", "a third answer"),
        webmushra_row("item_a", "reference", 100, "only one"),
        ["Smoke", "torn", UUID[:9]],
    ]
    imported = read_results([write("mushra.csv", as_csv(rows))])
    assert set(given(imported).values()) == {"77", "55", "100"}
    assert sum("another questionnaire" in note for note in imported.notes) == 2
    assert [(r.line, "3 fields" in r.why) for r in imported.rejected] == [(5, True)]


PHP_ANSWERS = {  # what listeners write: how PHP's fputcsv writes it
    'he said \\"': r'"he said \""',
    'he said \\"yes\\"': r'"he said \"yes\""',
    "a b\\": r'"a b\"',
    '\\"': r'"\""',
    'so \\", worse': r'"so \", worse"',
    'so \\",\n"worse" \\': '"so \\",\n""worse"" \\"',
    'a "b" c': '"a ""b"" c"',
    '\\""': r'"\""""',
}


@pytest.mark.parametrize("written", PHP_ANSWERS.values(), ids=PHP_ANSWERS.keys())
@pytest.mark.parametrize("other", [*PHP_ANSWERS.values(), "yes", '"a, b"'])
def test_what_php_writes_of_free_text_swallows_no_row(
    write: Write, written: str, other: str
) -> None:
    lines = [
        f"Smoke,{answers},{UUID},item_a,{name},{score},3528,"
        for name, score in SCORES.items()
        for answers in (f"{written},{other}" if name != "codecB" else "one,yes",)
    ]
    imported = read_results([write("mushra.csv", "\n".join([HEADER, *lines, ""]))])
    assert given(imported) == {(UUID, "item_a", n): str(s) for n, s in SCORES.items()}
    assert {s.test for s in imported.submissions} == {"Smoke"}
    assert not imported.rejected
    assert not imported.notes


def test_a_text_of_ever_more_readings_holds_nothing_up(write: Write) -> None:
    """Fibonacci numbers of readings: not all of them are tried."""
    row = f"Smoke,%s,yes,{UUID},item_a,%s,%d,3528,"
    hostile = '"' + '\\",",' * 200 + 'x"y"'
    lines = [row % ("a", "codecA", 77), row % (hostile, "codecB", 55), row % ("b", "reference", 99)]
    imported = read_results([write("mushra.csv", "\n".join([HEADER, *lines]))])
    assert list(given(imported).values()) == ["77", "55", "99"]
    assert ["another questionnaire" in note for note in imported.notes] == [True]


def test_a_torn_row_of_webmushra_costs_itself_only(write: Write) -> None:
    row = f"Smoke,one,yes,{UUID},item_a,%s,%d,3528,"
    lines = [
        row % ("codecA", 77),
        'Smoke,"torn \\" text',
        row % ("codecB", 55),
        r'Smoke,"a \"",yes,' + f"{UUID},item_a,reference,100,3528,",
    ]
    imported = read_results([write("mushra.csv", "\n".join([HEADER, *lines]))])
    assert set(given(imported).values()) == {"77", "55", "100"}
    assert [(r.line, "not closed" in r.why) for r in imported.rejected] == [(3, True)]


def test_a_bad_spot_of_a_table_costs_its_line_only(write: Write) -> None:
    lines = ["listener,item,condition,score"]
    lines += [f"{n},a,opus-6,{n}" for n in range(10)]
    lines[3] = '2,a,"opus-6,2'  # a quote that is never closed
    lines[6] = "5,a,op\0us-6"
    lines[8] = "7,a," + "x" * 200_000 + ",7"
    lines.append('"10","a","a name, ""quoted"", and\nof two lines",10')
    lines.append("11,a,opus-6,11")
    imported = read_results([write("long.csv", "\n".join(lines) + "\n")])
    scores = [str(score) for score in given(imported).values()]
    assert scores == [str(n) for n in range(12) if n not in (2, 5)]
    assert ("10", "a", 'a name, "quoted", and\nof two lines') in given(imported)
    assert [(r.line, r.why) for r in imported.rejected] == [
        (4, "a quote in this line is not closed where a field ends"),
        (7, "3 fields where the header has 4"),
    ]
    assert imported.submissions[-1].line == 14


def test_bytes_that_are_no_text_lose_no_rating(tmp_path: Path) -> None:
    path = tmp_path / "latin.csv"
    path.write_bytes(
        "Bemerkung,listener,item,condition,score\r\nhörbar,1,a,pcm,9\r\n,2,a,pcm,8\r\n".encode(
            "latin-1"
        )
    )
    imported = read_results([path])
    assert given(imported) == {("1", "a", "pcm"): "9", ("2", "a", "pcm"): "8"}
    assert "no UTF-8, read as \ufffd: lines 2" in imported.notes[0]


def test_a_repeated_header_is_no_rating(write: Write) -> None:
    text = as_csv([webmushra_row("item_a", "codecA", 77)])
    imported = read_results([write("joined.csv", text + text)])
    assert len(given(imported)) == 1
    assert any("header is repeated" in note for note in imported.notes)


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


@pytest.mark.parametrize("reverse", [False, True])
def test_pymushra_csv_in_any_order_of_columns(write: Write, reverse: bool) -> None:
    names = sorted(pymushra_rows()[0], reverse=reverse)
    rows: list[list[object]] = [[row[n] for n in names] for row in pymushra_rows()]
    imported = read_results([write("p.csv", as_csv(rows, ",".join(names), ";"))])
    assert given(imported) == {(UUID, "item_a", n): str(s) for n, s in SCORES.items()}
    assert len(imported.rejected) == len(SCORES)
    assert "'bs1116'" in imported.rejected[0].why


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


@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
def test_long_table(write: Write, delimiter: str) -> None:
    rows: list[list[object]] = [[61.5, "a", "opus-6", 3], [100, "a", "reference", 3]]
    text = "\ufeff" + as_csv(rows, "Score,ITEM,condition, listener", delimiter)
    imported = read_results([write("long.csv", text)])
    assert given(imported) == {("3", "a", "opus-6"): "61.5", ("3", "a", "reference"): "100"}
    assert not imported.submissions[0].blind


def test_unknown_files_are_refused_by_name(write: Write, tmp_path: Path) -> None:
    with pytest.raises(ResultsError, match=r"no table of ratings.*long table"):
        read_results([write("x.csv", "a,b\n1,2\n")])
    with pytest.raises(ResultsError, match="neither"):
        read_results([write("x.json", "{torn")])
    with pytest.raises(ResultsError, match="cannot be read"):
        read_results([tmp_path / "absent.csv"])
    binary = tmp_path / "b.csv"
    binary.write_bytes(b"\xff\xfe\x00")
    with pytest.raises(ResultsError, match="cannot be read"):
        read_results([binary])


def test_a_folder_gives_all_its_results(write: Write, tmp_path: Path) -> None:
    write("a.jsonl", json.dumps(own_record()))
    write("b.json", json.dumps([own_record(listener="L2", record="r9")]))
    write("leaderboard.csv", "condition,pesq\npcm,4.6\n")
    write("notes.txt", "not looked at")
    imported = read_results([tmp_path])
    assert {s.listener for s in imported.submissions} == {"L1", "L2"}
    assert ["leaderboard.csv" in str(r) for r in imported.rejected] == [True]
    empty = tmp_path / "empty"
    empty.mkdir()
    with pytest.raises(ResultsError, match=r"no \.jsonl"):
        read_results([empty])


def test_an_empty_file_is_said(write: Write) -> None:
    imported = read_results([write("a.jsonl", ""), write("b.json", "[]")])
    assert not imported.submissions
    assert len(imported.notes) == 2
