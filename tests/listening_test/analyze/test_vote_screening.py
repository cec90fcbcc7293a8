import pytest

from nscbench.listening_test.analyze.vote_screening import screen_votes, without
from nscbench.listening_test.schema import ResultsError
from nscbench.listening_test.votes import Check, Choice, Vote, Votes


def votes(*checks, rows=()):
    own = rows or [
        Vote(who, f"i{k}", condition, float(1 + (k + n) % 5))
        for who in "ABC"
        for k in range(4)
        for n, condition in enumerate(("x", "y"))
    ]
    return Votes("acr", tuple(own), checks=checks)


def check(listener, kind, *passed):
    return [Check(listener, kind, p, "") for p in passed]


@pytest.mark.parametrize(
    ("preset", "excluded"), [("checks", {"A", "B"}), ("strict", {"A", "B", "C"}), ("none", set())]
)
def test_presets(preset, excluded):
    found = screen_votes(
        votes(
            *check("A", "attention", True, True, False),
            *check("B", "gold", True, False, False),
            *check("C", "gold", True, True, True, False),
        ),
        preset,
    )
    assert set(found.excluded) == excluded
    if preset == "checks":
        assert "rule 'attention' excludes 1 of 3 listeners" in found.notes
        assert found.verdicts[1].reasons == ("failed 2 of 3 checks (gold)",)
        assert found.verdicts[2].remarks == ("failed 1 of 4 checks (gold)",)


def test_straight_liners_are_remarked():
    rows = [Vote("A", str(k), "xy"[k % 2], 4.0) for k in range(6)]
    rows += [Vote("B", str(k), "xy"[k % 2], 1.0 + k % 5) for k in range(7)]
    found = screen_votes(votes(rows=rows), "checks")
    assert found.excluded == ()
    assert found.verdicts[0].remarks == (
        "gave the answer 4 all 6 times",
        "gave 6 votes, others up to 7",
    )
    assert screen_votes(votes(rows=rows), "strict").excluded == ("A",)


def test_always_the_first_is_a_straight_line_too():
    rows = [Choice("A", str(k), *("ab" if k % 2 else "ba"), "ba"[k % 2]) for k in range(8)]
    found = screen_votes(Votes("ab", tuple(rows)), "checks")
    assert found.verdicts[0].remarks == ("gave the answer 'first' all 8 times",)


def test_votes_without_names_cannot_be_screened():
    found = screen_votes(votes(rows=[Vote("", "i", "x", 3.0)]), "strict")
    assert found.verdicts == ()
    assert found.notes == ("votes that name no listener cannot be screened",)


def test_excluded_listeners_votes_are_left_out():
    kept = without(votes(), ["B"])
    assert {row.listener for row in kept.rows} == {"A", "C"}


def test_an_unknown_preset():
    with pytest.raises(ResultsError, match="checks, strict, none"):
        screen_votes(votes(), "bs1534-3")
