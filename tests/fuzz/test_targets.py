"""The fuzz targets on their seeds, on mutations of them, and on what fuzzing has found."""

import random
from base64 import b64decode

import pytest

from fuzz.targets import TARGETS, seeds

FOUND = {
    # range-coded indices that no model gives: constriction raised AssertionError
    "bitstream": [bytes([15, 0x40, 0x1F]) + bytes.fromhex("19ffffffffffffff2f5d0a")],
    # a score between separators that `strip` takes for blanks and `float` does not: ValueError
    "results": [b"listener,item,condition,score\nl1,i1,reference,100\nl1,i1,opus-6,\x1e0.\n"],
    # a zero byte in a name that is not ASCII, and so in a header of its own: ValueError
    # then a zip member without a name: IndexError
    "archive": [
        "\0é\0x\tcontent".encode(),
        b64decode(
            "AAcAAABhL2IudHh0Y29udGVudFBLAwQUAAAAAAAAACEAAAAAAAAAAAAAAAAAAgAAAGZvUEsBAhQDFAAAAAAAAAAh"
            "AKkwxQr4ABQAAAAAAAAAIQAAAAAAAAAAAAAAAAACAAAAAAAAAAAAAACkoSwAAABmb1BLBQYAAAAAAgACAGUAAABM"
            "AAAAAAA="
        ),
    ],
}


@pytest.mark.parametrize("target", TARGETS)
def test_seeds_and_findings(target):
    for data in [*seeds(target), *FOUND.get(target, []), b"", b"\0"]:
        assert TARGETS[target](data) is None


@pytest.mark.parametrize("target", TARGETS)
def test_mutations(target):
    chance = random.Random(target)
    for seed in seeds(target):
        for _ in range(8):
            data = bytearray(seed)
            for _ in range(chance.randint(1, 4)):
                place = chance.randrange(len(data))
                data[place : place + chance.randint(0, 3)] = chance.randbytes(chance.randint(0, 3))
                data = data or bytearray(1)
            assert TARGETS[target](bytes(data)) is None


def test_an_escape_would_be_found(monkeypatch):
    """The archive target sees a file that leaves the folder."""
    from fuzz import targets

    def careless(archive, folder):
        folder.mkdir()
        (folder.parent / "escaped").write_bytes(b"")

    monkeypatch.setattr(targets, "unpack", careless)
    with pytest.raises(AssertionError, match="escaped"):
        targets.fuzz_archive(b"")
