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
