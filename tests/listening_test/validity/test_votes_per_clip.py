"""Votes of the P.808 toolkit."""

from collections import Counter
from pathlib import Path

import pytest

from nscbench.listening_test.schema import ResultsError
from nscbench.listening_test.validity.votes_per_clip import is_votes_per_clip, read_votes_per_clip
from support.judged_runs import write_ratings, write_votes_per_clip

HEADER = "file_url,short_file_name,n,MOS,std,95%CI,vote_1,vote_2"


def test_every_vote_is_one_row_with_the_folder_as_condition(tmp_path: Path) -> None:
    path = write_votes_per_clip(tmp_path / "votes.csv", {"a": 2, "b": 4}, clips=4)
    votes = read_votes_per_clip(path)
    assert is_votes_per_clip(path)
    assert votes.test == "acr"
    assert not votes.rejected
    assert Counter(v.condition for v in votes.of_categories()) == {"a": 22, "b": 22}
    assert {v.item for v in votes.of_categories()} == {"c0", "c1", "c2", "c3"}


def test_what_is_no_vote_is_named_by_its_line(tmp_path: Path) -> None:
    path = tmp_path / "votes.csv"
    path.write_text(f"{HEADER}\nhttp://x/a/1.wav,1.wav,2,0,0,0,6,4\n1.wav,1.wav,1,0,0,0,3,\n")
    votes = read_votes_per_clip(path)
    assert [(r.line, r.ratings) for r in votes.rejected] == [(2, 1), (3, 1)]
    assert "'6' is none of 1, 2, 3, 4, 5" in votes.rejected[0].why
    assert [v.score for v in votes.of_categories()] == [4]


def test_other_tables_are_none(tmp_path: Path) -> None:
    assert not is_votes_per_clip(write_ratings(tmp_path / "long.csv", {"a": 1}, ["i"]))
    assert not is_votes_per_clip(tmp_path / "absent.csv")
    with pytest.raises(ResultsError, match="cannot be read"):
        read_votes_per_clip(tmp_path / "absent.csv")
