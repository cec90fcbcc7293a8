import numpy as np
import pytest

from nscbench.listening_test.analyze.preference.conclude import conclude_discrimination
from nscbench.listening_test.analyze.preference.discrimination import (
    d_prime,
    discriminations,
    right_share,
)
from nscbench.listening_test.analyze.sequential.listener_values import watched_pairs
from nscbench.listening_test.votes import Answer, Votes


def answers(right, wrong, undecided=0, pair=("codec", "reference")):
    said = ["a"] * right + ["b"] * wrong + [""] * undecided
    return [Answer(f"L{k}", "i", pair[0], "a", g, other=pair[1]) for k, g in enumerate(said)]


def test_exact_p_of_guessing():
    (found,) = discriminations(answers(12, 4, 2))
    assert (found.answers, found.right, found.undecided) == (16, 12, 2)
    assert found.p == pytest.approx(2517 / 65536)
    assert found.share == 0.75
    assert found.d_prime_low < found.d_prime < found.d_prime_high


@pytest.mark.parametrize("distance", [0.5, 1.5, 3.0])
def test_d_prime_is_that_of_a_listener_who_takes_the_nearer_signal(distance):
    random = np.random.default_rng(0)
    a, b, x = random.normal(0, 1, (3, 200_000)) + np.array([[distance], [0], [distance]])
    share = float((np.abs(x - a) < np.abs(x - b)).mean())
    assert right_share(distance) == pytest.approx(share, abs=4e-3)
    assert d_prime(right_share(distance)) == pytest.approx(distance)


def test_the_ends_of_d_prime():
    assert d_prime(0.5) == d_prime(0.3) == 0
    assert d_prime(1.0) is None
    (found,) = discriminations(answers(10, 0))
    assert found.d_prime is None
    assert found.d_prime_high is None
    assert found.d_prime_low > 0


def test_sentences():
    rows = (*answers(18, 2), *answers(11, 9, pair=("other", "reference")))
    found = conclude_discrimination(Votes("abx", rows))
    assert "codec and reference are told apart: 18 of 20 right (90 %" in found.sentences[0]
    assert "That is no proof that they sound alike" in found.sentences[1]
    assert found.verdicts == {("codec", "reference"): "told apart"}
    nothing = conclude_discrimination(Votes("abx", tuple(answers(0, 0, 4))))
    assert "none of 4 answers is decided" in nothing.sentences[-1]


def test_a_pair_is_one_whichever_of_the_two_was_a():
    """As in every test of our player, where half of the trials have the original as A."""
    rows = answers(10, 2) + answers(9, 3, pair=("reference", "codec"))
    (found,) = discriminations(rows)
    assert (found.condition, found.other) == ("codec", "reference")
    assert (found.answers, found.right) == (24, 19)
    assert found.p_holm == found.p
    (watched,) = watched_pairs(Votes("abx", tuple(rows)))
    assert (watched.first, watched.second) == ("codec", "reference")
