"""Post-screening: the standard's shares at their borders, and listeners who try to slip through."""

import numpy as np
import pytest

from nscbench.listening_test.analyze.opinion_scores import OpinionScores
from nscbench.listening_test.analyze.screening import Screening, screen
from nscbench.listening_test.schema import Rating, ResultsError

ITEMS = 20


def panel(**overrides: dict[str, list[float]]) -> OpinionScores:
    """Four listeners with sound ratings of 20 items, changed per listener and condition."""
    sound = {"reference": 100.0, "codec": 60.0, "anchor70": 40.0, "anchor35": 20.0}
    return OpinionScores.of(
        [
            Rating(listener, str(item), condition, values[item])
            for listener in ("a", "b", "c", "d")
            for condition, score in sound.items()
            for values in [overrides.get(listener, {}).get(condition, [score] * ITEMS)]
            for item in range(len(values))
        ]
    )


def first(count: int, score: float, other: float) -> list[float]:
    return [score] * count + [other] * (ITEMS - count)


def remarks(screening: Screening, listener: str) -> tuple[str, ...]:
    return next(v.remarks for v in screening.verdicts if v.listener == listener)


def test_rule_a_excludes_above_15_percent_only() -> None:
    scores = panel(
        a={"reference": first(3, 89.9, 100)},
        b={"reference": first(4, 89.9, 100)},
        c={"reference": first(10, 90, 100)},
    )
    screening = screen(scores, "bs1534-3")
    assert screening.excluded == ("b",)
    assert screening.verdicts[1].reasons == (
        "rated the hidden reference below 90 for 4 of 20 items",
    )
    assert not screening.notes


def test_rule_b_excludes_who_does_not_hear_the_mid_anchor() -> None:
    scores = panel(a={"anchor70": first(3, 91, 40)}, b={"anchor70": first(4, 91, 40)})
    screening = screen(scores, "bs1534-3")
    assert screening.excluded == ()  # items 1 to 3: 2 of 4 listeners, so only item 4 counts
    assert len(screening.notes) == 3
    alone = screen(panel(b={"anchor70": first(4, 91, 40)}), "bs1534-3")
    assert alone.excluded == ("b",)
    assert "the mid anchor above 90 for 4 of 20 items" in alone.verdicts[1].reasons[0]


def test_nobody_is_excluded_for_an_anchor_that_cannot_be_heard() -> None:
    """One of four: not above the quarter of listeners that would discount an item by itself."""
    scores = panel(b={"anchor70": first(4, 100, 40)})
    assert screen(scores, "bs1534-3").excluded == ("b",)
    assert screen(scores, "mpeg-strict").excluded == ()
    swapped = panel(b={"anchor70": first(4, 100, 40), "reference": first(4, 95, 100)})
    assert screen(swapped, "mpeg-strict").excluded == ("b",)
    for preset in ("bs1534-3", "mpeg-strict"):
        screening = screen(swapped, preset, inaudible=("0", "1", "2", "3", "of another test"))
        assert screening.excluded == ()
        assert "the key says of 4 of 20 items" in screening.notes[0]
        assert screen(swapped, preset, inaudible=("0", "1")).excluded == (
            ("b",) if preset == "mpeg-strict" else ()
        )
    low = panel(b={"anchor35": first(1, 99, 20), "reference": first(1, 98, 100)})
    assert "rated anchor35 above reference for 1 of 1 items" in (
        screen(low, "mpeg-strict", inaudible=("0",)).verdicts[1].reasons
    )


def test_who_gives_everything_100_is_excluded_and_told_of() -> None:
    everything = {c: [100.0] * ITEMS for c in ("reference", "codec", "anchor70", "anchor35")}
    screening = screen(panel(d=everything), "bs1534-3")
    assert screening.excluded == ("d",)
    assert remarks(screening, "d") == ("gave every stimulus the score 100",)


def test_mpeg_strict_asks_for_every_item_and_the_order_of_the_anchors() -> None:
    scores = panel(
        a={"reference": first(1, 89, 100)},
        b={"anchor35": first(1, 41, 20)},
        c={"reference": first(1, 92, 100), "anchor70": first(1, 93, 40)},
        d={"anchor70": first(1, 100, 40)},
    )
    screening = screen(scores, "mpeg-strict")
    assert screening.excluded == ("a", "b", "c")
    assert screening.verdicts[1].reasons == ("rated anchor35 above anchor70 for 1 of 20 items",)


def test_mpeg_strict_without_a_mid_anchor_compares_the_low_one() -> None:
    ratings = [Rating("a", "1", "reference", 95), Rating("a", "1", "anchor35", 96)]
    screening = screen(OpinionScores.of(ratings), "mpeg-strict")
    assert screening.verdicts[0].reasons == ("rated anchor35 above reference for 1 of 1 items",)
    assert "anchor70" in screening.notes[0]


def test_rules_without_their_condition_are_not_applied() -> None:
    ratings = [Rating(str(n), "1", "codec", 50 + n) for n in range(5)]
    screening = screen(OpinionScores.of(ratings), "bs1534-3")
    assert screening.excluded == ()
    assert ["not applied" in note for note in screening.notes] == [True, True]


def test_remarks_exclude_nobody() -> None:
    ratings = [
        Rating(listener, item, condition, 10.0 * k, plays=0 if listener == "b" else 2)
        for listener, items in (("a", "1234"), ("b", "1234"), ("c", "12"))
        for item in items
        for k, condition in enumerate(("codec", "other", "reference"), 8)
        if not (listener == "a" and item == "4" and condition == "codec")
    ]
    screening = screen(OpinionScores.of(ratings), "none", ratings)
    assert screening.excluded == ()
    assert remarks(screening, "a") == ("left 1 stimulus of these items unrated",)
    assert remarks(screening, "b") == ("rated 12 stimuli without playing",)
    assert remarks(screening, "c") == ("rated 2 items, others up to 4",)


def test_an_unknown_preset_is_refused() -> None:
    with pytest.raises(ResultsError, match="mpeg-strict"):
        screen(panel(), "strict")


def test_scores_average_a_retest_and_keep_gaps() -> None:
    ratings = [
        Rating("10", "i", "codec", 40),
        Rating("2", "i", "codec", 60, trial="first"),
        Rating("2", "i", "codec", 70, trial="second"),
        Rating("2", "j", "reference", 100),
        Rating("2", "j", "mnru-20", 30),
    ]
    scores = OpinionScores.of(ratings)
    assert scores.listeners == ("2", "10")
    assert scores.conditions == ("reference", "codec", "mnru-20")
    assert scores.systems == ("codec",)
    assert scores.of_condition("codec")[:, 0].tolist() == [65, 40]
    assert np.isnan(scores.of_condition("codec")[:, 1]).all()
    assert np.isnan(scores.of_condition("absent")).all()
    assert scores.without({"2"}).listeners == ("10",)
