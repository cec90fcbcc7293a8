"""What is fuzzed: readers of files that others made. Each target takes bytes, and raises for a bug.

A reader may refuse a file by its own error, with a message. Anything else is a finding: another
exception, a crash, a hang, memory beyond the fuzzer's limit, a file outside the target folder.
`seeds` gives files to start from.
"""

import io
import json
import stat
import tarfile
import tempfile
import zipfile
from collections.abc import Callable, Iterator
from functools import lru_cache
from pathlib import Path

import numpy as np
import soundfile

from nscbench.benchmarks.data.archives import ArchiveError, unpack
from nscbench.benchmarks.data.items import _id_problems
from nscbench.benchmarks.data.manifest import ItemsError, read_manifest
from nscbench.benchmarks.run.coding import decode_streams
from nscbench.codecs import Codec, CodecError, Unavailable, bitstream, get
from nscbench.codecs.audio.reading import AudioError, inspect, read_audio
from nscbench.codecs.coding.tokens import read_indices
from nscbench.codecs.noise import Noise
from nscbench.listening_test.analyze.opinion_scores import OpinionScores
from nscbench.listening_test.read.results_files import read_results
from nscbench.listening_test.read.validation import valid_ratings
from nscbench.listening_test.schema import ResultsError

CONDITIONS = (
    "pcm", "noise", "g711-64", "g722-64", "g726-16", "g723.1-6.3", "opus-6", "opus-12",
    "amr-nb-4.75", "amr-wb-6.6", "speex-5.75", "lc3-16", "codec2-0.7", "codec2-3.2",
)  # fmt: skip
TOKENS = ("gan-3", "gan-3-codingrange")  # their networks take any index: only the reader is asked
LONGEST = 16_000  # samples that a fuzzed header may promise
LARGEST = 1 << 20  # bytes; more only takes time


def fuzz_bitstream(data: bytes) -> None:
    """A file as it is; then its bytes as the payload of a file that is in order."""
    try:
        header, payload = bitstream.unpack(data)
        assert bitstream.pack(header, payload) == data, "two files of one content"
    except CodecError:
        pass
    if len(data) < 4:
        return
    names = [*CONDITIONS, *TOKENS]
    codec = _codec(names[data[0] % len(names)])
    if codec is None:
        return
    samples, payload = int.from_bytes(data[1:3], "little") % LONGEST, data[3:]
    header = bitstream.Header(codec.point, codec.fingerprint[:16], samples)
    try:
        if codec.name == "gan":
            bitstream.check_length(header, payload, codec)
            read_indices(payload, codec.stages, codec._config.entries, codec._coder)
        else:
            (decoded,) = decode_streams(codec, [bitstream.pack(header, payload)], Noise([1]))
            assert len(decoded.samples) == samples
    except CodecError:
        pass


@lru_cache
def _codec(condition: str) -> Codec | None:
    try:
        return get(condition)
    except Unavailable:
        return None


def fuzz_manifest(data: bytes) -> None:
    """A manifest, and the ids in it."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "manifest.csv"
        path.write_bytes(data)
        try:
            listings = read_manifest(path)
        except ItemsError:
            return
        for problem in _id_problems(listings):
            assert "id" in problem


def fuzz_results(data: bytes) -> None:
    """Results of a listening test, whatever their format."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "results.csv"
        path.write_bytes(data)
        try:
            imported = read_results([path])
        except ResultsError:
            return
        for rejected in imported.rejected:
            assert str(rejected).isprintable()
        try:
            reading = valid_ratings(imported.submissions)
        except ResultsError:
            return
        assert OpinionScores.of(reading.ratings).count <= len(reading.ratings)


def fuzz_archive(data: bytes) -> None:
    """An archive as it is; then a tar and a zip whose members have any names and kinds."""
    for content in (data, _tar(data), _zip(data)):
        with tempfile.TemporaryDirectory() as place:
            outer = Path(place, "outer")
            outer.mkdir()
            (outer / "archive").write_bytes(content)
            try:
                unpack(outer / "archive", outer / "inner")
                whole = True
            except (ArchiveError, OSError):
                whole = False
            left = sorted(path.name for path in outer.iterdir())
            assert left == ["archive", "inner"] if whole else ["archive"], left
            assert [path.name for path in Path(place).iterdir()] == ["outer"]
            for path in (outer / "inner").rglob("*"):
                assert not path.is_symlink()
                assert path.is_dir() or path.is_file()


def _members(data: bytes) -> Iterator[tuple[str, int, bytes]]:
    """Name, kind and content of members, from bytes: lines of them."""
    for line in data[:4096].split(b"\n")[:16]:
        name, _, content = line.partition(b"\t")
        yield name[1:].decode("utf-8", "surrogateescape"), line[0] if line else 0, content


def _tar(data: bytes) -> bytes:
    file = io.BytesIO()
    kinds = (*(tarfile.REGTYPE,) * 3, tarfile.DIRTYPE, tarfile.SYMTYPE, tarfile.LNKTYPE,
             tarfile.FIFOTYPE, tarfile.CHRTYPE, tarfile.GNUTYPE_SPARSE)  # fmt: skip
    with tarfile.open(fileobj=file, mode="w") as tar:
        for name, kind, content in _members(data):
            member = tarfile.TarInfo(name)
            member.type = kinds[kind % len(kinds)]
            member.linkname = content.decode("utf-8", "surrogateescape")
            member.size = len(content) if member.type == tarfile.REGTYPE else 0
            member.mode = kind
            tar.addfile(member, io.BytesIO(content))
    return file.getvalue()


def _zip(data: bytes) -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as zipped:
        for name, kind, content in _members(data):
            member = zipfile.ZipInfo(name.encode("utf-8", "replace").decode() or "x")
            kinds = (0, stat.S_IFREG, stat.S_IFDIR, stat.S_IFLNK, stat.S_IFIFO, stat.S_IFCHR)
            member.external_attr = (kinds[kind % len(kinds)] | 0o644) << 16
            zipped.writestr(member, content)
    return file.getvalue()


def fuzz_audio(data: bytes) -> None:
    """A recording, whatever its container: read alike by both readers, or refused."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "x.wav"
        path.write_bytes(data)
        try:
            signal, rate, _ = read_audio(path)
        except AudioError:
            return
        assert inspect(path).seconds == len(signal) / rate
        assert np.isfinite(signal).all()


def _recordings() -> list[bytes]:
    files = []
    for container in ("WAV", "RF64", "W64", "AIFF", "AU", "CAF", "NIST", "FLAC", "OGG", "MP3"):
        files.append(io.BytesIO())
        soundfile.write(files[-1], np.sin(np.arange(400.0)) / 2, 16_000, format=container)
    return [file.getvalue() for file in files]


TARGETS: dict[str, Callable[[bytes], None]] = {
    "bitstream": fuzz_bitstream,
    "manifest": fuzz_manifest,
    "results": fuzz_results,
    "archive": fuzz_archive,
    "audio": fuzz_audio,
}


def seeds(target: str) -> list[bytes]:
    """Whole files of a target's formats, to begin with."""
    return {
        "bitstream": _bitstreams,
        "manifest": lambda: [_MANIFEST, b"\xef\xbb\xbf" + _MANIFEST.replace(b"\n", b"\r\n")],
        "results": _results,
        "archive": lambda: [_MEMBERS, _tar(_MEMBERS[:20]), _zip(_MEMBERS[:20])],
        "audio": _recordings,
    }[target]()


def _bitstreams() -> list[bytes]:
    whole = bitstream.pack(bitstream.Header("gan-1.5", "0123456789abcdef", 320), bytes(range(40)))
    payloads = [bytes([n, 64, 1]) + bytes(range(60)) for n in range(len(CONDITIONS) + len(TOKENS))]
    return [whole, *payloads]


_MANIFEST = (
    "id,path,speaker,sex,text,sha256\n"
    + "".join(f'n{n},a/{n}.flac,s{n},{"FM"[n % 2]},"says ""{n}"", é",{n:064x}\n' for n in range(3))
).encode()
_MEMBERS = (
    b"\0a/b.txt\tcontent\n\3folder\t\n\4link\tb.txt\n\0../up\tx\n\5hard\ta/b.txt\n\0/abs\ty\n"
)


def _results() -> list[bytes]:
    long = "listener,item,condition,score\nl1,i1,reference,100\nl1,i1,opus-6,40.5\n"
    webmushra = (
        "session_test_id,age,session_uuid,trial_id,rating_stimulus,rating_score,rating_time,"
        "rating_comment\nt,30,u-1,i1,reference,100,5000,\nt,30,u-1,i1,C1,40,5000,fine\n"
    )
    record = {
        "schema": 1, "test": "t", "listener": "l1", "trial": "i1", "sent": 1,
        "ratings": [{"condition": "reference", "score": 100, "plays": 2, "seconds": 3.5}],
    }  # fmt: skip
    session = {
        "testId": "t",
        "uuid": "u-1",
        "participant": {"name": ["a"], "response": ["b"]},
        "trials": [
            {
                "type": "mushra",
                "id": "i1",
                "responses": [{"stimulus": "C1", "score": 40, "time": 9}],
            }
        ],
    }
    tinydb = {"_default": {"1": session}}
    return [
        text.encode()
        for text in (
            long, webmushra, json.dumps(record), json.dumps([record, record], indent=1),
            json.dumps(session), json.dumps(tinydb),
        )
    ]  # fmt: skip
