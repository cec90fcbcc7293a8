"""Results that runs share: hits, misses, damage, pruning, two writers."""

import argparse
import json
import os
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest
import soundfile

from nscbench.benchmarks.cli import main
from nscbench.benchmarks.commands.cache import add_parser
from nscbench.benchmarks.store import cache as cache_module
from nscbench.benchmarks.store.cache import Cache, folder_named
from support.inline_workers import InlineWorkers, inline  # noqa: F401

KEY = "0123456789abcdef0123456789abcdef"
OTHER = "f" * 32


def file_of(folder, key):
    (path,) = folder.rglob(key)
    return path


def test_what_is_put_comes_back(tmp_path):
    cache = Cache(tmp_path / "cache")
    assert cache.get("encode", KEY) is None
    cache.put("encode", KEY, {"sha256": "é", "bits": 5}, b"\n\0stream\n")
    assert Cache(tmp_path / "cache").get("encode", KEY) == (
        {"sha256": "é", "bits": 5},
        b"\n\0stream\n",
    )
    assert cache.get("decode", KEY) is None
    assert cache.sizes()["encode"][0] == 1
    assert (tmp_path / "cache" / "CACHEDIR.TAG").read_text().startswith("Signature: 8a477f59")


@pytest.mark.parametrize("place", range(0, 100, 9))
def test_damage_anywhere_is_a_miss(tmp_path, place):
    cache = Cache(tmp_path)
    cache.put("score", KEY, {"value": 1.25}, b"content")
    path = file_of(tmp_path, KEY)
    content = bytearray(path.read_bytes())
    content[place % len(content)] ^= 1
    path.write_bytes(content)
    assert cache.get("score", KEY) is None
    path.write_bytes(bytes(content[: place % len(content)]))
    assert cache.get("score", KEY) is None


def test_many_writers_and_readers_see_whole_entries_only(tmp_path):
    caches = [Cache(tmp_path) for _ in range(8)]

    def work(number):
        cache = caches[number % 8]
        cache.put("decode", KEY, {"writer": number}, bytes([number]) * 10_000)
        cache.prune(10**9)
        return cache.get("decode", KEY)

    with ThreadPoolExecutor(8) as pool:
        found = list(pool.map(work, range(64)))
    for entry in found:
        assert entry.content == bytes([entry.record["writer"]]) * 10_000
    assert not list(tmp_path.rglob(".*"))


def test_the_least_recently_used_is_pruned(tmp_path, capsys):
    cache = Cache(tmp_path)
    keys = [f"{n:032x}" for n in range(5)]
    for age, key in enumerate(keys):
        cache.put("encode", key, {}, bytes(1000))
        used = 1_700_000_000 - 100 * age
        os.utime(file_of(tmp_path, key), (used, used))
    cache.get("encode", keys[4])  # now the newest
    size = file_of(tmp_path, keys[0]).stat().st_size
    assert main(["cache", "prune", "--cache", str(tmp_path), "--max-size", str(3 * size)]) == 0
    assert "removed: 2 entries" in capsys.readouterr().out
    assert [cache.get("encode", key) is not None for key in keys] == [1, 1, 0, 0, 1]
    assert cache.prune(0) == (3, 3 * size)
    assert cache.sizes()["encode"] == (0, 0)


def test_abandoned_files_go_and_those_being_written_stay(tmp_path):
    cache = Cache(tmp_path)
    cache.put("encode", KEY, {})
    old, new = (
        file_of(tmp_path, KEY).with_name(name) for name in (f".{n:032x}.part" for n in (1, 2))
    )
    for path in (old, new):
        path.write_bytes(b"half")
    os.utime(old, (0, 0))
    cache.prune(10**9)
    assert (old.exists(), new.exists()) == (False, True)


def test_what_no_cache_made_is_never_removed(tmp_path):
    """Somebody's folder that is laid out alike, and links out of it."""
    project, elsewhere = tmp_path / "project", tmp_path / "elsewhere"
    kept = [
        project / "v1/app/src/x/.env.local",
        project / "v1/encode/01/23/notes.txt",
        project / "v1/encode/ab/cd" / KEY,
        elsewhere / "23" / KEY,
    ]
    for path in kept:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text("mine")
        os.utime(path, (0, 0))
    (project / "v1/encode/01").rename(project / "v1/encode/99")
    (project / "v1/encode/01").symlink_to(elsewhere)
    kept[1] = project / "v1/encode/99/23/notes.txt"
    assert Cache(project).prune(0) == (0, 0)
    assert [path.read_text() for path in kept] == ["mine"] * 4


def test_a_full_disk_stops_the_storing_only(tmp_path, monkeypatch, capsys):
    def full(path, content, durable):
        raise OSError(28, "No space left on device", str(path))

    cache = Cache(tmp_path)
    cache.put("encode", KEY, {}, b"first")
    monkeypatch.setattr(cache_module, "write_atomically", full)
    cache.put("encode", OTHER, {}, b"second")
    cache.put("encode", OTHER, {}, b"second")
    assert capsys.readouterr().err.count("nothing more is stored") == 1
    assert cache.get("encode", KEY).content == b"first"


def test_the_folder_comes_from_the_option_or_the_environment(tmp_path, monkeypatch, capsys):
    monkeypatch.delenv("NSCBENCH_CACHE", raising=False)
    assert folder_named(None) is None
    assert main(["cache", "info"]) == 2
    assert "$NSCBENCH_CACHE" in capsys.readouterr().err
    monkeypatch.setenv("NSCBENCH_CACHE", str(tmp_path / "a"))
    assert folder_named(None) == tmp_path / "a"
    assert folder_named(tmp_path / "b") == tmp_path / "b"
    assert main(["cache", "info"]) == 2
    assert main(["cache", "prune", "--cache", str(tmp_path)]) == 2
    assert "needs --max-size" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("text", "size"), [("12", 12), ("20GB", 20e9), ("1.5 t", 1.5e12), ("3kB", 3000), ("0", 0)]
)
def test_sizes(text, size):
    parser = argparse.ArgumentParser()
    add_parser(parser.add_subparsers())
    assert parser.parse_args(["cache", "prune", "--max-size", text]).max_size == size


@pytest.fixture
def items(tmp_path):
    folder = tmp_path / "items"
    folder.mkdir()
    for number, name in enumerate(("a", "b", "c")):
        audio = 0.1 * np.random.default_rng(number).normal(size=8000 + 800 * number)
        soundfile.write(folder / f"{name}.flac", audio, 16_000)
    return folder


def bench(tmp_path, items, out, metrics=("si_sdr",), conditions='codec = "mnru"\nq = [10, 20]'):
    path = tmp_path / "suite.toml"
    path.write_text(f"metrics = {json.dumps(metrics)}\ndraws = 2\n[[condition]]\n{conditions}\n")
    arguments = ["run", str(path), "--out", str(tmp_path / out), "--items", str(items)]
    assert main([*arguments, "--workers", "1", "--cache", str(tmp_path / "cache")]) == 0
    manifest = json.loads((tmp_path / out / "manifest.json").read_text())
    return manifest["cache"]["restored"]


TABLES = ("rows.csv", "leaderboard.csv", "checks.csv")


@pytest.mark.usefixtures("inline")
def test_a_second_run_takes_everything_from_the_cache(tmp_path, items, monkeypatch):
    assert bench(tmp_path, items, "first") == {}
    with monkeypatch.context() as patch:
        patch.setattr(InlineWorkers, "submit", None)  # nothing to do
        restored = bench(tmp_path, items, "second")
    assert restored == {"encode": 6, "decode": 12, "score": 12}
    for name in TABLES:
        assert (tmp_path / "first" / name).read_bytes() == (tmp_path / "second" / name).read_bytes()
    for path in (tmp_path / "first").glob("[sd]*/*/*"):
        again = tmp_path / "second" / path.relative_to(tmp_path / "first")
        assert again.read_bytes() == path.read_bytes()
    assert bench(tmp_path, items, "second") == {}  # its own journal has it all


@pytest.mark.usefixtures("inline")
def test_another_metric_item_or_setting_asks_for_what_is_new_only(tmp_path, items):
    bench(tmp_path, items, "first")
    (items / "c.flac").write_bytes((items / "b.flac").read_bytes())
    restored = bench(tmp_path, items, "second", ("si_sdr", "lsd"))
    # "c" has the recording of "b" now: the same bitstream, but noise of its own
    assert restored == {"encode": 6, "decode": 8, "score": 8}
    merged = bench(tmp_path, items, "third", ("lsd", "si_sdr"))
    assert merged == {"encode": 6, "decode": 12, "score": 12}
    table = [(tmp_path / out / "leaderboard.csv").read_text() for out in ("second", "third")]
    assert sorted(table[0].split("\n")[1].split(",")) == sorted(table[1].split("\n")[1].split(","))


def test_an_entry_that_cannot_be_read_is_a_miss(tmp_path):
    cache = Cache(tmp_path)
    cache.put("score", KEY, {"a": 1})
    (entry,) = tmp_path.glob("v1/score/*/*/*")
    entry.unlink()
    entry.mkdir()  # whoever reads it gets an OSError that is no FileNotFoundError
    assert cache.get("score", KEY) is None
