"""The examples of docs/extending.md: what the page shows is what lies there, and it runs."""

import os
import re
import shutil
import subprocess
import sys
from importlib.metadata import EntryPoint
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
import soundfile

import nscbench
from nscbench import metrics
from nscbench.benchmarks import degradations
from nscbench.codecs import registry
from nscbench.metrics.machinery import plugins

DOCS = Path(__file__).parents[2] / "docs"
EXAMPLES = DOCS / "examples"
PAGE = (DOCS / "extending.md").read_text("utf-8")
BLOCKS = re.findall(r"^```\w+\n(.*?)^```$", PAGE, re.M | re.S)


@pytest.mark.parametrize("name", ["bitcut.py", "mycodec/mycodec.py", "mycodec/pyproject.toml"])
def test_the_page_shows_the_examples(name):
    assert (EXAMPLES / name).read_text("utf-8") in BLOCKS
    assert f"examples/{name}" in PAGE


def test_the_page_shows_what_the_suite_declares():
    suite = (EXAMPLES / "suite.toml").read_text("utf-8")
    plain = [re.sub(r" *#.*", "", text) for text in (suite, *BLOCKS)]
    declared = re.split(r"\n\n", plain[0])
    for codec in ("bitcut", "elsewhere"):
        (block,) = (b for b in plain[1:] if f'codec = "{codec}"' in b)
        assert block.strip() in [text.strip() for text in declared]


@pytest.fixture
def work(tmp_path, speech_like):
    """A copy of the examples, and two recordings."""
    shutil.copytree(EXAMPLES, tmp_path / "examples")
    (tmp_path / "recordings").mkdir()
    for seed, name in enumerate("ab"):
        soundfile.write(tmp_path / f"recordings/{name}.flac", speech_like(1, 16_000, seed), 16_000)
    return tmp_path


def call(*words, folder, **variables):
    done = subprocess.run(
        list(map(str, words)),
        cwd=folder,
        env=os.environ | variables,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


@pytest.mark.parametrize(
    ("value", "why"),
    [
        ("no_such_module:X", "No module named 'no_such_module'"),
        ("json:no_such_name", "has no attribute 'no_such_name'"),
        ("json:loads", "it is no "),
        ("json:JSONDecoder", "it is no "),
        ("broken_plugin:X", "libtheirs.so: cannot open"),
        ("leaving_plugin:X", "no licence"),
    ],
)
@pytest.mark.parametrize(
    "module", [registry, metrics, degradations], ids=["codec", "metric", "degradation"]
)
def test_a_broken_entry_point_leaves_out_itself_only(module, value, why, monkeypatch, tmp_path):
    (tmp_path / "broken_plugin.py").write_text("raise OSError('libtheirs.so: cannot open')")
    (tmp_path / "leaving_plugin.py").write_text("import sys; sys.exit('no licence')")
    monkeypatch.syspath_prepend(tmp_path)
    check_left_out(module, "theirs", value, why, monkeypatch)


@pytest.mark.parametrize(
    ("value", "why"),
    [
        ("nscbench.codecs.controls.pcm:Pcm", "there is a codec 'pcm' already"),
        ("nscbench.codecs.base:Codec", "it has no name"),
        ("unfinished_plugin:X", "it does not define decode, encode, nominal_kbps, sample_rate"),
    ],
)
def test_a_codec_that_cannot_be_one_is_left_out(value, why, monkeypatch, tmp_path):
    (tmp_path / "unfinished_plugin.py").write_text(
        "from nscbench.codecs import Codec\nclass X(Codec):\n    name = 'x'"
    )
    monkeypatch.syspath_prepend(tmp_path)
    check_left_out(registry, "theirs", value, why, monkeypatch)


def test_a_degradation_that_exists_is_left_out(monkeypatch):
    value = "nscbench.benchmarks.degradations.noise:DEGRADATION"
    why = "there is a degradation 'noise' already"
    check_left_out(degradations, "theirs", value, why, monkeypatch)


def test_a_metric_that_exists_is_left_out(monkeypatch):
    value = "nscbench.metrics.lsd:METRIC"
    check_left_out(metrics, "stoi", value, "there is a metric 'stoi' already", monkeypatch)


def check_left_out(module, name, value, why, monkeypatch):
    known = module.REGISTRY.found.plugins
    monkeypatch.setattr(plugins, "entry_points", lambda group: [EntryPoint(name, value, group)])
    with pytest.warns(UserWarning, match=f"{value} is left out: .*{why}"):
        found = module.REGISTRY.search()
    assert found.plugins.keys() == known.keys() - {"theirs"}
    assert re.search(why, found.left_out[value])


@pytest.mark.slow
def test_audio_is_decoded_elsewhere_whatever_the_recordings_are(work, tmp_path):
    """As a new user has them: WAV at another rate, in folders."""
    source = tmp_path / "LibriTTS" / "1089" / "a.wav"
    source.parent.mkdir(parents=True)
    soundfile.write(source, np.zeros((2400, 2)), 24_000)
    script = (sys.executable, work / "examples" / "decode_elsewhere.py")
    call(*script, tmp_path / "LibriTTS", tmp_path / "decoded", folder=tmp_path)
    (found,) = (tmp_path / "decoded").iterdir()
    assert found.name == "1089_a.wav"
    assert (soundfile.info(found).samplerate, soundfile.info(found).frames) == (16_000, 1600)


def leaderboard(work, **variables):
    """The leaderboard of the examples' suite, run as the page says."""
    examples = work / "examples"
    decode = (sys.executable, "decode_elsewhere.py", work / "recordings", "decoded")
    call(*decode, folder=examples)
    suite = examples / "suite.toml"
    suite.write_text('metrics = ["stoi"]\n' + suite.read_text("utf-8"), "utf-8")
    run = (sys.executable, "-m", "nscbench.benchmarks.cli", "run", "suite.toml", "--workers", "1")
    call(*run, "--items", work / "recordings", "--out", "run", folder=examples, **variables)
    return pd.read_csv(examples / "run" / "leaderboard.csv").set_index("condition")


def check(board):
    assert list(board.index) == [
        "mycodec-32",
        "bitcut-48",
        "bitcut-96",
        "elsewhere-96",
        "lc3-32",
        "pcm",
    ]
    assert (board["n"] == 2).all()
    assert board["stoi"].between(0.5, 1).all()
    rates = board["measured_kbps"]
    assert rates["mycodec-32"] == 32
    assert rates["bitcut-48"] == pytest.approx(48 + 0.016)  # two bytes more in a second
    assert rates["bitcut-96"] == pytest.approx(96 + 0.016)
    assert pd.isna(rates["elsewhere-96"])
    assert board.loc["elsewhere-96", "nominal_kbps"] == 96
    stated = board.index[board["bitrate"] == "stated"]
    assert list(stated) == ["elsewhere-96"]


@pytest.mark.slow
def test_an_installed_package_beside_built_in_codecs(work):
    """pip installs the example as the page says, into a folder of its own."""
    site = work / "site"
    options = ("--quiet", "--no-deps", "--no-build-isolation", "--no-index", "--target", site)
    pip = (sys.executable, "-m", "pip", "install", *options, "./mycodec")
    call(*pip, folder=work / "examples")
    check(leaderboard(work, PYTHONPATH=str(site)))


@pytest.mark.slow
def test_a_file_in_codecs_beside_built_in_codecs(work):
    """The package once more, by links, with the example's file among the conventional codecs."""
    package = Path(nscbench.__file__).parent
    copy = work / "copy" / "nscbench"
    _mirror(package, copy, deep=("codecs", "conventional"))
    shutil.copy(EXAMPLES / "mycodec" / "mycodec.py", copy / "codecs" / "conventional")
    variables = {"PYTHONPATH": str(work / "copy")}
    listed = (sys.executable, "-m", "nscbench.benchmarks.cli", "list", "codecs")
    assert "mycodec-32" in call(*listed, folder=work, **variables)
    check(leaderboard(work, **variables))


def _mirror(source, target, deep):
    """A folder of links to what another holds; the folders `deep`, one in the other, are real."""
    target.mkdir(parents=True)
    for path in source.resolve().iterdir():
        if deep and path.name == deep[0]:
            _mirror(source / path.name, target / path.name, deep[1:])
        else:
            (target / path.name).symlink_to(path.resolve())
