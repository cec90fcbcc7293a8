"""Fetching against a real server on the loopback: resume, faults, hostile archives, layouts."""

import hashlib
import io
import resource
import stat
import tarfile
import threading
import zipfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import numpy as np
import pytest
import soundfile

from nscbench.benchmarks import cli
from nscbench.benchmarks.data import datasets, download
from nscbench.benchmarks.data.archives import ArchiveError, unpack
from nscbench.benchmarks.data.corpora import CorpusError
from nscbench.benchmarks.data.datasets import DATASETS, DatasetError, get_dataset
from nscbench.benchmarks.data.download import DownloadError, Source, check_download, fetch
from nscbench.benchmarks.data.items import ItemsError, read_items

BODY = np.random.default_rng(0).bytes(300_000)


@dataclass
class Server:
    """What the loopback server does, and what it was asked."""

    url: str = ""
    body: bytes = BODY
    etag: str | None = '"one"'
    ranges: bool = True
    wrong_range: bool = False
    cut_after: list[int] = field(default_factory=list)  # bytes of each answer; then whole ones
    statuses: list[int] = field(default_factory=list)  # answered first
    encoding: str = ""
    states_length: bool = True
    requests: list[dict[str, str]] = field(default_factory=list)

    def source(self, body: bytes | None = None) -> Source:
        content = self.body if body is None else body
        digests = {"md5": hashlib.md5(content), "sha256": hashlib.sha256(content)}
        return Source(self.url, len(content), {n: d.hexdigest() for n, d in digests.items()})


@pytest.fixture
def server() -> Iterator[Server]:
    state = Server()

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            answer(self, state)

        def log_message(self, *words: object) -> None:
            """Keep the test's output clean."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as running:
        state.url = f"http://127.0.0.1:{running.server_address[1]}/file"
        thread = threading.Thread(target=running.serve_forever, args=(0.01,))
        thread.start()
        yield state
        running.shutdown()
        thread.join()


def answer(handler: BaseHTTPRequestHandler, state: Server) -> None:
    asked = dict(handler.headers)
    state.requests.append(asked)
    if state.statuses:
        handler.send_error(state.statuses.pop(0))
        return
    start, status = 0, 200
    valid = "If-Range" not in asked or asked["If-Range"] == state.etag
    if state.ranges and valid and "Range" in asked:
        start, status = int(asked["Range"].removeprefix("bytes=").rstrip("-")), 206
        if start >= len(state.body):
            handler.send_error(416)
            return
    handler.send_response(status)
    if status == 206:
        shown = 0 if state.wrong_range else start
        end = len(state.body)
        handler.send_header("Content-Range", f"bytes {shown}-{end - 1}/{end}")
    if state.etag:
        handler.send_header("ETag", state.etag)
    if state.encoding:
        handler.send_header("Content-Encoding", state.encoding)
    if state.states_length:
        handler.send_header("Content-Length", str(len(state.body) - start))
    handler.end_headers()
    rest = state.body[start:]
    handler.wfile.write(rest[: state.cut_after.pop(0)] if state.cut_after else rest)


def leftovers(folder: Path) -> set[str]:
    return {path.name for path in folder.iterdir()}


def test_whole_file_in_one_request(server: Server, tmp_path: Path) -> None:
    fetch(server.source(), tmp_path / "f", pause=0)
    assert (tmp_path / "f").read_bytes() == BODY
    assert leftovers(tmp_path) == {"f"}
    assert len(server.requests) == 1
    assert "Range" not in server.requests[0]


def test_second_fetch_asks_nothing(server: Server, tmp_path: Path) -> None:
    fetch(server.source(), tmp_path / "f", pause=0)
    fetch(server.source(), tmp_path / "f", pause=0)
    assert len(server.requests) == 1


def test_cut_connections_are_resumed(server: Server, tmp_path: Path) -> None:
    server.cut_after = [100_000, 50_000, 1]
    fetch(server.source(), tmp_path / "f", pause=0)
    assert (tmp_path / "f").read_bytes() == BODY
    ranges = [request.get("Range") for request in server.requests]
    assert ranges == [None, "bytes=100000-", "bytes=150000-", "bytes=150001-"]
    assert [r.get("If-Range") for r in server.requests] == [None, '"one"', '"one"', '"one"']


def interrupted(server: Server, target: Path, size: int = 100_000) -> None:
    """Leave what a killed process leaves: the first bytes, and the server's validator."""
    target.with_name(target.name + ".part").write_bytes(server.body[:size])
    if server.etag:
        target.with_name(target.name + ".part.validator").write_text(server.etag)


def test_another_process_resumes(server: Server, tmp_path: Path) -> None:
    interrupted(server, tmp_path / "f")
    fetch(server.source(), tmp_path / "f", pause=0)
    assert (tmp_path / "f").read_bytes() == BODY
    assert [r.get("Range") for r in server.requests] == ["bytes=100000-"]
    assert leftovers(tmp_path) == {"f"}


def test_killed_before_the_last_step(server: Server, tmp_path: Path) -> None:
    interrupted(server, tmp_path / "f", len(BODY))
    fetch(server.source(), tmp_path / "f", pause=0)
    assert (tmp_path / "f").read_bytes() == BODY
    assert server.requests == []


def test_file_that_changed_in_between_begins_anew(server: Server, tmp_path: Path) -> None:
    interrupted(server, tmp_path / "f")
    server.body, server.etag = BODY[::-1], '"two"'
    server.cut_after = [50_000]
    fetch(server.source(), tmp_path / "f", pause=0)
    assert (tmp_path / "f").read_bytes() == BODY[::-1]
    assert [r["If-Range"] for r in server.requests] == ['"one"', '"two"']
    assert [r["Range"] for r in server.requests] == ["bytes=100000-", "bytes=50000-"]


@pytest.mark.parametrize("etag", [None, 'W/"weak"'])
def test_no_strong_validator(server: Server, tmp_path: Path, etag: str | None) -> None:
    """A weak ETag may not be sent as If-Range (RFC 9110, 13.1.5)."""
    server.etag, server.cut_after = etag, [100_000]
    fetch(server.source(), tmp_path / "f", pause=0)
    assert (tmp_path / "f").read_bytes() == BODY
    assert "If-Range" not in server.requests[1]


@pytest.mark.parametrize("fault", ["ranges", "wrong_range"])
def test_server_that_cannot_resume(server: Server, tmp_path: Path, fault: str) -> None:
    setattr(server, fault, not getattr(server, fault))
    server.cut_after = [100_000]
    fetch(server.source(), tmp_path / "f", pause=0)
    assert (tmp_path / "f").read_bytes() == BODY


def test_gzip_that_a_server_calls_an_encoding(server: Server, tmp_path: Path) -> None:
    server.encoding = "x-gzip"
    fetch(server.source(), tmp_path / "f", pause=0)
    assert (tmp_path / "f").read_bytes() == BODY


def test_server_that_states_no_length(server: Server, tmp_path: Path) -> None:
    server.states_length, server.cut_after = False, [100_000]
    fetch(server.source(), tmp_path / "f", pause=0)
    assert (tmp_path / "f").read_bytes() == BODY
    with pytest.raises(DownloadError, match="size is 300000, published is 299999; .* removed"):
        fetch(server.source(BODY[:-1]), tmp_path / "longer", pause=0)
    assert leftovers(tmp_path) == {"f"}


def test_passing_faults_are_retried(server: Server, tmp_path: Path) -> None:
    server.statuses = [503, 429, 500]
    fetch(server.source(), tmp_path / "f", pause=0)
    assert (tmp_path / "f").read_bytes() == BODY


def test_lasting_faults_are_given_up_and_the_part_kept(server: Server, tmp_path: Path) -> None:
    interrupted(server, tmp_path / "f")
    server.statuses = [503] * 9
    with pytest.raises(DownloadError, match="503 .* 5 times; 100000 of 300000 bytes are kept"):
        fetch(server.source(), tmp_path / "f", pause=0)
    assert len(server.requests) == download.ATTEMPTS
    assert len((tmp_path / "f.part").read_bytes()) == 100_000


def test_missing_file_is_not_retried(server: Server, tmp_path: Path) -> None:
    server.statuses = [404]
    with pytest.raises(DownloadError, match="404"):
        fetch(server.source(), tmp_path / "f", pause=0)
    assert len(server.requests) == 1


def test_no_server(tmp_path: Path) -> None:
    with pytest.raises(DownloadError, match="no connection"):
        fetch(Source("http://127.0.0.1:9/f", 1, {}), tmp_path / "f", pause=0)
    assert leftovers(tmp_path) == set()


def test_page_instead_of_the_file_is_refused_unread(server: Server, tmp_path: Path) -> None:
    source = server.source()
    interrupted(server, tmp_path / "f")
    server.body, server.etag = b"<html>We have moved</html>", '"page"'
    with pytest.raises(DownloadError, match="offers 26 bytes, published are 300000"):
        fetch(source, tmp_path / "f", pause=0)
    assert len((tmp_path / "f.part").read_bytes()) == 100_000


@pytest.mark.parametrize("algorithm", ["md5", "sha256"])
def test_wrong_content_is_removed(server: Server, tmp_path: Path, algorithm: str) -> None:
    source = server.source()
    wrong = replace(source, checksums={**source.checksums, algorithm: "0" * 32})
    with pytest.raises(DownloadError, match=f"{algorithm} is {source.checksums[algorithm]}"):
        fetch(wrong, tmp_path / "f", pause=0)
    assert leftovers(tmp_path) == set()


def test_damaged_part_is_removed(server: Server, tmp_path: Path) -> None:
    interrupted(server, tmp_path / "f")
    (tmp_path / "f.part").write_bytes(bytes(100_000))
    with pytest.raises(DownloadError, match="removed"):
        fetch(server.source(), tmp_path / "f", pause=0)
    assert leftovers(tmp_path) == set()


def test_wrong_length_is_named(server: Server, tmp_path: Path) -> None:
    (tmp_path / "f").write_bytes(BODY + b"x")
    with pytest.raises(DownloadError, match="size is 300001, published is 300000"):
        check_download(server.source(), tmp_path / "f")


def test_full_disk(server: Server, tmp_path: Path) -> None:
    """A limit on the size of files stands in for it: the system refuses the write likewise."""
    limits = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (100_000, limits[1]))
    try:
        with pytest.raises(DownloadError, match="f.part: File too large, with 100000 of 300000"):
            fetch(server.source(), tmp_path / "f", pause=0)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, limits)
    fetch(server.source(), tmp_path / "f", pause=0)
    assert server.requests[-1]["Range"] == "bytes=100000-"
    assert (tmp_path / "f").read_bytes() == BODY


def tar_of(*members: tuple[tarfile.TarInfo, bytes]) -> bytes:
    data = io.BytesIO()
    with tarfile.open(fileobj=data, mode="w:gz") as tar:
        for info, content in members:
            info.size = len(content)
            tar.addfile(info, io.BytesIO(content))
    return data.getvalue()


def zip_of(*members: tuple[zipfile.ZipInfo | str, bytes]) -> bytes:
    data = io.BytesIO()
    with zipfile.ZipFile(data, "w") as zipped:
        for info, content in members:
            zipped.writestr(info, content)
    return data.getvalue()


def tar_member(name: str, kind: bytes = tarfile.REGTYPE, target: str = "") -> tarfile.TarInfo:
    info = tarfile.TarInfo(name)
    info.type, info.linkname = kind, target
    return info


def zip_member(name: str, kind: int = stat.S_IFREG) -> zipfile.ZipInfo:
    info = zipfile.ZipInfo("placeholder")
    info.filename = name  # the constructor would mend it
    info.external_attr = (kind | 0o644) << 16
    return info


HOSTILE = {
    "tar-absolute": lambda out: tar_of((tar_member(f"{out}/evil"), b"x")),
    "tar-parent": lambda out: tar_of((tar_member("a/../../evil"), b"x")),
    "tar-backslash": lambda out: tar_of((tar_member("..\\evil"), b"x")),
    "tar-symlink": lambda out: tar_of(
        (tar_member("a", tarfile.SYMTYPE, str(out)), b""), (tar_member("a/evil"), b"x")
    ),
    "tar-hardlink": lambda out: tar_of((tar_member("a", tarfile.LNKTYPE, f"{out}/kept"), b"")),
    "tar-fifo": lambda out: tar_of((tar_member("a", tarfile.FIFOTYPE), b"")),
    "tar-device": lambda out: tar_of((tar_member("a", tarfile.CHRTYPE), b"")),
    "zip-absolute": lambda out: zip_of((zip_member(f"{out}/evil"), b"x")),
    "zip-parent": lambda out: zip_of((zip_member("a/../../evil"), b"x")),
    "zip-drive": lambda out: zip_of((zip_member("C:evil"), b"x")),
    "zip-symlink": lambda out: zip_of((zip_member("a", stat.S_IFLNK), str(out).encode())),
}


@pytest.mark.parametrize("hostile", HOSTILE.values(), ids=HOSTILE.keys())
def test_member_that_would_leave_is_refused(
    tmp_path: Path, hostile: Callable[[Path], bytes]
) -> None:
    outside = tmp_path / "outside"
    outside.mkdir()
    (outside / "kept").write_text("kept")
    archive = tmp_path / "archive"
    archive.write_bytes(hostile(outside))
    with pytest.raises(ArchiveError, match="archive: member"):
        unpack(archive, tmp_path / "in" / "side")
    assert leftovers(outside) == {"kept"}
    assert leftovers(tmp_path) == {"outside", "archive", "in"}
    assert leftovers(tmp_path / "in") == set()


@pytest.mark.parametrize("made", ["tar", "zip"])
@pytest.mark.parametrize("damage", ["cut", "flipped"])
def test_damaged_archive(tmp_path: Path, made: str, damage: str) -> None:
    content = BODY[:50_000]
    data = bytearray(
        tar_of((tar_member("a/b"), content)) if made == "tar" else zip_of(("a/b", content))
    )
    if damage == "cut":
        del data[len(data) // 2 :]
    else:
        data[len(data) // 2] ^= 0xFF
    (tmp_path / "archive").write_bytes(data)
    with pytest.raises(ArchiveError, match="archive"):
        unpack(tmp_path / "archive", tmp_path / "in")
    assert leftovers(tmp_path) == {"archive"}


def audio(rate: int, kind: str) -> bytes:
    data = io.BytesIO()
    soundfile.write(data, 0.1 * np.sin(np.arange(rate // 10)), rate, format=kind)
    return data.getvalue()


def librispeech() -> bytes:
    root = "LibriSpeech/test-clean/61/70968/61-70968"
    files = {
        "LibriSpeech/SPEAKERS.TXT": b"; remarks | F | are skipped\n"
        b";ID  |SEX| SUBSET           |MINUTES| NAME\n"
        b"61   | M | test-clean       |  8.08 | Some | One\n"
        b"121  | F | test-clean       |  8.13 | Somebody Else\n",
        f"{root}.trans.txt": b"61-70968-0000 HE BEGAN A LONG TALE\n61-70968-0001 AND ENDED IT\n",
        f"{root}-0000.flac": audio(16_000, "FLAC"),
        f"{root}-0001.flac": audio(16_000, "FLAC"),
    }
    return tar_of(
        (tar_member("LibriSpeech", tarfile.DIRTYPE), b""),
        *((tar_member(name), content) for name, content in files.items()),
    )


def libritts() -> bytes:
    name = "LibriTTS/test-clean/121/1/121_1_000002_000001"
    files = {
        "LibriTTS/speakers.tsv": b"READER\tGENDER\tSUBSET\tNAME\t\n121\tF\ttest-clean\tName\n",
        f"{name}.wav": audio(24_000, "WAV"),
        f"{name}.normalized.txt": "He said “two”, no more.\n".encode(),
        f"{name}.original.txt": b"He said 2, no more.",
    }
    return tar_of(*((tar_member(path), content) for path, content in files.items()))


def vctk() -> bytes:
    folder = "wav48_silence_trimmed"
    files = {
        "speaker-info.txt": b"ID  AGE  GENDER  ACCENTS  REGION COMMENTS\n"
        b"p225  23  F    English    Southern  England\n"
        b"p315  18  M    American   New England (Text unavailable)\n",
        f"{folder}/p225/p225_001_mic1.flac": audio(48_000, "FLAC"),
        f"{folder}/p225/p225_001_mic2.flac": audio(48_000, "FLAC"),
        f"{folder}/p315/p315_002_mic1.flac": audio(48_000, "FLAC"),
        f"{folder}/s5/s5_003_mic1.flac": audio(48_000, "FLAC"),
        f"{folder}/log.txt": b"",
        "txt/p225/p225_001.txt": b"Please call Stella.  \n",
        "txt/s5/s5_003.txt": b"Six spoons.",
    }
    return zip_of(*files.items())


CORPORA = {
    "librispeech-test-clean": (
        librispeech,
        16_000,
        [
            ("61-70968-0000", "61", "M", "HE BEGAN A LONG TALE"),
            ("61-70968-0001", "61", "M", "AND ENDED IT"),
        ],
    ),
    "libritts-test-clean": (
        libritts,
        24_000,
        [("121_1_000002_000001", "121", "F", "He said “two”, no more.")],
    ),
    "vctk": (
        vctk,
        48_000,
        [
            ("p225_001", "p225", "F", "Please call Stella."),
            ("p315_002", "p315", "M", ""),
            ("s5_003", "s5", "", "Six spoons."),
        ],
    ),
}


@pytest.fixture
def publish(server: Server, monkeypatch: pytest.MonkeyPatch) -> Callable[[str, bytes], None]:
    """Let the loopback server be the publisher of a data set."""

    def published(name: str, archive: bytes) -> None:
        server.body = archive
        monkeypatch.setitem(DATASETS, name, replace(DATASETS[name], source=server.source()))

    return published


@pytest.mark.parametrize("name", CORPORA)
def test_corpus_from_publisher_to_items(
    tmp_path: Path, server: Server, publish: Callable[[str, bytes], None], name: str
) -> None:
    make, rate, expected = CORPORA[name]
    publish(name, make())
    server.cut_after = [200]
    folder = get_dataset(name, tmp_path / "data sets", pause=0)
    assert leftovers(tmp_path / "data sets") == {name}
    items = read_items(folder)
    assert [(i.id, i.speaker, i.sex, i.text) for i in items] == expected
    assert {(i.sample_rate, i.seconds) for i in items} == {(rate, 0.1)}
    assert read_items(folder, decoded=True) == items
    asked = len(server.requests)
    assert get_dataset(name, tmp_path / "data sets", pause=0) == folder
    assert len(server.requests) == asked


def test_second_microphone_is_not_unpacked(
    tmp_path: Path, publish: Callable[[str, bytes], None]
) -> None:
    publish("vctk", vctk())
    assert not list(get_dataset("vctk", tmp_path).rglob("*_mic2.flac"))


def test_killed_while_unpacking(tmp_path: Path, publish: Callable[[str, bytes], None]) -> None:
    publish("libritts-test-clean", libritts())
    torn = tmp_path / ".libritts-test-clean.part" / "LibriTTS"
    torn.mkdir(parents=True)
    (torn / "speakers.tsv").write_text("REA")
    (tmp_path / "libritts-test-clean.tar.gz").write_bytes(libritts())
    folder = get_dataset("libritts-test-clean", tmp_path)
    assert [item.sex for item in read_items(folder)] == ["F"]
    assert leftovers(tmp_path) == {"libritts-test-clean"}


def test_hostile_archive_of_a_publisher(
    tmp_path: Path, publish: Callable[[str, bytes], None]
) -> None:
    publish("vctk", HOSTILE["tar-symlink"](tmp_path))
    with pytest.raises(ArchiveError, match="'a' is a link"):
        get_dataset("vctk", tmp_path)
    assert leftovers(tmp_path) == {"vctk.zip"}


def test_archive_of_another_corpus(tmp_path: Path, publish: Callable[[str, bytes], None]) -> None:
    publish("vctk", libritts())
    with pytest.raises(CorpusError, match=r"speaker-info\.txt is missing"):
        get_dataset("vctk", tmp_path)
    assert not (tmp_path / "vctk").exists()


def test_recording_that_a_table_names_is_missing(tmp_path: Path) -> None:
    (tmp_path / "a.tar.gz").write_bytes(librispeech())
    unpack(tmp_path / "a.tar.gz", tmp_path / "c", wanted=lambda name: "0001.flac" not in name)
    with pytest.raises(ItemsError, match=r"61-70968-0001\.flac: No such file"):
        datasets.index(DATASETS["librispeech-test-clean"], tmp_path / "c")
    assert not (tmp_path / "c" / "manifest.csv").exists()


def test_unknown_name_and_foreign_folder(tmp_path: Path) -> None:
    with pytest.raises(DatasetError, match="there are: demo, words, librispeech-test-clean"):
        get_dataset("timit", tmp_path)
    (tmp_path / "vctk").mkdir()
    with pytest.raises(DatasetError, match="move it away"):
        get_dataset("vctk", tmp_path)


def test_registry_is_complete() -> None:
    for dataset in DATASETS.values():
        assert dataset.source.url.startswith("https://")
        assert {n: len(d) for n, d in dataset.source.checksums.items()} == {"md5": 32, "sha256": 64}
        assert dataset.licence.startswith("CC BY 4.0")
        assert dataset.attribution


def test_command_line(
    tmp_path: Path,
    server: Server,
    publish: Callable[[str, bytes], None],
    capsys: pytest.CaptureFixture[str],
) -> None:
    publish("libritts-test-clean", libritts())
    assert cli.main(["data", "get", "libritts-test-clean", "--to", str(tmp_path)]) == 0
    assert "CC BY 4.0" in capsys.readouterr().out
    folder = tmp_path / "libritts-test-clean"
    assert cli.main(["data", "check", str(folder)]) == 0
    assert "1 items" in capsys.readouterr().out

    (recording,) = folder.rglob("*.wav")
    recording.write_bytes(audio(16_000, "WAV"))
    assert cli.main(["data", "check", str(folder)]) == 1
    assert "SHA-256" in capsys.readouterr().err

    assert cli.main(["data", "check", str(tmp_path / "gone")]) == 2
    assert cli.main(["data", "get", "timit", "--to", str(tmp_path)]) == 2
    server.statuses = [404]
    assert cli.main(["data", "get", "libritts-test-clean", "--to", str(tmp_path / "new")]) == 1
    error = capsys.readouterr().err
    assert "does not exist" in error
    assert "timit" in error
    assert "404" in error

    assert cli.main(["data", "list"]) == 0
    listed = capsys.readouterr().out.splitlines()
    assert {"demo", *DATASETS} <= set(listed)


def test_check_decodes(tmp_path: Path) -> None:
    """A header cannot show it: the file must be read to its end."""
    soundfile.write(tmp_path / "a.wav", np.array([0.1, np.nan]), 16_000, subtype="FLOAT")
    assert len(read_items(tmp_path)) == 1
    with pytest.raises(ItemsError, match="NaN"):
        read_items(tmp_path, decoded=True)


def test_check_names_every_fault_at_once(tmp_path: Path, capsys) -> None:
    """Of headers, and of what only decoding shows."""
    tone = np.sin(np.arange(20_000) / 10) / 2
    for name in ("structure.wav", "sound.flac", "whole.wav"):
        soundfile.write(tmp_path / name, tone, 16_000)
    for name in ("structure.wav", "sound.flac"):
        path = tmp_path / name
        path.write_bytes(path.read_bytes()[:-20])
    assert cli.main(["data", "check", str(tmp_path)]) == 1
    first, second = capsys.readouterr().err.splitlines()
    assert "sound.flac: not audio that libsndfile can read" in first
    assert "structure.wav: cut off" in second
