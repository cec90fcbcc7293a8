"""Several runs as one board: what is shared, what is known of codecs."""

import math

import pytest

from nscbench.reports.site.board import Board, finite, suite_digest
from nscbench.reports.site.table import heads, lines


def test_numbers_are_of_the_items_that_all_runs_have(board):
    assert len(board.scores.items) == 10
    assert set(board.material.table["N"]) == {10}
    assert [len(run["items_left_out"]) for run in board.runs()] == [2, 2, 0]
    assert next(board.runs())["items_left_out"] == ["i010", "i011"]


def test_a_condition_of_two_runs_appears_once(board):
    names = [line["name"] for line in lines(board)]
    assert names.count("pcm") == 1
    assert len(names) == len(set(names)) == 11


def test_each_codec_has_one_page(board):
    assert [(codec.name, len(codec.conditions)) for codec in board.codecs] == [
        *(("opus", 4), ("pcm", 1), ("new", 4), ("dac-24k", 2)),
    ]
    assert board.codec_of["new-8"].page == "codecs/new.html"


def test_files_of_codecs_stay_in_their_folder_and_apart(board, monkeypatch):
    strange = ["../../etc/passwd", "Opus", "opus", "a b", "a/b"]
    conditions = {str(n): {"codec": name} for n, name in enumerate(strange)}
    own = Board(board.merged, {}, {})
    monkeypatch.setattr(own.material.run.scores, "conditions", conditions)
    files = [codec.file for codec in own.codecs]
    assert files == ["_etc_passwd", "Opus", "opus_2", "a_b", "a_b_2"]


def test_a_manifest_tells_whose_a_codec_is_before_what_is_installed(board):
    assert board.source("new-6")["licence"] == "MIT"
    assert board.source("new-8")["licence"] == ""
    assert board.source("opus-6")["licence"] == "BSD-3-Clause"
    assert board.source("dac-24k-6")["weights_licence"] == "MIT"


def test_the_delay_is_the_longer_one_or_that_of_the_whole_signal(board):
    assert board.delay_ms("opus-6") == 20
    assert board.delay_ms("new-8") == 40
    assert math.isinf(board.delay_ms("new-6"))
    assert board.delay_ms("dac-24k-6") is None


def test_lines_have_costs_and_terms_beside_the_means(board):
    shorts = [head["short"] for head in heads(board)]
    assert shorts[:6] == ["condition", "kbit/s", "n/N", "delay/ms", "GMAC/s", "licence"]
    found = {line["name"]: line for line in lines(board)}
    texts = {name: [cell["text"] for cell in line["cells"][:5]] for name, line in found.items()}
    assert texts["opus-6"] == ["6.00", "10/10", "20.0", "0.002", "BSD-3-Clause"]
    assert texts["new-6"] == ["6.00", "10/10", "whole signal", "5", "MIT / CC-BY-4.0"]
    assert texts["new-12"] == ["12.00", "10/10", "–", "–", "not stated"]
    assert texts["pcm"][2:] == ["–", "–", "–"]
    assert {len(line["cells"]) for line in found.values()} == {len(shorts) - 1}
    assert found["new-6"]["facts"]["delay"] == "Infinity"
    assert found["new-6"]["facts"]["licence"] == "MIT|CC-BY-4.0"


def test_digests_know_the_items_and_what_was_measured(board):
    one, two, _ = board.merged.manifests
    assert suite_digest(one) == suite_digest(two)
    other = two | {"metrics": [entry | {"version": "2"} for entry in two["metrics"]]}
    assert suite_digest(one) != suite_digest(other)
    assert len(board.items_digest) == 64


@pytest.mark.parametrize("value", [None, math.inf, math.nan])
def test_what_is_no_number_is_none(value):
    assert finite(value) is None
