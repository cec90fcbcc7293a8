"""Several runs as one, and the items that they share."""

import pytest

from nscbench.benchmarks.store.finished_run import merge, on_common_items, read_run
from nscbench.benchmarks.store.run_directory import RunError
from support.runs import items, ladder, write_run


def merged(tmp_path, one, two):
    """A run of `opus` on these items, and one of `new` on those."""
    roots = [
        write_run(tmp_path / "one", ladder("opus", rates=(6, 8)), one),
        write_run(tmp_path / "two", ladder("new", rates=(6, 8)), two, seed=3),
    ]
    return merge([read_run(root) for root in roots])


def test_only_what_all_runs_have_is_kept(tmp_path):
    listed = items(10, 5)
    found = on_common_items(merged(tmp_path, listed[:8], listed[2:]))
    assert list(found.scores.items) == [item["id"] for item in listed[2:8]]
    table = found.scores.of("pesq_wb")
    assert table.shape == (6, 4)
    assert table.notna().all(axis=None)
    assert found.scores.kbps("opus-6") == pytest.approx(6)


def test_runs_of_the_same_items_stay_as_they_are(tmp_path):
    both = merged(tmp_path, items(4, 2), items(4, 2))
    assert on_common_items(both).scores.rows.equals(both.scores.rows)


def test_runs_without_a_common_item_are_refused(tmp_path):
    listed = items(6, 3)
    both = merged(tmp_path, listed[:3], listed[3:])
    with pytest.raises(RunError, match="no item is in all of these runs") as raised:
        on_common_items(both)
    assert f"{tmp_path / 'two'}: 3 items, such as i003" in str(raised.value)
