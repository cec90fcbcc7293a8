"""What parts add, in made-up runs with planted truths."""

import pytest

from nscbench.benchmarks.store.finished_run import read_run
from nscbench.reports.findings import additions
from nscbench.reports.findings.cells import NINE
from support.findings_runs import conditions, edited, made
from support.runs import items, write_run


def test_what_diffusion_adds(tmp_path):
    gains = {"mel2mel": 0.0, "mel-regression": 0.1, "mel-vocoder": -0.1}
    answer = additions.diffusion_adds(made(tmp_path, gains).scores, 3)
    assert answer.verdict.startswith(
        "mel2mel-3 over mel-regression-3: no; mel2mel-3 over mel-vocod"
    )
    assert answer.verdict.endswith("mel-vocoder-3: yes; mel-regression-3 over mel-vocoder-3: yes")
    assert answer.sentence.startswith("Of 3 metrics: mel2mel-3 over mel-regression-3: no, ")
    assert "; mel-regression-3 over mel-vocoder-3: yes, better in 3" in answer.sentence


def test_equal_decoders_are_undecided(tmp_path):
    gains = {"mel2mel": 0.0, "mel-regression": 0.0, "mel-vocoder": 0.0}
    answer = additions.diffusion_adds(made(tmp_path, gains).scores, 3)
    assert answer.verdict == "undecided, in all 3 pairs"


def test_published_codecs(tmp_path):
    answer = additions.against_published(made(tmp_path, {"mel2mel": 0.1, "ladiff": 0.0}).scores, 3)
    assert answer.verdict == "mel2mel-3 over ladiff-3: yes"
    assert answer.missing == ("mbd-3", "gan-3")


def test_what_the_excitation_adds(tmp_path):
    gains = {"mel2wav": 0.2, "mel2wav-regression": 0.1, "mel2wav-plain": 0.0}
    answer = additions.excitation_adds(made(tmp_path, gains).scores, 3)
    assert answer.verdict == "yes, in all 3 pairs"
    assert answer.sentence.count(": yes, better in 3") == 3
    assert "mel2wav-3 over mel2wav-plain-3: yes" in answer.sentence


def test_a_gain_that_needs_evaluations(tmp_path):
    """One evaluation is worse than the regression, four are better."""
    gains = {1: -0.1, 4: 0.1}
    steps = {f"mel2mel-3-nfe{n}": ("mel2mel", "codec", 3, gain) for n, gain in gains.items()}
    root = write_run(tmp_path / "run", steps | conditions({"mel-regression": 0.0}), items(40, 20))
    form = "Mel2Mel(kbps=3.0, nfe={}, sampler='euler')"
    edited(root, {f"mel2mel-3-nfe{n}": form.format(n) for n in gains})
    answer = additions.diffusion_by_nfe(read_run(root).scores, 3)
    assert answer.verdict == (
        "mel2mel-3-nfe1 over mel-regression-3: no; mel2mel-3-nfe4 over mel-regression-3: yes"
    )
    alone = made(tmp_path / "alone", {"mel2mel": 0.0, "mel-regression": 0.0})
    assert additions.diffusion_by_nfe(alone.scores, 3).verdict == "not answered"


def test_who_is_above_what_others_trained(tmp_path):
    gains = dict.fromkeys(NINE, -0.1) | {"gan": 0.1, "lat2lat": 0.0}
    rivals = {"lyra-3.2": ("lyra", "codec", 3.2, 0.0)}
    root = write_run(tmp_path / "run", conditions(gains) | rivals, items(40, 20))
    answer = additions.against_yardsticks(read_run(root).scores, 3)
    assert answer.verdict == "over lyra-3.2: 1 of 10"
    assert answer.missing == ("opus-nolace-6",)
    assert "Better and worse than lyra-3.2, of 3 metrics: gan-3 in 3 and 0, " in answer.sentence
    assert "mel2mel-3 in 0 and 3" in answer.sentence
    assert len(answer.tables[1].lines) == 10 * 3


@pytest.mark.parametrize(
    "question",
    [
        additions.diffusion_adds,
        additions.excitation_adds,
        additions.against_published,
        additions.against_yardsticks,
    ],
)
def test_what_is_missing_is_named(tmp_path, question):
    answer = question(made(tmp_path, {"pcm": 1.0}).scores, 3)
    assert answer.verdict == "not answered"
    assert len(answer.missing) >= 3


def test_pairs_that_fewer_metrics_compare_are_told_apart():
    fought = [("a", "b", {"pesq_wb": 1, "estoi": 0}), ("c", "d", {"pesq_wb": -1})]
    found, sentences = additions._by_pair(fought)
    assert found == "a over b: yes; c over d: no"
    assert sentences == [
        "Of 2 metrics: a over b: yes, better in 1 (PESQ), worse in none.",
        "Of 1 metrics: c over d: no, better in none, worse in 1 (PESQ).",
    ]
