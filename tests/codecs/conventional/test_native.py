from importlib.metadata import files

import pytest

from nscbench.codecs.conventional import native


def test_library_that_is_not_there_is_an_empty_name():
    assert native.find("nscbench-has-no-such-library", 0) == ""


def test_another_abi_is_another_library():
    assert native.find("speex", 999) == ""


def test_private_copies_share_no_static_state():
    """libcodec2's generator starts at 1: next = next * 1103515245 + 12345, bits 16 to 30."""
    found = [f for f in files("pycodec2") or () if f.name.startswith("libcodec2")]
    if not found:
        pytest.skip("pycodec2 was not installed from a wheel")
    expected, state = [], 1
    for _ in range(3):
        state = (state * 1103515245 + 12345) % (1 << 64)
        expected.append(state // 65536 % 32768)
    for _ in range(2):
        with native.private_copy(found[0].locate()) as library:
            assert [library.codec2_rand() for _ in range(3)] == expected


def test_private_copy_needs_a_file(tmp_path):
    with pytest.raises(FileNotFoundError), native.private_copy(tmp_path / "libnone.so"):
        pass
