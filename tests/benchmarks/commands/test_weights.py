"""`nscbench weights`: what it says and its exit status; fetching itself is tested with the data."""

import sys

import pytest

from nscbench.benchmarks.cli import main
from nscbench.benchmarks.commands import weights as command
from nscbench.benchmarks.data.published_weights import table
from nscbench.benchmarks.run.suite import load_suite
from nscbench.benchmarks.run.suite_choice import left_out

RESTRICTED = "nemo-nano-codec-22khz-0.6kbps-12.5fps-pytorch"
PCM = '[[condition]]\ncodec = "pcm"\n'


@pytest.fixture(autouse=True)
def nowhere(monkeypatch, tmp_path):
    """No weights, and no publisher that could be reached."""
    monkeypatch.setenv("NSCBENCH_WEIGHTS", str(tmp_path / "weights"))
    monkeypatch.setenv("HF_HUB_CACHE", str(tmp_path / "hub"))
    monkeypatch.setenv("NSCBENCH_WEIGHTS_MIRROR", str(tmp_path / "mirror"))
    (tmp_path / "mirror").mkdir()


@pytest.fixture
def mirror(tmp_path):
    """What has files that nothing is known of: of a restricted set and of SCOREQ."""
    sets = table()
    for name in (RESTRICTED, "scoreq"):
        (tmp_path / "mirror" / name).mkdir()
        for file in sets[name].weights.files:
            (tmp_path / "mirror" / name / file).write_bytes(bytes(10))
    return tmp_path / "mirror"


def test_list_tells_of_every_set_its_state_size_licence_publisher_and_users(mirror, capsys):
    assert main(["weights", "get", "scoreq_nr"]) == 0
    capsys.readouterr()
    assert main(["weights", "list"]) == 0
    lines = {line.split()[0]: line for line in capsys.readouterr().out.splitlines()}
    assert set(lines) == set(table())
    assert lines["scoreq"].split()[1:3] == ["in", "part"]
    for words in (
        " -  ", "1.1 MB", "1 file", "CC BY-NC-SA 4.0 (no commercial use)",
        "raw.githubusercontent.com/gabrielmittag/NISQA", "for nisqa",
    ):  # fmt: skip
        assert words in lines["nisqa"]


def test_a_licence_that_restricts_the_use_is_asked_for(mirror, capsys, monkeypatch, tmp_path):
    assert main(["weights", "get", RESTRICTED]) == 1
    refused = capsys.readouterr().err
    assert refused.count("\n") == 1
    assert f"{RESTRICTED}: not fetched: NVIDIA Open Model License: its own conditions" in refused
    assert "--accept" in refused
    monkeypatch.setattr(sys.stdin, "isatty", lambda: True, raising=False)
    for answer, status in (("n", 1), ("", 1), ("y", 0)):
        monkeypatch.setattr("builtins.input", lambda _, answer=answer: answer)
        assert main(["weights", "get", RESTRICTED]) == status
    assert (tmp_path / "weights" / RESTRICTED / "model.safetensors").is_file()


def test_accepted_and_unrestricted_sets_are_fetched_and_the_others_go_on(mirror, capsys):
    assert main(["weights", "get", "utmos", RESTRICTED, "scoreq", "--accept"]) == 1
    out, err = capsys.readouterr()
    assert err.splitlines() == [
        f"nscbench: utmos: the mirror has no {mirror}/utmos/utmos22_strong.onnx"
    ]
    assert f"{RESTRICTED}: 1 file in " in out
    assert "no published SHA-256 is known of model.safetensors; what came is recorded" in out
    assert main(["weights", "get", "scoreq"]) == 0
    assert "scoreq: here already" in capsys.readouterr().out
    assert main(["weights", "check"]) == 0
    assert "scoreq: all well" in capsys.readouterr().out


def test_check_names_what_is_damaged_and_what_is_missing(mirror, capsys, tmp_path):
    assert main(["weights", "get", "scoreq"]) == 0
    path = tmp_path / "weights" / "scoreq" / "adapt_nr_telephone.onnx"
    path.write_bytes(b"cut")
    assert main(["weights", "check"]) == 1
    assert f"{path}: its SHA-256 is " in capsys.readouterr().err
    assert main(["weights", "check", "utmos"]) == 1
    assert "no utmos22_strong.onnx in " in capsys.readouterr().err


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["get", "pesq"], "no weights are called 'pesq'; there are: "),
        (["get", "utmos", "--from", "no/where"], "the mirror no/where is no folder and no address"),
        (["check", "pesq"], "no weights are called 'pesq'"),
    ],
)
def test_bad_usage(words, said, capsys):
    assert main(["weights", *words]) == command.BAD_USAGE
    assert said in capsys.readouterr().err


def test_what_lacks_weights_is_one_line_of_a_run(tmp_path):
    pytest.importorskip("transformers")
    pytest.importorskip("jiwer")
    text = 'metrics = ["lsd", "utmos", "scoreq_nr", "scoreq_ref"]\n' + PCM
    (tmp_path / "mine.toml").write_text(text + '[[condition]]\ncodec = "encodec"\nkbps = [3, 6]\n')
    suite = load_suite(str(tmp_path / "mine.toml"))
    assert suite.metrics == ("lsd",)
    assert left_out(suite.unavailable) == [
        "left out: encodec-3, encodec-6, utmos, scoreq_nr, scoreq_ref: need weights: "
        "nscbench weights get encodec_24khz utmos scoreq"
    ]


def test_a_file_of_another_version_costs_its_column_only(tmp_path):
    """Each of them in one line of its own, with what mends it."""
    path = tmp_path / "weights" / "utmos" / "utmos22_strong.onnx"
    path.parent.mkdir(parents=True)
    path.write_bytes(b"of another version")
    (tmp_path / "mine.toml").write_text('metrics = ["lsd", "utmos"]\n' + PCM)
    suite = load_suite(str(tmp_path / "mine.toml"))
    assert suite.metrics == ("lsd",)
    assert left_out(suite.unavailable) == [
        f"left out: utmos: {path}: not the published file; nscbench weights get utmos replaces it"
    ]
