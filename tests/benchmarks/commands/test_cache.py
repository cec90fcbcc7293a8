"""`nscbench cache` on folders that a user may have."""

import pytest

from nscbench.benchmarks.cli import main
from nscbench.benchmarks.store.cache import Cache


def test_a_folder_that_cannot_be_pruned_is_one_line(tmp_path, monkeypatch, capsys):
    def refuse(self, limit):
        raise PermissionError(13, "Permission denied", "abcd")

    monkeypatch.setattr(Cache, "prune", refuse)
    assert main(["cache", "prune", "--cache", str(tmp_path), "--max-size", "1GB"]) == 2
    assert capsys.readouterr().err == "nscbench: abcd: Permission denied\n"


def test_sizes_are_whole_numbers_of_any_length(tmp_path, capsys):
    words = ["cache", "prune", "--cache", str(tmp_path), "--max-size"]
    assert main([*words, "9" * 400 + "TB"]) == 0
    with pytest.raises(SystemExit):
        main([*words, "much"])
    assert "'much' is no size; write 500MB" in capsys.readouterr().err


def test_a_cache_that_is_a_file_is_bad_input(tmp_path, capsys):
    (tmp_path / "cache").write_text("")
    words = ["run", "demo", "--conditions", "pcm", "--metrics", "stoi"]
    places = ["--out", str(tmp_path / "run"), "--cache", str(tmp_path / "cache")]
    assert main([*words, *places]) == 2
    assert "cache: is no folder, as a cache is" in capsys.readouterr().err
    assert not (tmp_path / "run").exists()
