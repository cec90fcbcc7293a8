import pytest

from nscbench.listening_test.analyze.words.conclude import conclude
from nscbench.listening_test.analyze.words.intelligibility import compare, intelligibilities
from nscbench.listening_test.votes import Answer, Votes

SIX = ("pit", "bit", "kit", "wit", "fit", "sit")


def answers(
    condition, right, wrong, missing=0, words=("veal", "feel"), listeners=4, feature="voicing"
):
    said = [words[0]] * right + [words[1]] * wrong + [""] * missing
    return [
        Answer(f"L{k % listeners}", f"w{k}", condition, words[0], given, words, feature)
        for k, given in enumerate(said)
    ]


def test_two_alternatives_are_right_minus_wrong():
    (whole, feature) = intelligibilities(answers("opus", 18, 6))
    assert whole.adjusted == pytest.approx(100 * (18 - 6) / 24)
    assert (whole.right, whole.wrong, whole.not_given, whole.words) == (18, 6, 0, 24)
    assert (feature.feature, feature.adjusted) == ("voicing", whole.adjusted)
    assert whole.interval.low < whole.adjusted < whole.interval.high <= 100


def test_six_alternatives_take_a_fifth_off():
    (whole, _) = intelligibilities(answers("opus", 20, 5, 5, SIX))
    assert whole.adjusted == pytest.approx(100 * (20 - 5 / 5) / 30)


def test_guessing_is_nothing_and_all_right_is_all():
    assert intelligibilities(answers("c", 12, 12))[0].adjusted == 0
    best = intelligibilities(answers("c", 24, 0))[0]
    assert (best.adjusted, best.interval.high) == (100, 100)
    assert best.interval.low < 90  # of four listeners


def test_features_are_apart():
    rows = answers("c", 12, 0) + answers("c", 6, 6, feature="nasality")
    scores = {s.feature: s.adjusted for s in intelligibilities(rows)}
    assert scores == {"": 50, "nasality": 0, "voicing": 100}


def test_pairs_take_a_listener_once():
    rows = answers("a", 40, 8) + answers("b", 24, 24) + answers("reference", 48, 0)
    (pair,) = compare(rows, 5)
    assert (pair.first, pair.second) == ("a", "b")
    assert pair.difference == pytest.approx(100 * 32 / 48)


def test_sentences():
    rows = answers("a", 22, 2, listeners=8) + answers("b", 12, 10, 2, listeners=8)
    found = conclude(Votes("drt", tuple(rows)))
    assert found.sentences[0].startswith("2 answers were not given")
    assert any(line.startswith("a: 83.3 % [") for line in found.sentences)
    assert any("a is understood better than b" in line for line in found.sentences)
    assert found.verdicts == {("a", "b"): "a"}


def test_no_feature_is_least_understood_where_all_are_alike():
    rows = answers("opus", 12, 0) + answers("opus", 12, 0, feature="nasality")
    assert not any("least" in line for line in conclude(Votes("drt", tuple(rows))).sentences)


def test_a_difference_stays_within_what_can_be():
    rows = [r for who in range(3) for r in answers("a", 1 + who, 2 - who, listeners=1)]
    rows += answers("b", 2, 2, listeners=4)
    (pair,) = compare(rows, 5)
    assert -200 <= pair.interval.low <= pair.difference <= pair.interval.high <= 200
