"""Files and folders of results: what they are is told by their content."""

import json
from pathlib import Path

import pytest

from nscbench.listening_test.read.results_files import read_results
from nscbench.listening_test.schema import ResultsError
from support.results import Write, given, own_record


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
