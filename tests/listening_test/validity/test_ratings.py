"""Ratings of any test as opinions."""

from pathlib import Path

import pytest

from nscbench.listening_test.schema import ResultsError
from nscbench.listening_test.validity.ratings import read_opinions
from support.judged_runs import write_ratings, write_votes_per_clip


def test_a_long_table_names_listeners_and_votes_do_not(tmp_path: Path) -> None:
    rated = read_opinions([write_ratings(tmp_path / "r.csv", {"a": 1, "b": 2}, ["i"])])
    votes = read_opinions([write_votes_per_clip(tmp_path / "v.csv", {"a": 1, "b": 2}, clips=2)])
    assert (rated.test, len(rated.listeners), rated.shape) == ("mushra", 8, (1, 2))
    assert (votes.test, votes.listeners, votes.shape) == ("acr", (), (2, 2))


def test_screening_excludes_and_says_whom(tmp_path: Path) -> None:
    path = tmp_path / "r.csv"
    lines = [f"{who},i,reference,{score}\n{who},i,a,50" for who, score in (("p", 100), ("q", 20))]
    path.write_text("listener,item,condition,score\n" + "\n".join(lines))
    opinions = read_opinions([path], screening="bs1534-3")
    assert opinions.listeners == ("p",)
    assert "excludes 1 of 2 listeners: q" in opinions.notes[0]
    path.write_text("listener,item,condition,score\nq,i,reference,20\nq,i,a,50\n")
    with pytest.raises(ResultsError, match="leaves no listener"):
        read_opinions([path], screening="bs1534-3")


def test_what_cannot_be_used_is_said(tmp_path: Path) -> None:
    rated = write_ratings(tmp_path / "r.csv", {"a": 1}, ["i"])
    votes = write_votes_per_clip(tmp_path / "v.csv", {"a": 1}, clips=1)
    with pytest.raises(ResultsError, match="give one test only"):
        read_opinions([rated, votes])
    with pytest.raises(ResultsError, match="names no listener to exclude"):
        read_opinions([votes], screening="bs1534-3")
    empty = tmp_path / "empty.csv"
    empty.write_text("listener,item,condition,score\nx,i,a,many\n")
    with pytest.raises(ResultsError, match="no rating in .*many"):
        read_opinions([empty])
    empty.write_text("file_url,short_file_name,vote_1\nhttp://x/a/1.wav,1.wav,\n")
    with pytest.raises(ResultsError, match="no vote in"):
        read_opinions([empty])


def test_a_long_table_of_categories_is_no_mushra(tmp_path: Path) -> None:
    path = tmp_path / "acr.csv"
    rows = [f"l{k},i,{name},{3 + k % 2}" for k in range(3) for name in ("a", "b")]
    path.write_text("\n".join(["listener,item,condition,score", *rows, "l9,i,a,9"]))
    opinions = read_opinions([path])
    assert (opinions.test, len(opinions.score)) == ("acr", 6)
    assert "9 is no category of acr" in opinions.rejected[0].why
    path.write_text("listener,item,condition,reference,score\nl,i,a,reference,-1\n")
    with pytest.raises(ResultsError, match="votes of ccr: those of acr and dcr can be used"):
        read_opinions([path])
