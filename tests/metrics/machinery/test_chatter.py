"""What libraries say while they load is held back, and shown where loading fails."""

import os

import pytest

from nscbench.metrics.machinery.chatter import held_back


def test_what_loads_well_says_nothing(capfd):
    with held_back():
        os.write(2, b"INFO: Created a delegate\n")
    os.write(2, b"after\n")
    assert capfd.readouterr().err == "after\n"


def load_badly():
    with held_back():
        os.write(2, b"INFO: looking\nERROR: no such kernel\n")
        raise ValueError("broken")


def test_what_fails_says_what_it_said(capfd):
    with pytest.raises(ValueError, match="broken"):
        load_badly()
    assert capfd.readouterr().err == "INFO: looking\nERROR: no such kernel\n"
