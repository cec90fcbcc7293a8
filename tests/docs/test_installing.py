"""What docs/installing.md says of installing everything: it resolves, and brings CUDA once."""

import re
import shutil
import subprocess
import tomllib
from collections import defaultdict
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
COMMAND = (
    "uv pip compile pyproject.toml --extra all --constraint requirements.txt "
    "--python-platform x86_64-unknown-linux-gnu --python-version"
)
CUDA = ("nvidia-", "cuda-", "cupy")
FOR_DEVELOPERS = {"all", "test", "dev", "docs", "fuzz"}
APART = {"phones"}  # not pinned, nor in the default set: it costs two thirds of all that


def test_all_is_every_extra_that_a_user_can_want():
    (everything,) = PROJECT["optional-dependencies"]["all"]
    named = set(re.fullmatch(r"nscbench\[(.*)\]", everything)[1].split(","))
    assert named == set(PROJECT["optional-dependencies"]) - FOR_DEVELOPERS - APART


def test_the_documented_command_is_the_tested_one():
    page = (ROOT / "docs" / "installing.md").read_text("utf-8")
    assert COMMAND in re.sub(r"\\\n +", "", page)  # one line, as the shell reads it


@pytest.mark.net
@pytest.mark.parametrize("python", ["3.11", "3.12", "3.13"])
def test_everything_resolves_to_the_pins_and_brings_cuda_once(python):
    if shutil.which("uv") is None:
        pytest.skip("needs uv: pip install uv")
    done = subprocess.run(
        [*COMMAND.split(), python, "--no-header", "--annotation-style", "line"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=280,
        check=False,
    )
    assert done.returncode == 0, done.stderr[-2000:]
    found, pins = _versions(done.stdout), _versions((ROOT / "requirements.txt").read_text("utf-8"))
    loose = {name for name, version in found.items() if pins.get(name) != version}
    assert {"torch", "numpy", "onnxruntime", "transformers"} <= found.keys() - loose
    assert all(name.startswith((*CUDA, "triton")) for name in loose), loose  # torch pins these
    libraries = defaultdict(set)
    for name, version in found.items():
        if name.startswith(CUDA):
            libraries[re.sub(r"-cu\d+$", "", name)].add((name, version))
    assert libraries, "torch for Linux brings CUDA; has the platform changed?"
    assert all(len(variants) == 1 for variants in libraries.values()), libraries
    majors = {name[-2:] for name in found if re.search(r"-cu\d+$", name)}
    assert len(majors) == 1
    assert not {"onnxruntime-gpu", "tensorflow", "jax"} & set(found)


def _versions(text):
    """Versions by normalized name of the lines NAME==VERSION."""
    lines = re.findall(r"^([\w.-]+)==(\S+)", text, re.M)
    return {re.sub(r"[-_.]+", "-", name).lower(): version for name, version in lines}
