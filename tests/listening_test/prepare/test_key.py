"""The key of a test outlives other tests."""

import pytest

from nscbench.listening_test.folder import key_path
from nscbench.listening_test.prepare.key import write_key
from nscbench.listening_test.prepare.trials import make_test
from nscbench.listening_test.schema import BuildError


def test_a_key_is_never_overwritten_by_another_tests(run, test, tmp_path):
    write_key(test, tmp_path / "test")
    before = key_path(tmp_path / "test").read_bytes()
    write_key(test, tmp_path / "test")
    with pytest.raises(BuildError, match="key of another test"):
        write_key(make_test(run, seed=4), tmp_path / "test")
    assert key_path(tmp_path / "test").read_bytes() == before
