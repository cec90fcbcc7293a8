"""What is coded together."""

from pathlib import Path

import pytest

from nscbench.benchmarks.data.items import Item
from nscbench.benchmarks.run.pieces import Decoding, Encoding, batched
from nscbench.benchmarks.store.run_directory import RunDirectory
from nscbench.codecs import get

SECONDS = (1.0, 1.5, 1.25)


def pieces(lengths=SECONDS):
    items = [Item(f"i{n}", Path(), "", "", "", s, 16_000, "") for n, s in enumerate(lengths)]
    return [Encoding(get("pcm"), item, item.id) for item in items]


@pytest.mark.parametrize(
    ("device", "parts", "sizes"),
    [
        ("cpu", 1, [3]),
        ("cpu", 2, [1, 1, 1]),  # 1.5 s and 1.25 s are more than a half together
        ("cpu", 100, [1, 1, 1]),
        ("cuda", 100, [3]),
    ],
)
def test_short_conditions_are_cut_for_as_many_processes(device, parts, sizes):
    assert [len(batch.pieces) for batch in batched(pieces(), device, parts)] == sizes


def test_a_batch_has_the_longest_first_and_holds_so_many_seconds():
    first, second = batched(pieces([10.0, 12.0, 11.0]), "cpu", 1)
    assert (first.ids, first.seconds) == (["i1", "i2"], 23.0)
    assert (second.ids, second.seconds) == (["i0"], 10.0)
    assert [single.ids for single in first.split()] == [["i1"], ["i2"]]


def test_an_item_longer_than_a_batch_is_one_of_its_own():
    assert [batch.ids for batch in batched(pieces([5.0, 100.0]), "cpu", 1)] == [["i1"], ["i0"]]


def test_a_piece_knows_its_file_and_what_the_journal_says_of_it():
    directory = RunDirectory(Path("run"))
    (encoding,) = pieces([1.0])
    decoding = Decoding(encoding.codec, encoding.item, "key", 2, "0" * 64)
    assert encoding.path(directory) == directory.stream("pcm", "i0")
    assert decoding.path(directory) == directory.decoded("pcm", "i0", 2)
    assert encoding.where == {"condition": "pcm", "item": "i0"}
    assert decoding.where == {"condition": "pcm", "item": "i0", "draw": 2}
