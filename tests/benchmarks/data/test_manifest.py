"""The lines of a manifest: read, written, and refused."""

import hashlib
from pathlib import Path

import pytest

from nscbench.benchmarks.data.manifest import (
    ItemsError,
    Listing,
    absent_columns,
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
        ("id,file,sex", ["lacks the column path (is file it? call it path)", "and if they are"]),
        ("id,Path", ["lacks the column path (is Path it?"]),
        ("id;path;speaker;sex;text;sha256", ["lacks the column path; a manifest has path, and"]),
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
        f"line 3: sha256 is '{'0' * 63}'; allowed are 64 hexadecimal digits and empty",
        "line 4: has another number of cells than the header",
    ]


def test_a_manifest_that_is_not_there(tmp_path: Path) -> None:
    assert "gone.csv: No such file" in str(refusal(tmp_path / "gone.csv"))


def test_a_path_is_enough(tmp_path: Path) -> None:
    """Ids are the files' names, made unique; a corpus's path says the speaker."""
    paths = ["a.wav", "x/b.wav", "../y/b.flac", "84/121/84-121-0000.flac", "x/b.wav"]
    found = read_manifest(manifest(tmp_path, *paths, header="path"))
    assert [item.id for item in found] == ["a", "x_b", "y_b", "84-121-0000", "x_b-2"]
    assert [item.speaker for item in found] == ["", "", "", "84", ""]
    assert {(item.sex, item.text, item.sha256) for item in found} == {("", "", "")}
    assert found[0].path == tmp_path / "a.wav"


def test_a_clean_recording_is_no_other_column(tmp_path: Path) -> None:
    header, digest = "path,room,reference,reference_sha256", "A" * 64
    lines = f"a.wav,hall,clean/a.wav,{digest}", "b.wav,,,"
    found, plain = read_manifest(manifest(tmp_path, *lines, header=header))
    assert (found.reference, found.reference_sha256) == (tmp_path / "clean/a.wav", "a" * 64)
    assert found.columns == {"room": "hall"}
    assert (plain.reference, plain.reference_sha256) == (None, "")
    wrong = manifest(tmp_path, "a.wav,,clean.wav,no digest", header=header)
    assert "reference_sha256 is 'no digest'; allowed are 64" in str(refusal(wrong))


def test_ids_that_are_given_are_kept(tmp_path: Path) -> None:
    found = read_manifest(manifest(tmp_path, "b,a.wav", ",b.wav", ",c.wav", header="id,path"))
    assert [item.id for item in found] == ["b", "b-2", "c"]


def test_what_a_manifest_lacks_is_said_once(tmp_path: Path) -> None:
    (line,) = absent_columns(manifest(tmp_path, "a.wav", "b.wav", header="path"))
    assert line == (
        "has no column id, sha256: ids are made of the files' names, checksums are made "
        "now and kept in the run"
    )
    assert list(absent_columns(manifest(tmp_path, header=HEADER))) == []


def test_a_character_0_is_a_fault_of_its_line(tmp_path: Path) -> None:
    wrong = manifest(tmp_path, "a\0.wav,b\0", header="path,speaker")
    assert "line 2: path, speaker has a character 0" in str(refusal(wrong))
