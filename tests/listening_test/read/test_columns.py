"""Tables with other headers, and wide ones."""

import re

import pytest

from nscbench.listening_test.read.columns import parse_columns
from nscbench.listening_test.read.results_files import read_results
from nscbench.listening_test.read.validation import valid_ratings
from nscbench.listening_test.schema import ResultsError
from support.results import Write

EXPECTED = {
    ("anna", "s1", "opus-6"): 40,
    ("anna", "s1", "Mel2Mel"): 71.5,
    ("ben", "s1", "opus-6"): 52,
    ("ben", "s1", "Mel2Mel"): 66,
}


def read(path, columns=""):
    imported = read_results([path], parse_columns(columns) if columns else {})
    reading = valid_ratings(imported.submissions)
    return {(r.listener, r.item, r.condition): r.score for r in reading.ratings}, imported


def test_other_headers(write: Write) -> None:
    rows = "".join(f"{s},{c},x,{i},{w}\n" for (w, i, c), s in EXPECTED.items())
    path = write("r.csv", f"Rating,System,listener,File,Subject\n{rows}")
    with pytest.raises(ResultsError, match="two columns are 'listener': --columns listener= leave"):
        read(path, "subject=listener,file=item,system=condition,rating=score")
    columns = "subject=listener,file=item, System=condition,rating=score,listener="
    assert read(path, columns)[0] == EXPECTED
    with pytest.raises(ResultsError, match="no column 'subjects', which --columns names; it has"):
        read(path, "subjects=listener")


def test_a_column_without_a_name_is_no_rating(write: Write) -> None:
    """As pandas writes its index."""
    long = write("r.csv", ",listener,item,condition,score\n0,anna,s1,opus-6,40\n")
    wide = write("w.csv", ",listener,item,opus-6\n0,anna,s1,40\n")
    assert read(long)[0] == read(wide)[0] == {("anna", "s1", "opus-6"): 40}


def test_the_option_is_suggested(write: Write) -> None:
    path = write("r.csv", "subject_id,file,system,rating\nanna,s1,opus-6,40\n")
    with pytest.raises(ResultsError) as refused:
        read(path)
    option = str(refused.value).partition("perhaps: --columns ")[2]
    assert option == "subject_id=listener,file=item,system=condition,rating=score"
    assert read(path, option)[0] == {("anna", "s1", "opus-6"): 40}


@pytest.mark.parametrize(
    ("text", "columns", "part"),
    [
        ("listener,item,opus-6,Mel2Mel\nanna,s1,40,71.5\nben,s1,52,66\n", "", "condition"),
        ("item;condition;anna;ben\ns1;opus-6;40;52\ns1;Mel2Mel;71.5;66\n", "", "listener"),
        (
            "who,system,s1\nanna,opus-6,40\nanna,Mel2Mel,71.5\nben,opus-6,52\nben,Mel2Mel,66\n",
            "who=listener,system=condition",
            "item",
        ),
        (
            "listener,age,item,sex,opus-6,Mel2Mel\nanna,30,s1,f,40,71.5\nben,31,s1,m,52,66\n",
            "age=,sex=",
            "condition",
        ),
    ],
)
def test_wide_tables(write: Write, text: str, columns: str, part: str) -> None:
    found, imported = read(write("r.csv", text), columns)
    assert found == EXPECTED
    (note,) = (note for note in imported.notes if "a wide table" in note)
    assert note.endswith(f"is a {part}")


def test_a_gap_of_a_wide_table_is_no_rating_and_a_bad_cell_is_one_loss(write: Write) -> None:
    text = "listener,item,a,b\n1,x,,50\n2,x,40,high\n3,x,30,140\n"
    imported = read_results([write("r.csv", text)])
    reading = valid_ratings(imported.submissions)
    assert {(r.listener, r.condition): r.score for r in reading.ratings} == {
        **{("1", "b"): 50, ("2", "a"): 40, ("3", "a"): 30}
    }
    assert [(r.line, r.why.rpartition("the score")[2]) for r in reading.rejected] == [
        *((3, " 'high' is not a number"), (4, " 140 is outside 0-100"))
    ]


@pytest.mark.parametrize(
    ("header", "cells", "why"),
    [
        ("sex,a", "f,50", "is the column 'sex', which holds 'f', a condition with its scores?"),
        (
            "Age,a",
            "30,50",
            "is the column 'Age' a condition with its scores? --columns age= leaves",
        ),
        ("Note,a", "fine,50", "--columns note= leaves it out"),
    ],
)
def test_a_column_that_may_be_none_of_scores_is_asked_about(
    write: Write, header: str, cells: str, why: str
) -> None:
    path = write("r.csv", f"listener,item,{header}\n1,x,{cells}\n")
    with pytest.raises(ResultsError, match=re.escape(why)):
        read(path)
    name = header.partition(",")[0].lower()
    assert read(path, f"{name}=")[0] == {("1", "x", "a"): 50}


def test_a_column_that_is_said_to_have_scores_has_them(write: Write) -> None:
    path = write("r.csv", "listener,item,run,a\n1,x,30,50\n")
    assert read(path, "run=run")[0] == {("1", "x", "run"): 30, ("1", "x", "a"): 50}


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("subject", "it is NAME=OURS"),
        ("=listener", "it is NAME=OURS"),
        ("a=person", "ours are listener, item, condition, score, test, plays, seconds"),
        ("a=item,a=score", "names a twice"),
        ("a=item,b=item", "names item twice"),
    ],
)
def test_wrong_options_are_refused(text: str, why: str) -> None:
    with pytest.raises(ResultsError, match=why):
        parse_columns(text)
