"""Manifests, folders and recordings, and what is said of wrong ones."""

import hashlib
import os
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
import soundfile

from nscbench.benchmarks.data.items import (
    AudioError,
    ItemsError,
    passed_over,
    read_audio,
    read_items,
)
from nscbench.benchmarks.data.names import speaker_of
from support.recordings import line, manifest, tone, wav


def refusal(source: Path) -> ItemsError:
    with pytest.raises(ItemsError) as caught:
        read_items(source)
    return caught.value


def test_manifest_keeps_order_and_reads_headers(tmp_path: Path) -> None:
    second = wav(tmp_path / "b c" / "wörter, 二.wav", rate=44_100, seconds=0.5)
    first = wav(tmp_path / "a.wav")
    quoted = line(second, tmp_path, "zweites").replace("b c/wörter, 二.wav", '"b c/wörter, 二.wav"')
    items = read_items(manifest(tmp_path, quoted, line(first, tmp_path, "a", sex="")))
    assert [(i.id, i.sample_rate, i.seconds, i.sex) for i in items] == [
        ("zweites", 44_100, 0.5, "F"),
        ("a", 16_000, 0.1, ""),
    ]
    assert items[0].path == second
    assert items[0].sha256 == hashlib.sha256(second.read_bytes()).hexdigest()
    assert items[0].text == "hello"


def test_folder_with_manifest_uses_it(tmp_path: Path) -> None:
    wav(tmp_path / "not listed.wav")
    path = manifest(tmp_path, line(wav(tmp_path / "a.wav"), tmp_path))
    path.rename(tmp_path / "manifest.csv")
    assert [item.id for item in read_items(tmp_path)] == ["a"]


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (lambda row: row.replace(",s1,F", ",s1,female"), ["line 3", "'female'", "F, M"]),
        (lambda row: row.rsplit(",", 1)[0], ["line 3", "cells"]),
        (lambda row: row + ",more", ["line 3", "cells"]),
        (lambda row: row[:-1], ["line 3", "64 hexadecimal"]),
        (lambda row: row.replace("b.wav", "gone.wav"), ["line 3", "gone.wav", "No such file"]),
        (lambda row: row.replace("b.wav", "a.wav"), ["line 3", "a.wav", "SHA-256"]),
        (lambda row: row.replace("b,b.wav", "a,b.wav"), ["line 3", "b.wav", "unique"]),
        (lambda row: row.replace("b,b.wav", "../b,b.wav"), ["line 3", "'../b'", "slash"]),
        (lambda row: row.replace("b,b.wav", "b,"), ["line 3", "path is empty"]),
        (lambda row: '"' + row, ["line 3", "list.csv"]),
    ],
)
def test_wrong_line_is_named(
    tmp_path: Path, change: Callable[[str], str], words: list[str]
) -> None:
    good = line(wav(tmp_path / "a.wav"), tmp_path)
    bad = change(line(wav(tmp_path / "b.wav", seconds=0.2), tmp_path, "b"))
    message = str(refusal(manifest(tmp_path, good, bad)))
    for word in ["list.csv", *words]:
        assert word in message


def test_all_faults_are_reported_at_once(tmp_path: Path) -> None:
    row = line(wav(tmp_path / "a.wav"), tmp_path)
    rows = [row.replace("a,a.wav", f"{n},gone{n}.wav") for n in range(3)]
    error = refusal(manifest(tmp_path, *rows))
    assert len(error.problems) == 3
    assert "gone0.wav" in str(error)
    assert "2 more" in str(error)


def test_folder_scan(tmp_path: Path) -> None:
    for suffix in (".wav", ".flac", ".ogg", ".mp3", ".WAV"):
        soundfile.write(tmp_path / f"x{suffix[1:]}{suffix}", tone(0.5), 16_000)
    (tmp_path / "deep er" / "ä").mkdir(parents=True)
    opus = tmp_path / "deep er" / "ä" / "y.opus"
    soundfile.write(opus, tone(0.5), 16_000, format="OGG", subtype="OPUS")
    (tmp_path / "._x.wav").write_bytes(b"resource fork")
    (tmp_path / "notes.txt").write_text("no audio")
    items = read_items(tmp_path)
    ids = ["deep er_ä_y", "xWAV", "xflac", "xmp3", "xogg", "xwav"]
    assert [item.id for item in items] == ids
    assert {item.speaker for item in items} == {""}
    assert all(item.seconds == pytest.approx(0.5, abs=0.05) for item in items)
    assert items[0].sha256 == hashlib.sha256(opus.read_bytes()).hexdigest()


@pytest.mark.parametrize(
    ("path", "speaker"),
    [
        ("LibriSpeech/test-clean/61/70968/61-70968-0000.flac", "61"),
        ("test-clean/61/70968/61_70968_000005_000002.wav", "61"),
        ("VCTK/wav48_silence_trimmed/p225/p225_001_mic1.flac", "p225"),
        ("VCTK/wav48/s5/s5_012.wav", "s5"),
        ("61/70968/62-70968-0000.flac", ""),
        ("61/70968/61-70969-0000.flac", ""),
        ("p225/p226_001_mic1.flac", ""),
        ("alice/take_001.wav", ""),
    ],
)
def test_speaker_of_known_layouts(path: str, speaker: str) -> None:
    assert speaker_of(Path(path)) == speaker


def test_same_id_in_a_folder(tmp_path: Path) -> None:
    wav(tmp_path / "a" / "b.wav")
    wav(tmp_path / "a_b.wav")
    message = str(refusal(tmp_path))
    assert "a_b.wav" in message
    assert "unique" in message


@pytest.mark.parametrize(
    ("source", "word"), [("gone", "does not exist"), ("x.wav", "neither"), (".", "holds no items")]
)
def test_no_items(tmp_path: Path, source: str, word: str) -> None:
    if source.endswith(".wav"):
        wav(tmp_path / source)
    message = str(refusal(tmp_path / source))
    assert word in message
    assert ".csv" in message or ".wav" in message


def test_files_that_are_no_audio(tmp_path: Path) -> None:
    (tmp_path / "empty.wav").touch()
    (tmp_path / "text.flac").write_text("not audio at all " * 50)
    soundfile.write(tmp_path / "none.wav", np.zeros(0), 16_000)
    (tmp_path / "dangling.ogg").symlink_to(tmp_path / "gone")
    causes = ["dangling.ogg: No such file", "empty.wav: is empty", "none.wav: holds no samples"]
    problems = refusal(tmp_path).problems
    assert len(problems) == 4
    for problem, cause in zip(problems, [*causes, "text.flac: not audio"], strict=True):
        assert cause in problem
        with pytest.raises(AudioError, match=cause.split(": ")[1]):
            read_audio(tmp_path / cause.split(":")[0])


def test_every_format_is_read_and_the_rest_told(tmp_path: Path) -> None:
    folder = tmp_path / "set"
    (tmp_path / "linked").mkdir()
    folder.mkdir()
    for name, container in (
        *(("a.aiff", "AIFF"), ("b.w64", "W64"), ("c.au", "AU"), ("d.caf", "CAF")),
        *(("e.sph", "NIST"), ("f.rf64", "RF64"), ("g.oga", "OGG"), ("h.AIF", "AIFF")),
    ):
        soundfile.write(folder / name, tone(0.5), 16_000, format=container)
    wav(tmp_path / "linked" / "x.wav")
    (folder / "l").symlink_to("../linked")
    (folder / "back").symlink_to(".")
    for name in ("i.m4a", "j.m4a", "k.m4a", "n.m4a", "m.webm", "README"):
        (folder / name).write_bytes(b"anything")
    (folder / ".cache").mkdir()
    wav(folder / ".cache" / "z.wav")
    assert [item.id for item in read_items(folder)] == [*"abcdefgh", "l_x"]
    assert passed_over(folder) == (
        "left out: 4 .m4a (i.m4a, j.m4a, k.m4a, ...)",
        "left out: 1 .webm (m.webm)",
        "left out: 1 hidden folders (.cache)",
        "left out: 1 links to folders that are read already (back)",
        "left out: 1 without suffix (README)",
    )
    assert passed_over("demo") == ()


def test_a_folder_without_any_says_what_it_has(tmp_path: Path) -> None:
    (tmp_path / "i.m4a").touch()
    assert "left out: 1 .m4a (i.m4a)" in str(refusal(tmp_path))


def test_links_that_lead_round_are_followed_once(tmp_path: Path) -> None:
    folder = tmp_path / "parent" / "set"
    wav(folder / "a.wav")
    wav(tmp_path / "parent" / "b.wav")
    (folder / "up").symlink_to("..")
    (folder / "twice").symlink_to("../../parent")
    assert [item.id for item in read_items(folder)] == ["a", "twice_b"]
    assert "(twice/set, up)" in str(passed_over(folder))


def test_names_are_taken_as_they_look(tmp_path: Path) -> None:
    composed, apart = "größe", "gro\u0308ße"
    path = wav(tmp_path / apart / f"{apart}.wav")
    assert [item.id for item in read_items(tmp_path)] == [f"{composed}_{composed}"]
    (line_of_names,) = passed_over(tmp_path)
    assert line_of_names.startswith("1 names were matched in Unicode's form NFC (gro\u0308ße/")
    row = line(path, tmp_path, apart).replace(f"{apart}/{apart}.wav", f"{composed}/{composed}.wav")
    listed = manifest(tmp_path, row)
    assert [(item.id, item.path) for item in read_items(listed)] == [(composed, path)]
    assert passed_over(listed)[0].startswith("1 names were matched")
    wav(tmp_path / composed / f"{composed}.wav")
    assert "ids must be unique" in str(refusal(tmp_path))


def test_ids_that_cannot_be_are_refused_with_their_paths(tmp_path: Path) -> None:
    strange = os.fsdecode(os.fsencode(tmp_path) + b"/caf\xe9.wav")
    soundfile.write(os.fsencode(strange), tone(), 16_000)
    long = tmp_path / ("d" * 100) / ("f" * 100 + ".wav")
    wav(long)
    wav(tmp_path / "a.wav")
    wav(tmp_path / "new\nline.wav")
    problems = refusal(tmp_path).problems
    assert len(problems) == 3
    assert any(f"{tmp_path}/new\\nline.wav: its id 'new\\nline'" in text for text in problems)
    assert any(f"{tmp_path}/caf\\xe9.wav: its name is not UTF-8" in text for text in problems)
    assert any(f"{long}: its id" in text and "1 to 128 bytes" in text for text in problems)


def test_a_pipe_is_refused_by_name(tmp_path: Path) -> None:
    wav(tmp_path / "a.wav")
    os.mkfifo(tmp_path / "p.wav")
    assert "p.wav: is a named pipe, not a file" in str(refusal(tmp_path))


def test_names_that_only_look_alike_are_told_apart(tmp_path: Path) -> None:
    for name in ("gr\u00f6.wav", "gro\u0308.wav"):
        wav(tmp_path / name)
    (problem,) = refusal(tmp_path).problems
    assert "'gr\\xf6.wav'" in problem
    assert "'gro\\u0308.wav'" in problem


def test_paths_of_a_manifest_move_no_cursor(tmp_path: Path) -> None:
    gone = line(wav(tmp_path / "a.wav"), tmp_path).replace("a.wav", "\x1b[31m.wav")
    (problem,) = refusal(manifest(tmp_path, gone)).problems
    assert "\\x1b[31m.wav: No such file" in problem
