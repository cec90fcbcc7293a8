"""The lines of a manifest: read, written, and refused."""

import hashlib
from pathlib import Path

import pytest

from nscbench.benchmarks.data.manifest import (
    ItemsError,
    Listing,
    read_manifest,
    write_manifest,
)
from support.recordings import HEADER, manifest, wav


def refusal(source: Path) -> ItemsError:
    with pytest.raises(ItemsError) as caught:
        read_manifest(source)
    return caught.value


def test_manifest_of_a_spreadsheet(tmp_path: Path) -> None:
    """A byte order mark, CRLF, other columns, upper-case digits, no text."""
    path = wav(tmp_path / "a.wav")
    digest = hashlib.sha256(path.read_bytes()).hexdigest().upper()
    text = f"\ufeffnote,id,path,speaker,sex,sha256\r\nx,a,a.wav,,,{digest}\r\n"
    (tmp_path / "m.csv").write_bytes(text.encode())
    (item,) = read_manifest(tmp_path / "m.csv")
    assert (item.id, item.speaker, item.text) == ("a", "", "")
    assert item.sha256 == digest.lower()


@pytest.mark.parametrize(
    ("header", "words"),
    [
        ("id,path,sex", ["lacks", "speaker, sha256"]),
        ("id;path;speaker;sex;text;sha256", ["lacks", "id, path"]),
        ("", ["lacks"]),
        (HEADER + ",id", ["more than once", "id"]),
    ],
)
def test_wrong_header(tmp_path: Path, header: str, words: list[str]) -> None:
    message = str(refusal(manifest(tmp_path, "x", header=header)))
    for word in ["line 1", *words]:
        assert word in message


def test_manifest_that_is_no_text(tmp_path: Path) -> None:
    (tmp_path / "m.csv").write_bytes(HEADER.encode() + b"\n\xff\xfe")
    assert "UTF-8" in str(refusal(tmp_path / "m.csv"))


def test_what_is_written_is_read(tmp_path: Path) -> None:
    """Quotes, commas and line ends too; the paths are the folder's."""
    written = [
        Listing("a", tmp_path / "b c" / "wörter, 二.wav", "s1", "F", 'say "so",\ntwice', "0" * 64),
        Listing("b", tmp_path / "b.flac", sha256="f" * 64),
    ]
    write_manifest(tmp_path / "manifest.csv", written)
    assert [
        found._replace(where="") for found in read_manifest(tmp_path / "manifest.csv")
    ] == written
    assert b"\r" not in (tmp_path / "manifest.csv").read_bytes()


def test_every_wrong_cell_is_told_with_its_line(tmp_path: Path) -> None:
    rows = [f"a,,s,X,t,{'0' * 64}", f"b,b.wav,s,F,t,{'0' * 63}", "c,c.wav,s"]
    problems = refusal(manifest(tmp_path, *rows)).problems
    assert [problem.partition("list.csv, ")[2] for problem in problems] == [
        "line 2: path is empty",
        "line 2: sex is 'X'; allowed are F, M and empty",
        f"line 3: sha256 is '{'0' * 63}'; allowed are 64 hexadecimal digits",
        "line 4: has another number of cells than the header",
    ]


def test_a_manifest_that_is_not_there(tmp_path: Path) -> None:
    assert "gone.csv: No such file" in str(refusal(tmp_path / "gone.csv"))
