"""A small run, and the listening test of it."""

import shutil

import pytest

from nscbench.listening_test.prepare.trials import make_test
from support.mushra_run import make_run


@pytest.fixture(scope="module")
def run(tmp_path_factory, speech_like):
    return make_run(tmp_path_factory.mktemp("bench") / "run", speech_like)


@pytest.fixture(scope="module")
def test(run):
    return make_test(run, seed=3)


@pytest.fixture
def broken(run, tmp_path):
    """A copy of the run to damage."""
    return shutil.copytree(run, tmp_path / "run")
