"""What worker processes may take of the machine."""

from nscbench.benchmarks import workers


def test_an_isolated_process_gets_a_share_of_the_free_memory(tmp_path, monkeypatch):
    monkeypatch.setattr(workers, "_MEMORY_INFO", tmp_path / "meminfo")
    whole = workers._memory()
    (tmp_path / "meminfo").write_text("MemTotal: 9999999 kB\nMemAvailable:    4096 kB\nHuge: 0\n")
    assert workers._memory() == 3 << 20 < whole
