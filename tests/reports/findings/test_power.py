"""Speakers that an undecided test would need."""

import pytest

from nscbench.reports.columns import look
from nscbench.reports.findings.cells import NINE, nine_duels
from nscbench.reports.findings.power import speakers_needed
from support.findings_runs import TIED, made


def test_small_differences_need_many_speakers(tmp_path):
    scores = made(tmp_path, TIED | {"gan": 0.0}).scores
    answer = speakers_needed(scores, 3, {"few": 20, "many": 10**9})
    (table,) = answer.tables
    needed = {line[:3]: float(line[-1].replace(",", "")) for line in table.lines}
    assert list(needed.values()) == sorted(needed.values())
    assert min(needed.values()) > 20
    for test in nine_duels(scores, 3).table.to_dict("records"):
        expected = 20 * (test["detectable"] / test["difference"]) ** 2
        name = look(test["column"]).short, test["a"], test["b"]
        assert needed[name] == pytest.approx(expected, abs=1)
    assert "In PESQ, " in answer.sentence
    assert "with 20 speakers are undecided" in answer.sentence
    undecided = sum(line[0] == "PESQ" for line in table.lines)
    assert answer.sentence.endswith(
        f" by the 1000000000 speakers of many {undecided} and the 20 speakers of few 0."
    )


def test_where_all_is_decided_none_are_needed(tmp_path):
    gains = {cell: 0.3 * place for place, cell in enumerate(NINE)} | {"gan": -1.0}
    answer = speakers_needed(made(tmp_path, gains).scores, 3, {})
    assert answer.verdict == "none is"
    assert answer.sentence == "All tests in PESQ are decided."


def test_without_cells_there_is_nothing_to_decide(tmp_path):
    answer = speakers_needed(made(tmp_path, {"pcm": 0.0}).scores, 3, {})
    assert answer.verdict == "not answered"
