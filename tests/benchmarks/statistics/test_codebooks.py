"""Use of codebooks against sources whose entropies are known."""

import numpy as np
import pytest

from nscbench.benchmarks.statistics.codebooks import coverage, entropy, use_of


def test_counts_by_hand():
    use = use_of([np.array([0, 1, 0, 1]), np.array([0, 1, 0, 1])], 4)
    assert (use.tokens, use.used, use.coverage0) == (8, 0.5, 1)
    assert use.entropy0 == pytest.approx(1 + 1 / (16 * np.log(2)))  # Miller-Madow
    assert use.perplexity == pytest.approx(2**use.entropy0)
    # pairs 01, 10, 01 twice, none across the signals: H(pair) - H(first)
    h = -(2 / 3) * np.log2(2 / 3) - (1 / 3) * np.log2(1 / 3)
    correction = 1 / (12 * np.log(2))
    assert entropy(np.array([4, 2])) == pytest.approx(h + correction)
    assert use.entropy1 == pytest.approx(0, abs=1e-12)


def test_a_markov_source_has_its_two_entropies():
    random = np.random.default_rng(0)
    stay = random.random(60_000) < 0.75
    steps = np.where(stay, 0, random.integers(1, 4, stay.size))
    signal = np.cumsum(steps) % 4  # uniform over 4; stays, or goes to one of three others
    use = use_of([signal], 4)
    known = -0.75 * np.log2(0.75) - 0.25 * np.log2(0.25 / 3)
    assert use.entropy0 == pytest.approx(2, abs=1e-3)
    assert use.entropy1 == pytest.approx(known, abs=0.02)


def test_the_correction_takes_most_of_the_bias_of_small_samples():
    random = np.random.default_rng(0)
    found, plain = [], []
    for _ in range(200):
        counts = np.unique(random.integers(0, 64, 400), return_counts=True)[1]
        found.append(entropy(counts))
        share = counts / counts.sum()
        plain.append(-(share * np.log2(share)).sum())
    assert 6 - np.mean(plain) > 0.1
    assert abs(np.mean(found) - 6) < 0.01


def test_too_little_gives_no_entropy():
    random = np.random.default_rng(0)
    use = use_of([random.integers(0, 1024, 9000)], 1024)
    assert use.entropy0 == pytest.approx(10, abs=0.02)
    assert use.coverage1 < 0.05
    assert np.isnan(use.entropy1)
    few = use_of([random.integers(0, 1024, 200)], 1024)
    assert np.isnan([few.entropy0, few.perplexity, few.entropy1]).all()
    assert 0 < few.used < 0.2


def test_nothing_was_sent():
    use = use_of([np.zeros(0, np.int64)], 16)
    assert (use.tokens, use.used, use.coverage0) == (0, 0, 0)
    assert np.isnan(use.entropy0)
    assert coverage(np.zeros(0, np.int64)) == 0
