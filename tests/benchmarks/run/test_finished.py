"""Which results exist: in the journal with their file, or in the cache."""

from hashlib import sha256
from pathlib import Path

import pytest

from nscbench.benchmarks.data.items import Item
from nscbench.benchmarks.run.finished import Finished
from nscbench.benchmarks.run.pieces import Decoding, Encoding, Scoring
from nscbench.benchmarks.run.stages import EncodedFile, Outcome, Scored
from nscbench.benchmarks.store.cache import Cache
from nscbench.benchmarks.store.journal import Journal
from nscbench.benchmarks.store.run_directory import RunDirectory
from nscbench.codecs import get

ITEM = Item("a", Path("a.flac"), "", "", "", 1.0, 16_000, "0" * 64)
PIECE = Encoding(get("pcm"), ITEM, "encode-key")
SCORING = Scoring(
    Decoding(get("pcm"), ITEM, "decode-key", 0, "0" * 64),
    ITEM,
    {"level": "level-key", "lsd": "lsd-key"},
    "match-key",
    "pair-key",
    "0" * 64,
)
FILE = EncodedFile(1.0, 8, 80, None, sha256(b"bits").hexdigest(), ())
SCORED = Scored(
    (Outcome("level", {"level_db": 0.5}), Outcome("lsd", {}, "RuntimeError: broke")), "r", "d"
)


@pytest.fixture
def run(tmp_path):
    """Makes the results of a run: its directory, and its journal anew."""
    journals = []

    def open_run(name, cache=None):
        directory = RunDirectory(tmp_path / name)
        directory.root.mkdir(exist_ok=True)
        journals.append(Journal(directory.journal).__enter__())
        return directory, Finished(directory, journals[-1], cache)

    yield open_run
    for journal in journals:
        journal.__exit__(None, None, None)


def encode(directory, finished):
    path = PIECE.path(directory)
    path.parent.mkdir(parents=True)
    path.write_bytes(b"bits")
    return finished.add([PIECE], [FILE])


def test_what_was_added_is_found_by_the_next_process(run):
    directory, finished = run("run")
    assert finished.find([PIECE]) == ([], [PIECE])
    ((piece, record),) = encode(directory, finished)
    assert (piece, record["sha256"]) == (PIECE, FILE.sha256)
    ((_, again),), missing = run("run")[1].find([PIECE])
    assert again["payload_bits"] == 8
    assert missing == []


@pytest.mark.parametrize("content", [b"torn", None])
def test_a_torn_or_missing_file_is_not_done(run, content):
    directory, finished = run("run")
    encode(directory, finished)
    PIECE.path(directory).unlink()
    if content:
        PIECE.path(directory).write_bytes(content)
    assert finished.find([PIECE]) == ([], [PIECE])


def test_a_cached_file_is_written_and_recorded(run, tmp_path):
    cache = Cache(tmp_path / "cache")
    encode(*run("first", cache))
    directory, finished = run("second", cache)
    (found,), _ = finished.find([PIECE])
    assert PIECE.path(directory).read_bytes() == b"bits"
    assert finished.restored == {"encode": 1}
    (recorded,), _ = run("second")[1].find([PIECE])
    assert recorded[1] == {**PIECE.where, **found[1]}


def test_failures_are_not_kept(run, tmp_path):
    cache = Cache(tmp_path / "cache")
    _, finished = run("first", cache)
    assert finished.unscored([SCORING]) == [(SCORING, ["level", "lsd"])]
    finished.add_scores(SCORING, SCORED)
    assert finished.unscored([SCORING]) == [(SCORING, ["lsd"])]
    _, other = run("second", cache)
    assert other.unscored([SCORING]) == [(SCORING, ["lsd"])]
    assert other.restored == {"score": 1}


def test_the_cache_keeps_what_other_runs_measured_of_a_pair(run, tmp_path):
    cache = Cache(tmp_path / "cache")
    _, finished = run("first", cache)
    finished.add_scores(SCORING, Scored((Outcome("level", {"level_db": 0.5}),), "r", "d"))
    _, other = run("second", cache)
    other.add_scores(SCORING, Scored((Outcome("lsd", {"lsd": 1.0}),), "r", "d"))
    assert run("third", cache)[1].unscored([SCORING]) == [(SCORING, [])]
