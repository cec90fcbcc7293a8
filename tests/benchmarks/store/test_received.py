"""What may be read from a run that somebody else made, and how it is written."""

import json
import os
import socket

import pandas as pd
import pytest

from nscbench.benchmarks.store import received
from nscbench.benchmarks.store.printable import file_fault, printable, some
from nscbench.benchmarks.store.received import (
    Unfit,
    csv_text,
    open_within,
    read_json,
    read_table,
)
from nscbench.benchmarks.store.run_directory import RunError


@pytest.fixture
def run(tmp_path):
    (tmp_path / "run").mkdir()
    return tmp_path / "run"


def content(run, name="file"):
    with open_within(run, run / name) as file:
        return file.read()


def test_links_within_a_run_are_followed_and_others_not(run, tmp_path):
    (run / "real").write_text("ours")
    (run / "file").symlink_to("real")
    assert content(run) == b"ours"
    (tmp_path / "linked").symlink_to(run)
    assert content(tmp_path / "linked") == b"ours"
    (tmp_path / "secret").write_text("theirs")
    (run / "out").symlink_to(tmp_path / "secret")
    (run / "folder").symlink_to(tmp_path)
    for name in ("out", "folder/secret", "../secret"):
        with pytest.raises(Unfit, match="outside of the run"):
            content(run, name)
    with pytest.raises(FileNotFoundError):
        content(run, "absent")


def test_a_link_to_itself_is_an_error_like_any_other(run):
    (run / "file").symlink_to("file")
    with pytest.raises(OSError, match="symbolic links"):
        content(run)


def test_only_regular_files_of_a_bounded_size_are_opened(run, monkeypatch):
    os.mkfifo(run / "pipe")
    (run / "folder").mkdir()
    monkeypatch.chdir(run)  # a socket's address is short
    with socket.socket(socket.AF_UNIX) as server:
        server.bind("socket")
        for name in ("pipe", "folder", "socket"):
            with pytest.raises(Unfit, match=f"is a {name}; a run's recordings and files are reg"):
                content(run, name)
    (run / "large").touch()
    os.truncate(run / "large", received.LARGEST + 1)
    with pytest.raises(Unfit, match="is 2048 MiB large"):
        content(run, "large")


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("[" * 100_000, "nested too deeply"),
        ("[" * 100_000 + "]" * 100_000, "nested too deeply"),
        ("[" * 40 + "]" * 40, "nested more than 32 levels deep"),
        ('{"a": ' * 40 + "1" + "}" * 40, "nested more than 32 levels deep"),
        ('{"a": NaN}', "a number that is none"),
        ('{"a": [1e999]}', "a number that is none"),
        ('{"a": -1e16}', "a number that is none"),
        (f'{{"a": 1{"0" * 400}}}', "a number that is none"),
        (f'{{"a": 1{"0" * 5000}}}', "cannot be read"),
        ("{", "cannot be read"),
        (b"\xff\xfe\xfd", "cannot be read"),
    ],
)
def test_json_is_bounded(run, text, message):
    (run / "file").write_bytes(text if isinstance(text, bytes) else text.encode())
    with pytest.raises(RunError, match=message):
        read_json(run, run / "file")


def test_text_of_json_is_printable_and_nothing_else_is_changed(run):
    made = {"a\x1b": ["\x1b[2Jb", "é \t\n", {"c": "\ud800\u202e"}], "n": [1, 2.5, None, True]}
    (run / "file").write_text(json.dumps(made))
    assert read_json(run, run / "file") == {
        "a\\x1b": ["\\x1b[2Jb", "é \t\n", {"c": "\\ud800\\u202e"}],
        "n": [1, 2.5, None, True],
    }


def test_a_fault_of_a_file_names_it_if_the_system_does():
    assert file_fault(PermissionError(13, "Permission denied", "a\x1b.csv")) == (
        "a\\x1b.csv: Permission denied"
    )
    assert file_fault(OSError(28, "No space left on device")) == "No space left on device"
    assert file_fault(OSError("odd")) == "odd"


def test_printable_text_stays_as_it_is():
    for text in ("", "plain", "größe 漢字 עברית", "two\nlines\t"):
        assert printable(text) == text
    assert printable(printable("\x9b1m\r")) == printable("\x9b1m\r") == "\\x9b1m\\r"


def test_of_many_names_the_first_are_told():
    assert (some(["a", "b", "c"]), some(list("abcde"))) == ("a, b, c", "a, b, c and 2 more")


FORMULAS = [
    '=HYPERLINK("http://x";"y")',
    "+1",
    "-2+3",
    "@SUM(A1)",
    "\tx",
    "'=1",
    "''-1",
    "a=b",
    "'a",
]


def test_no_cell_is_a_formula_and_all_come_back(run):
    table = pd.DataFrame({"=name": FORMULAS, "value": [-1.5] * len(FORMULAS), "n": range(9)})
    (run / "table.csv").write_bytes(csv_text(table))
    written = pd.read_csv(run / "table.csv", dtype=str)
    assert written.columns.tolist() == ["'=name", "value", "n"]
    assert [text[0] in "=+-@\t\r" for text in written["'=name"]] == [False] * len(FORMULAS)
    assert written["value"].tolist() == ["-1.5"] * len(FORMULAS)
    assert read_table(run, run / "table.csv")["'=name"].tolist() == FORMULAS


def test_a_table_without_formulas_is_written_as_pandas_does():
    table = pd.DataFrame(
        {"text": ["a", None, "é"], "mixed": [1, None, "b"], "value": [0.1, None, -3e-9]}
    )
    assert csv_text(table) == table.to_csv(index=False).encode()
