"""Does each analysis keep what it says? 1,000 simulated tests of each, with known truth.

Listeners and clips differ, and differ in what they think of a condition. `-s` prints the figures.
"""

import numpy as np
import pytest

from nscbench.benchmarks.statistics.proportions import clustered_wilson
from nscbench.listening_test.analyze.categories import opinion_pairs, opinions
from nscbench.listening_test.analyze.categories.ballots import Ballots
from nscbench.listening_test.analyze.preference import discrimination, shares
from nscbench.listening_test.analyze.preference.bradley_terry import bradley_terry
from nscbench.listening_test.analyze.sequential.betting import refuted_above, refuted_below
from nscbench.listening_test.analyze.words import intelligibility
from nscbench.listening_test.votes import Answer, Choice
from support.designs import error_bound

pytestmark = [pytest.mark.slow, pytest.mark.timeout(1800)]
TRIALS = 1000


def held(name, covered, wrong=None):
    """Intervals cover in 93 to 97 %; the family of tests errs in 5 %, three deviations wider."""
    print(f"\n{name}: covered {covered:.3f}" + ("" if wrong is None else f", erred {wrong:.3f}"))
    assert 0.93 <= covered <= 0.97
    assert wrong is None or wrong <= error_bound(TRIALS)


def ballots(random, design, conditions=4):
    """Votes on equal conditions: every listener on every clip, or a crowd of few votes each."""
    listeners, clips, heard = {
        "laboratory": (16, 12, 12),
        "crowd": (60, 40, 8),
        "unnamed": (60, 40, 8),
    }[design]
    rows = []
    for listener in range(listeners):
        for condition in range(conditions):
            chosen = random.permutation(clips)[:heard]
            rows += [(condition, item, listener) for item in chosen]
    condition, item, listener = np.array(rows).T
    latent = (
        3.2
        + (0 if design == "unnamed" else random.normal(0, 0.4, listeners)[listener])
        + random.normal(0, 0.4, clips)[item]
        + random.normal(0, 0.2, (conditions, clips))[condition, item]
        + (
            0
            if design == "unnamed"
            else random.normal(0, 0.15, (conditions, listeners))[condition, listener]
        )
        + random.normal(0, 0.7, len(rows))
    )
    names = tuple(f"c{k}" for k in range(conditions))
    people = () if design == "unnamed" else tuple(map(str, range(listeners)))
    score = np.clip(np.rint(latent), 1, 5)
    return Ballots("acr", names, condition, item, listener, score, clips, people)


def true_mean(design):
    spread = 0.4**2 + 0.2**2 + 0.7**2 + (0 if design == "unnamed" else 0.4**2 + 0.15**2)
    latent = np.random.default_rng(9).normal(3.2, spread**0.5, 4_000_000)
    return float(np.clip(np.rint(latent), 1, 5).mean())


@pytest.mark.parametrize("design", ["laboratory", "crowd", "unnamed"])
def test_opinions(design):
    random, truth = np.random.default_rng(1), true_mean(design)
    mos, differences, deltas, wrong = [], [], [], 0
    for _ in range(TRIALS):
        found = ballots(random, design)
        mos += [o.interval.low <= truth <= o.interval.high for o in opinions.opinions(found, 0.25)]
        pairs = opinion_pairs.compare(found, 0.25)
        differences += [p.interval.low <= 0 <= p.interval.high for p in pairs]
        deltas += [p.cliffs_delta_interval.low <= 0 <= p.cliffs_delta_interval.high for p in pairs]
        wrong += any(p.p_holm <= 0.05 for p in pairs)
    held(f"MOS, {design}", np.mean(mos))
    held(f"Cliff's delta, {design}", np.mean(deltas))
    held(f"differences, {design}", np.mean(differences), wrong / TRIALS)


@pytest.mark.parametrize("design", ["laboratory", "crowd"])
def test_equivalence(design):
    """At the margin itself, where it errs most, it is claimed in 5 %."""
    random, wrong = np.random.default_rng(2), 0
    for _ in range(TRIALS):
        found = ballots(random, design, 2)
        (pair,) = opinion_pairs.compare(found, 0.25)
        wrong += pair.difference < 0 and pair.p <= 0.1  # had the true difference been the margin
    print(f"\nequivalence at the margin, {design}: {wrong / TRIALS:.3f}")
    assert wrong / TRIALS <= error_bound(TRIALS)


def choices(random, listeners, items, names, ties=0.1):
    """Preferences of equal conditions, on which listeners have tastes of their own."""
    taste = random.normal(0, 0.5, (listeners, len(names)))
    rows = []
    for listener in range(listeners):
        for a in range(len(names)):
            for b in range(a):
                chance = 1 / (1 + np.exp(taste[listener, b] - taste[listener, a]))
                for item in range(items):
                    first, second = (names[a], names[b]) if item % 2 else (names[b], names[a])
                    won = names[a] if random.random() < chance else names[b]
                    said = "" if random.random() < ties else won
                    rows.append(Choice(str(listener), str(item), first, second, said))
    return rows


def test_preferences():
    random, covered, wrong = np.random.default_rng(3), [], 0
    for _ in range(TRIALS):
        found = shares.preferences(choices(random, 20, 4, "abc"), 0.1)
        covered += [p.interval.low <= 0.5 <= p.interval.high for p in found]
        wrong += any(p.p_holm <= 0.05 for p in found)
    held("preferences", np.mean(covered), wrong / TRIALS)


def test_bradley_terry():
    random, covered, wrong = np.random.default_rng(4), [], 0
    for _ in range(TRIALS):
        scale = bradley_terry(choices(random, 20, 2, "abcd"))
        covered += [p.interval.low <= 0 <= p.interval.high for p in scale.pairs]
        wrong += any(p.p_holm <= 0.05 for p in scale.pairs)
    held("Bradley-Terry", np.mean(covered), wrong / TRIALS)


def test_discrimination():
    """Listeners who hear more or less: the interval; guessing ones: the test."""
    random, covered, wrong = np.random.default_rng(5), [], 0
    for _ in range(TRIALS):
        chance = random.beta(14, 6, 20)[:, None]
        right = (random.random((20, 10)) < chance).astype(float)
        ends = clustered_wilson(right.ravel(), [np.repeat(np.arange(20), 10)])
        covered.append(ends.low <= 0.7 <= ends.high)
        guessed = [
            Answer(str(k % 20), str(k), f"c{k % 3}", "a", "ab"[int(x)], other="o")
            for k, x in enumerate(random.random(240) < 0.5)
        ]
        wrong += any(d.p_holm <= 0.05 for d in discrimination.discriminations(guessed))
    held("discrimination", np.mean(covered), wrong / TRIALS)


def test_words():
    random, covered, paired, wrong = np.random.default_rng(6), [], [], 0
    for _ in range(TRIALS):
        chance = random.beta(16, 4, 16)
        rows = [
            Answer(str(k), str(w), c, "x", "x" if random.random() < chance[k] else "y", ("x", "y"))
            for k in range(16)
            for c in "abc"
            for w in range(16)
        ]
        for score in intelligibility.intelligibilities(rows):
            covered.append(score.interval.low <= 60 <= score.interval.high)
        pairs = intelligibility.compare(rows, 5)
        paired += [p.interval.low <= 0 <= p.interval.high for p in pairs]
        wrong += any(p.p_holm <= 0.05 for p in pairs)
    held("words", np.mean(covered))
    held("pairs of words", np.mean(paired), wrong / TRIALS)


def votes_of(name, random, listeners):
    """Values in [0, 1] around 1/2 [trials, listeners]: of one vote each, or the mean of 8."""
    if name == "preference":
        return (random.random((TRIALS, listeners)) < 0.5).astype(float)
    per, level = (8, 3.0) if name == "means" else (1, 4.6 if name == "ceiling" else 3.0)
    latent = random.normal(level, 0.8, (2, TRIALS, listeners, per))
    first, second = np.clip(np.rint(latent), 1, 5)
    return ((first - second).mean(axis=-1) + 4) / 8


@pytest.mark.parametrize("name", ["preference", "votes", "ceiling", "means"])
def test_looking_after_every_vote(name):
    """The share of sequences of 300 that ever refute the truth."""
    values = votes_of(name, np.random.default_rng(7), 300)
    symmetric = name != "preference"
    below = refuted_below(values, 0.5, 0.05, symmetric)
    above = refuted_above(values, 0.5, 0.05, symmetric)
    wrong = float((below | above).any(axis=1).mean())
    print(f"\nlooking after every vote, {name}: erred {wrong:.3f}")
    assert 0 < wrong <= 0.05
