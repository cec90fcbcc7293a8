"""Records on the disk: torn, foreign and full files."""

import os

import pytest

from nscbench.listening_test.serve.records import Records, RecordsError


def test_half_a_line_of_a_killed_process_is_set_aside(tmp_path):
    path = tmp_path / "results.jsonl"
    for torn in (b'{"record":"2","tr', b"{"):
        path.write_bytes(b'{"record":"1"}\n' + torn)
        records = Records(path, lambda r: r["record"])
        assert len(records) == 1
        assert "half a line" in records.remarks[0]
        records.append({"record": "2"})
        records.close()
        assert path.read_bytes() == b'{"record":"1"}\n{"record":"2"}\n'
    assert (tmp_path / "results.jsonl.torn").read_bytes() == b'{"record":"2","tr\n{\n'


def test_a_whole_last_line_without_its_end_is_kept(tmp_path):
    """Edited by hand, joined from parts, or cut just before the end of the line."""
    path = tmp_path / "results.jsonl"
    path.write_bytes(b'{"record":"1"}\n{"record":"2"}')
    records = Records(path, lambda r: r["record"])
    assert len(records) == 2
    records.append({"record": "2"})
    records.append({"record": "3"})
    records.close()
    assert path.read_bytes() == b'{"record":"1"}\n{"record":"2"}\n{"record":"3"}\n'
    assert list(tmp_path.iterdir()) == [path]


@pytest.mark.parametrize("last", ['{"record":"9"}', '{"record":'])
def test_a_foreign_file_is_left_as_it_is_whatever_its_end(tmp_path, last):
    path = tmp_path / "results.jsonl"
    path.write_text(f"listener,score\n{last}")
    with pytest.raises(RecordsError, match="line 1: not one of our records"):
        Records(path, lambda r: r["record"])
    assert path.read_text() == f"listener,score\n{last}"
    assert list(tmp_path.iterdir()) == [path]


def test_no_record_is_written_that_is_no_json(tmp_path):
    path = tmp_path / "results.jsonl"
    records = Records(path, lambda r: r["record"])
    with pytest.raises(ValueError, match="JSON compliant"):
        records.append({"record": "1", "duration": float("nan")})
    assert len(records) == 0
    records.close()
    assert path.read_bytes() == b""


def test_a_failed_write_is_not_confirmed_and_leaves_no_trace(tmp_path, monkeypatch):
    path = tmp_path / "results.jsonl"
    records = Records(path, lambda r: r["record"])
    records.append({"record": "1"})
    with monkeypatch.context() as patch:
        patch.setattr(os, "fsync", _full)
        with pytest.raises(OSError, match="disk is full"):
            records.append({"record": "2"})
    assert path.read_bytes() == b'{"record":"1"}\n'
    records.append({"record": "2"})
    records.close()
    assert path.read_bytes() == b'{"record":"1"}\n{"record":"2"}\n'


def test_nothing_is_written_behind_half_a_line_that_cannot_be_removed(tmp_path):
    """The disk fails in the middle of a line, and again when the line is to be taken back."""
    path = tmp_path / "results.jsonl"
    records = Records(path, lambda r: r["record"])
    records.append({"record": "1"})
    sound, records._file = records._file, FailingFile(records._file)
    for _ in range(2):
        with pytest.raises(OSError, match="disk is gone"):
            records.append({"record": "2"})
    assert path.read_bytes() == b'{"record":"1"}\n{"rec'
    records._file = sound
    records.append({"record": "2"})
    records.close()
    assert path.read_bytes() == b'{"record":"1"}\n{"record":"2"}\n'


@pytest.fixture
def served(tmp_path):
    """An open file with one record."""
    records = Records(tmp_path / "results.jsonl", lambda r: r["record"])
    records.append({"record": "1"})
    yield records
    records.close()


@pytest.mark.parametrize("action", ["delete", "move"])
def test_a_file_that_loses_its_name_is_written_again(served, tmp_path, action):
    if action == "delete":
        served.path.unlink()
    else:
        served.path.rename(tmp_path / "backup.jsonl")
    served.append({"record": "2"})
    served.append({"record": "3"})
    assert served.path.read_bytes() == b'{"record":"1"}\n{"record":"2"}\n{"record":"3"}\n'
    assert list(served.remarks) == [
        f"{served.path} was moved, deleted or replaced: 1 records that it lacked are written to it"
    ]
    with pytest.raises(RecordsError, match="another server writes to it"):
        Records(served.path, lambda r: r["record"])


def test_an_older_copy_put_in_its_place_gets_what_it_lacks(served, tmp_path):
    """As a backup that is restored, or an editor that writes a new file."""
    served.append({"record": "2"})
    (tmp_path / "backup").write_bytes(b'{"record":"0"}\n{"record":"1"}\n')
    (tmp_path / "backup").rename(served.path)
    served.append({"record": "3"})
    lines = served.path.read_text().splitlines()
    assert lines == [f'{{"record":"{n}"}}' for n in (0, 1, 2, 3)]


def test_what_was_deleted_within_the_file_is_taken_when_it_is_sent_again(served):
    served.append({"record": "2"})
    served.path.write_bytes(b'{"record":"1"}\n')  # the same file, shorter
    served.append({"record": "2"})
    assert served.path.read_bytes() == b'{"record":"1"}\n{"record":"2"}\n'
    assert list(served.remarks) == [
        f"{served.path} was changed by somebody else: it has 1 records now"
    ]


@pytest.mark.parametrize("there", ["foreign", "folder", "nowhere", "pipe"])
def test_nothing_is_confirmed_while_the_name_leads_elsewhere(served, tmp_path, there):
    folder = tmp_path / "moved"
    if there == "nowhere":
        folder = tmp_path.rename(tmp_path.with_name("elsewhere"))
    else:
        served.path.rename(tmp_path / "backup.jsonl")
        if there == "foreign":
            served.path.write_text("listener,score\n")
        elif there == "folder":
            served.path.mkdir()
        else:
            os.mkfifo(served.path)
    for _ in range(2):
        with pytest.raises(OSError, match="cannot be written|not one of our records"):
            served.append({"record": "2"})
    if there == "nowhere":
        folder.rename(tmp_path)
    elif there == "folder":
        served.path.rmdir()
    else:
        served.path.unlink()
    served.append({"record": "2"})
    assert served.path.read_bytes() == b'{"record":"1"}\n{"record":"2"}\n'


def test_a_file_that_is_moved_while_a_record_is_written(served, tmp_path, monkeypatch):
    """The record is on the disk, but under another name, when its sender is to be told."""
    synchronize = os.fsync

    def moved(descriptor):
        monkeypatch.undo()
        served.path.rename(tmp_path / "backup.jsonl")
        synchronize(descriptor)

    monkeypatch.setattr(os, "fsync", moved)
    served.append({"record": "2"})
    assert served.path.read_bytes() == b'{"record":"1"}\n{"record":"2"}\n'


class FailingFile:
    """Takes five bytes, then nothing; keeps its length."""

    def __init__(self, file):
        self._file = file
        self._left = 5

    def write(self, data):
        if not self._left:
            raise OSError("disk is gone")
        written = self._file.write(data[: self._left])
        self._left -= written
        return written

    def truncate(self, size):
        raise OSError("disk is gone")

    def __getattr__(self, name):
        return getattr(self._file, name)


def _full(descriptor):
    raise OSError("disk is full")
