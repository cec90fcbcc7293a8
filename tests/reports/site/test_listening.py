"""What the site plays."""

import numpy as np
import pytest

from nscbench.benchmarks.commands.report import read_signal
from nscbench.reports.site import listening
from nscbench.reports.site.listening import cards, picked, sounds


def test_items_are_the_same_for_all_codecs_hard_typical_and_easy(board):
    found = picked(board.scores)
    assert [pick.kind for pick in found] == ["typical", "hard", "easy"]
    codecs = board.scores.of_kind("codec")
    means = board.scores.of("pesq_wb")[codecs].mean(axis=1)
    typical, hard, easy = (means[pick.item] for pick in found)
    assert hard < typical < easy
    assert (means < hard).sum() == 1
    assert abs((means < typical).sum() - len(means) / 2) <= 1


def test_a_codecs_page_plays_its_conditions_and_offers_neighbours(board, made):
    listed = cards(board.material.run, made, board.codec_of["new-6"].conditions)
    assert [card.pick.kind for card in listed] == ["typical", "hard", "easy"]
    near = [sound.name for sound in listed[0].sounds if sound.near]
    assert near == ["reference", "new-6", "new-8", "new-12", "new-24"]
    others = [sound.name for sound in listed[0].sounds if not sound.near]
    assert len(others) == 2  # one of each other codec
    assert listed[0].sounds[1].values["kbit/s"] == "6.00"
    assert len({sound.file for card in listed for sound in card.sounds}) == 3 * 7


def test_signals_lie_beside_the_pages(made):
    assert len(made.written) == 3 * (11 + 1)
    assert all(path.startswith("audio/") for path in made.written)
    for path, content in list(made.written.items())[:2]:
        assert content.startswith(f'signal("../{path}", '.encode())
    assert made.faults == []


def test_an_item_is_taken_whole_or_not(board, monkeypatch):
    monkeypatch.setattr(listening, "BUDGET", 1)
    few = sounds(board.material.run, read_signal)
    assert [pick.kind for pick in few.picks] == ["typical"]
    assert len(few.written) == 12


def test_a_recording_that_is_gone_is_told_and_its_item_left_out(board):
    def gone(path):
        return None if "recordings" in str(path) else (np.zeros(8), 16_000)

    lost = sounds(board.material.run, gone)
    assert (lost.picks, lost.written) == ([], {})
    assert len(lost.faults) == 3
    assert "is no audio" in lost.faults[0]
    assert cards(board.material.run, lost, ("new-6",)) == []


@pytest.mark.parametrize("kind", ["control", "oracle"])
def test_without_codecs_nothing_is_picked(board, kind):
    assert picked(board.scores.part(board.scores.of_kind(kind))) == []
