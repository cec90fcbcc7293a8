"""What is printed to terminals of other encodings, and to pipes that are closed."""

import os
import subprocess
import sys

import pytest

from nscbench.benchmarks.terminal import CLOSED_PIPE

COMMAND = [sys.executable, "-m", "nscbench.benchmarks.cli"]


def python(code, encoding="utf-8", **streams):
    """A process whose output was opened, and that then runs this code."""
    return subprocess.run(
        [sys.executable, "-c", f"import sys; from nscbench.benchmarks.terminal import *; {code}"],
        env=os.environ | {"PYTHONIOENCODING": encoding},
        **({"stdout": subprocess.PIPE, "stderr": subprocess.PIPE} | streams),
    )


@pytest.fixture
def closed_pipe():
    """A pipe whose reader is gone."""
    ours, theirs = os.pipe()
    os.close(ours)
    yield theirs
    os.close(theirs)


def test_a_closed_pipe_ends_a_command_quietly(closed_pipe):
    done = subprocess.run([*COMMAND, "list", "suites"], stdout=closed_pipe, stderr=subprocess.PIPE)
    assert (done.returncode, done.stderr) == (CLOSED_PIPE, b"")


@pytest.mark.parametrize("unbuffered", ["", "1"])
def test_a_closed_pipe_is_no_error_that_commands_catch(closed_pipe, monkeypatch, unbuffered):
    monkeypatch.setenv("PYTHONUNBUFFERED", unbuffered)
    code = "open_output()\ntry: print('x' * 10**6, file=sys.{})\nexcept OSError: pass"
    for name, other in (("stdout", "stderr"), ("stderr", "stdout")):
        done = python(code.format(name), **{name: closed_pipe})
        assert (done.returncode, getattr(done, other)) == (CLOSED_PIPE, b"")


def test_a_terminal_that_lacks_letters_shows_escapes():
    code = "open_output(); print('ü你\\udce9\\ud834'); print('ü', file=sys.stderr)"
    for encoding, shown, beside in (
        ("latin-1", b"\xfc\\u4f60\\xe9\\ud834\n", b"\xfc\n"),
        ("ascii", b"\\xfc\\u4f60\\xe9\\ud834\n", b"\\xfc\n"),
        ("utf-8", "ü你\\xe9\\ud834\n".encode(), "ü\n".encode()),
    ):
        done = python(code, encoding)
        assert (done.returncode, done.stdout, done.stderr) == (0, shown, beside)


def test_without_any_output():
    done = subprocess.run(
        [
            "/bin/sh",
            "-c",
            f"{sys.executable} -c 'from nscbench.benchmarks.cli import *; main()' data list >&-",
        ],
        stderr=subprocess.PIPE,
    )
    assert (done.returncode, done.stderr) == (0, b"")
