"""Names on a command line: what is named is asked for, and nothing is never everything."""

import pytest

from nscbench.benchmarks.cli import main
from nscbench.benchmarks.commands.named import names


def test_names_stand_between_commas_with_or_without_spaces():
    assert names("pesq, stoi,") == ("pesq", "stoi")


@pytest.mark.parametrize(
    "words",
    [
        ["run", "demo", "--conditions", ""],
        ["run", "demo", "--metrics", ","],
        ["score", "a.wav", "b.wav", "--metrics", " "],
        ["compare", "new", "old", "--gate", ""],
    ],
)
def test_an_empty_list_is_refused(words, capsys):
    with pytest.raises(SystemExit) as refused:
        main(words)
    assert refused.value.code == 2
    assert f"argument {words[-2]}: {words[-1]!r} names nothing" in capsys.readouterr().err


def test_a_name_that_no_file_can_have_is_bad_input(capsys):
    assert main(["run", "demo", "--items", "x" * 5000]) == 2
    assert "File name too long" in capsys.readouterr().err


def test_items_without_a_name_are_not_the_suites(capsys):
    assert main(["run", "demo", "--items", ""]) == 2
    assert "no items are named; items are a folder, a .csv" in capsys.readouterr().err
