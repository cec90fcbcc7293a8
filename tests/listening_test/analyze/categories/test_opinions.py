"""Opinions: four published result tables of the P.808 toolkit, and hand-made votes.

The published votes are those of xiph/opus (dnn/torch/osce, commit 3da9f7a, BSD licence), read from
the folder `xiph_p808` that NSCBENCH_LISTENING_TEST_DATA names.
"""

import csv
import os
from pathlib import Path

import numpy as np
import pytest
from scipy import stats

from nscbench.listening_test.analyze.categories.ballots import Ballots
from nscbench.listening_test.analyze.categories.conclude import conclude
from nscbench.listening_test.analyze.categories.opinion_pairs import compare
from nscbench.listening_test.analyze.categories.opinions import distribution, opinions
from nscbench.listening_test.read.vote_files import read_votes
from nscbench.listening_test.votes import Vote, Votes

DATA = os.environ.get("NSCBENCH_LISTENING_TEST_DATA", "")
needs_data = pytest.mark.skipif(not DATA, reason="NSCBENCH_LISTENING_TEST_DATA is not set")


def votes(scores, test="acr", listeners=True, reference=""):
    """Votes of {condition: [listeners][items]}."""
    return Votes(
        test,
        tuple(
            Vote(f"L{who}" if listeners else "", f"i{item}", condition, score, reference)
            for condition, table in scores.items()
            for who, row in enumerate(table)
            for item, score in enumerate(row)
        ),
    )


@needs_data
@pytest.mark.slow
@pytest.mark.parametrize(
    ("name", "conditions"), [("lace", 9), ("nolace", 11), ("NBWE_ACR", 17), ("dred_journal", 6)]
)
def test_published_tables_are_reproduced(name, conditions):
    folder = Path(DATA) / "xiph_p808"
    with (folder / f"{name}_final_totals.csv").open(newline="") as file:
        published = {row["wavs_dir"]: row for row in csv.DictReader(file)}
    read = read_votes([folder / f"{name}_votes_per_clip.csv"])
    found = {o.condition: o for o in opinions(Ballots.of(read), 0.25)}
    assert len(found) == conditions
    assert not read.rejected
    assert found.keys() == published.keys()
    for condition, own in found.items():
        said = {k: float(v) for k, v in published[condition].items() if v[:1].isdecimal()}
        assert own.mos == pytest.approx(said["MOS_--_ie_mean_clip_MOS"], abs=1e-12)
        assert own.mean_of_votes == pytest.approx(said["mean_vote_mos"], abs=1e-12)
        assert (own.clips, own.votes) == (said["num_clips"], said["num_votes"])
        assert own.half_width_clips == pytest.approx(said["confidence_interval_95"], abs=1e-12)
        listeners = said["listener_confidence_interval_95"]
        assert own.half_width_votes == pytest.approx(listeners, abs=1e-12)
        assert own.interval.high - own.mos == pytest.approx(own.half_width_clips)


def test_the_toolkits_half_widths():
    """Of three clips; the one of a single vote has no spread."""
    rows = [("a", 1), ("a", 3), ("b", 4), ("b", 5), ("b", 3), ("c", 2)]
    (found,) = opinions(
        Ballots.of(Votes("acr", tuple(Vote("", item, "x", s) for item, s in rows))), 0.25
    )
    means = np.array([2, 4, 2])
    assert found.mos == pytest.approx(means.mean())
    assert found.mean_of_votes == 3
    assert found.half_width_clips == pytest.approx(
        stats.t.ppf(0.975, 2) * means.std(ddof=1) / np.sqrt(3)
    )
    within = np.sqrt(2 / (2 * 1.001) + 2 / (3 * 2.001)) / 3
    assert found.half_width_votes == pytest.approx(1.96 * within)
    assert found.shares == pytest.approx([1 / 6, 1 / 6, 2 / 6, 1 / 6, 1 / 6])
    assert found.listeners is None


def test_pairs_on_shared_clips_are_paired_tests():
    random = np.random.default_rng(0)
    scores = random.integers(1, 6, (2, 1, 30)).astype(float)
    (pair,) = compare(
        Ballots.of(votes(dict(zip("ab", scores, strict=True)), listeners=False)), 0.25
    )
    known = stats.ttest_rel(scores[0, 0], scores[1, 0])
    assert (pair.paired, pair.clips) == (True, 30)
    assert pair.p == pytest.approx(known.pvalue)
    assert pair.interval.low == pytest.approx(known.confidence_interval().low)


def test_cliffs_delta_is_that_of_all_pairs_of_votes():
    a, b = [5, 4, 4, 3, 5, 2], [3, 3, 4, 1, 2, 2]
    (pair,) = compare(Ballots.of(votes({"a": [a], "b": [b]}, listeners=False)), 0.25)
    known = np.mean([np.sign(x - y) for x in a for y in b])
    assert pair.cliffs_delta == pytest.approx(known)
    assert -1 <= pair.cliffs_delta_interval.low < known < pair.cliffs_delta_interval.high <= 1


def test_holm_is_over_all_pairs_and_no_anchor_is_tested():
    random = np.random.default_rng(1)
    tables = {n: np.clip(random.integers(1, 5, (12, 8)) + k, 1, 5) for k, n in enumerate("abc")}
    tables |= {"reference": np.full((12, 8), 5), "anchor35": np.full((12, 8), 1)}
    found = compare(Ballots.of(votes(tables)), 0.25)
    assert [(p.first, p.second) for p in found] == [("a", "b"), ("a", "c"), ("b", "c")]
    smallest = min(found, key=lambda p: p.p)
    assert smallest.p_holm == pytest.approx(3 * smallest.p)


def test_clips_that_are_not_shared_are_compared_unpaired():
    rows = [Vote("", f"{c}{i}", c, s) for c in "ab" for i, s in enumerate((1, 3, 2, 5, 4))]
    found = conclude(Votes("acr", tuple(rows)))
    (pair,) = found.tables[1].records
    assert (pair.paired, pair.clips, pair.difference) == (False, 10, 0)
    assert any("1 of 1 pairs share too few clips" in line for line in found.sentences)


def test_the_distribution_sums_up():
    found = distribution(Ballots.of(votes({"a": [[1, 2, 2, 5], [3, 3, 4, 5], [5, 4, 3, 2]]})))
    assert [c.category for c in found] == [1, 2, 3, 4, 5]
    assert found[0].at_least == 1
    assert sum(c.share for c in found) == pytest.approx(1)
    assert found[3].at_least == pytest.approx(5 / 12)
    assert found[3].interval.low < 5 / 12 < found[3].interval.high


def test_equal_votes_have_no_invented_interval():
    found = conclude(votes({"a": np.full((6, 5), 4), "b": np.full((6, 5), 4)}))
    first = found.tables[0].records[0]
    assert (first.mos, first.interval) == (4, None)
    (pair,) = found.tables[1].records
    assert (pair.p, pair.interval, pair.cliffs_delta) == (None, None, 0)
    assert any("every vote of a, b is the same" in line.lower() for line in found.sentences)
    assert "a and b differ by 0.00, Cliff's delta 0.00; not tested." in found.sentences
    assert not found.verdicts


@pytest.mark.parametrize(
    ("table", "said"),
    [
        ([[3, 4, 2, 5, 3]], "One listener: what is said holds for this one only"),
        ([[3], [4], [2], [5]], "One clip: what is said holds for this one only"),
        ([[3]], "too few clips and listeners"),
    ],
)
def test_one_listener_or_one_clip_is_said(table, said):
    found = conclude(votes({"a": table}))
    assert any(said in line for line in found.sentences)
    assert "One system under test: there is nothing to compare." in found.sentences


def test_ccr_is_held_against_its_reference():
    random = np.random.default_rng(2)
    table = random.integers(0, 4, (10, 6))
    found = conclude(votes({"new": table}, "ccr", reference="old"))
    (opinion,) = found.tables[0].records
    assert opinion.condition == "new against old"
    assert opinion.mos == pytest.approx(table.mean())
    assert opinion.p_holm < 0.001
    assert found.verdicts == {("new", "old"): "new"}
    assert "it is better" in found.sentences[0]


def test_equivalence_within_the_margin():
    random = np.random.default_rng(3)
    table = random.integers(2, 5, (20, 20))
    found = conclude(votes({"a": table, "b": random.permuted(table, axis=0)}), 0.5)
    assert any("are equivalent within ±0.5" in line for line in found.sentences)


@pytest.mark.parametrize("items", range(3, 12))
def test_where_nothing_scatters_nothing_is_sure(items):
    """Whatever a number of votes does to rounding: each condition has one category alone."""
    same = {name: [[score] * items] * 8 for name, score in (("a", 5), ("b", 3), ("c", 2))}
    ballots = Ballots.of(votes(same))
    assert {o.interval for o in opinions(ballots, 0.25)} == {None}
    found = compare(ballots, 0.25)
    assert {(p.p, p.p_holm, p.interval) for p in found} == {(None, None, None)}


def test_no_interval_leaves_the_scale():
    """Three clips, on which all agree and which differ much."""
    scores = {"a": [[1, 3, 5]] * 4, "b": [[5, 5, 4]] * 4}
    ballots = Ballots.of(votes(scores))
    for opinion in opinions(ballots, 0.25):
        assert 1 <= opinion.interval.low <= opinion.mos <= opinion.interval.high <= 5
    (pair,) = compare(ballots, 0.25)
    assert -4 <= pair.interval.low <= pair.difference <= pair.interval.high <= 4
    (cmos,) = opinions(Ballots.of(votes({"a": [[-3, 0, 3]] * 4}, "ccr", reference="r")), 0.25)
    assert (cmos.interval.low, cmos.interval.high) == (-3, 3)


def test_one_vote_is_spoken_of_as_one():
    said = conclude(votes({"a": [[3]]})).sentences
    assert "One listener: what is said holds for this one only; others need 3 at least." in said
    assert "a: MOS 3.00, 1 vote on 1 clip." in said
