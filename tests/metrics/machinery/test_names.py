"""Whatever is found by name says the nearest one of a name that nothing has."""

import pytest

from nscbench import codecs, metrics
from nscbench.benchmarks import degradations
from nscbench.benchmarks.cli import main
from nscbench.benchmarks.cost.subjects import open_subject
from nscbench.benchmarks.data.datasets import get_dataset
from nscbench.benchmarks.data.published_weights import named
from nscbench.benchmarks.run.suite import load_suite
from nscbench.metrics.machinery.names import nearest, unknown


def test_the_nearest_name_and_all_that_there_are():
    known = ["opus", "pcm", "encodec"]
    assert unknown("codec", "Opsu", known) == (
        "no codec is called 'Opsu'; did you mean opus? there are: opus, pcm, encodec"
    )
    assert unknown("codec", "zzz", known, "or a path") == (
        "no codec is called 'zzz'; there are: opus, pcm, encodec, or a path"
    )
    assert unknown("codec", "x", []) == "no codec is called 'x'; there are: none"
    assert nearest("PCM", known) == "pcm"
    assert nearest("q", known) == ""


def test_of_very_many_names_some_are_enough():
    said = unknown("condition", "c-1O", [f"c-{n}" for n in range(100)])
    assert "did you mean c-1" in said
    assert said.endswith("c-59, and 40 more")


@pytest.mark.parametrize(
    ("ask", "near"),
    [
        (lambda: codecs.get("opsu-6"), "did you mean opus"),
        (lambda: codecs.make("gan", {"kpbs": 3}), "did you mean kbps"),
        (lambda: codecs.make("mel2mel", {"sampler": "eulr"}), "did you mean euler"),
        (lambda: metrics.get("pesk"), "did you mean pesq"),
        (lambda: degradations.make("nois", {}), "did you mean noise"),
        (lambda: get_dataset("librispeech-testclean", None), "did you mean librispeech-test-clean"),
        (lambda: named(["utmoss"]), "did you mean utmos"),
        (lambda: load_suite("dmo"), "did you mean demo"),
        (lambda: open_subject("dmo"), "did you mean demo"),
    ],
)
def test_every_kind_of_name_is_guessed(ask, near):
    with pytest.raises(ValueError, match=near.replace("?", r"\?")):
        ask()


@pytest.mark.parametrize(
    ("words", "near"),
    [
        (["rnu", "demo"], "did you mean run?"),
        (["train", "vocodr"], "did you mean vocoder?"),
        (["list", "metric"], "did you mean metrics?"),
    ],
)
def test_so_does_the_command_line(words, near, capsys):
    with pytest.raises(SystemExit):
        main(words)
    assert near in capsys.readouterr().err
