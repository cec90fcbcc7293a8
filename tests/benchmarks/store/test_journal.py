import resource
from contextlib import contextmanager

import pytest

from nscbench.benchmarks.store import journal as journal_module
from nscbench.benchmarks.store.journal import Journal, RecordedWork, key_of


def test_records_survive_reopening(tmp_path):
    with Journal(tmp_path / "j") as journal:
        journal.append({"a": {"value": 1.5, "text": "é\n"}})
    with Journal(tmp_path / "j") as journal:
        assert journal.get("a") == {"value": 1.5, "text": "é\n"}
        assert journal.get("b") is None
        assert len(journal) == 1


@pytest.mark.parametrize("torn", [b"{", b'{"key": "c", "value": 1', b'{"key": "c"}'])
def test_a_torn_last_line_is_dropped_and_overwritten(tmp_path, torn):
    path = tmp_path / "j"
    with Journal(path) as journal:
        journal.append({"a": {"value": 1}})
    path.write_bytes(path.read_bytes() + torn)
    with Journal(path) as journal:
        assert len(journal) == 1
        journal.append({"b": {"value": 2}})
    with Journal(path) as journal:
        assert journal.get("a") == {"value": 1}
        assert journal.get("b") == {"value": 2}
        assert journal.get("c") is None


@pytest.mark.parametrize("line", [b"{", b'{"value": 1}', b"[]", b"1"])
def test_a_damaged_line_costs_only_itself(tmp_path, capsys, line):
    path = tmp_path / "j"
    with Journal(path) as journal:
        journal.append({"a": {"value": 1}})
    path.write_bytes(line + b"\n" + path.read_bytes())
    with Journal(path) as journal:
        assert journal.get("a") == {"value": 1}
        assert len(journal) == 1
    assert "1 lines are damaged" in capsys.readouterr().err


def test_reading_changes_nothing_and_tells_what_is_torn(tmp_path):
    path = tmp_path / "j"
    content = b'{"key": "a", "condition": "pcm"}\n{"key": \n{"key": "b", "half'
    path.write_bytes(content)
    for _ in range(2):
        with RecordedWork(tmp_path, path) as work:
            assert (len(work), work.damaged, work.torn) == (1, 1, True)
            assert work.get("a") == {"condition": "pcm"}
            assert work.conditions == {"pcm"}
    assert path.read_bytes() == content


def test_lines_that_are_too_long_or_too_deep_cost_only_themselves(tmp_path, monkeypatch, capsys):
    monkeypatch.setattr(journal_module, "LONGEST", 100)
    path = tmp_path / "j"
    deep = b'{"key": "d", "x": ' + b"[" * 100_000
    for middle in (b'{"key": "b", "x": "' + b"x" * 1000 + b'"}', deep):
        path.write_bytes(b'{"key": "a"}\n' + middle + b'\n{"key": "c"}\n')
        with Journal(path) as journal:
            assert (journal.get("a"), journal.get("b"), journal.get("c")) == ({}, None, {})
            assert journal.damaged == 1
    assert capsys.readouterr().err.count("1 lines are damaged") == 2


def test_the_last_record_of_a_key_counts(tmp_path):
    with Journal(tmp_path / "j") as journal:
        journal.append({"a": {"value": 1}})
        journal.append({"a": {"value": 2}})
    with Journal(tmp_path / "j") as journal:
        assert journal.get("a")["value"] == 2


def test_keys_depend_on_every_part_and_its_place():
    keys = {key_of("a", 1), key_of("a", 2), key_of("a1"), key_of(1, "a"), key_of("a", "1")}
    assert len(keys) == 5
    assert key_of("a", 1) == key_of("a", 1)


@contextmanager
def small_disk():
    """Files may grow to 1000 bytes; pytest's own output must not be written meanwhile."""
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (1000, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))


def fill(journal):
    with small_disk():
        for key in range(100):
            journal.append({str(key): {"text": "x" * 100}})


def test_a_full_disk_is_named_and_what_was_recorded_stays(tmp_path):
    path = tmp_path / "j"
    journal = Journal(path)
    with pytest.raises(OSError, match=f"File too large: '{path}'"):
        fill(journal)
    recorded = path.read_bytes().count(b"\n")
    with Journal(path) as journal:
        assert len(journal) == recorded > 3
