"""Which rated condition is which condition of the run."""

from pathlib import Path

import pytest

from nscbench.listening_test.schema import ResultsError
from nscbench.listening_test.validity.matching import match, read_matches


def test_equal_names_match_and_others_as_told() -> None:
    found = match(["b", "opus_6", "reference"], ["pcm", "opus-6", "b"], {"opus_6": "opus-6"})
    assert found == {"opus_6": "opus-6", "b": "b"}  # the hidden reference only where it is told
    told = match(["reference", "b"], ["pcm", "b"], {"reference": "pcm"})
    assert told == {"reference": "pcm", "b": "b"}


@pytest.mark.parametrize(
    ("rated", "given", "says"),
    [
        (["a", "b"], {"c": "a"}, "no condition 'c' in the ratings; there are a, b"),
        (["a", "b"], {"a": "z"}, "no condition 'z' in the run"),
        (["a", "b", "c"], {"c": "a"}, "both matched to a"),
        (["a"], {}, "1 conditions are in both"),
    ],
)
def test_what_cannot_be_matched_is_said(rated, given, says) -> None:
    with pytest.raises(ResultsError, match=says):
        match(rated, ["a", "b"], given)


def test_matches_are_words_or_a_table(tmp_path: Path) -> None:
    table = tmp_path / "match.csv"
    table.write_text("rated,condition\nLyra 3,lyra-3.2\n")
    assert read_matches([str(table), "a=b=c"]) == {"Lyra 3": "lyra-3.2", "a=b": "c"}


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("rated\nx\n", "must have the columns rated, condition"),
        ("rated,condition\nx,\n", ":2: a name is missing"),
        (None, "cannot be read"),
    ],
)
def test_a_wrong_table_is_refused(tmp_path: Path, text, says) -> None:
    path = tmp_path / "match.csv"
    if text is not None:
        path.write_text(text)
    with pytest.raises(ResultsError, match=says):
        read_matches([str(path)])


def test_wrong_words_are_refused() -> None:
    with pytest.raises(ResultsError, match="neither RATED=CONDITION nor"):
        read_matches(["a"])
    with pytest.raises(ResultsError, match="is matched to 'b' and 'c'"):
        read_matches(["a=b", "a=c"])
