"""AB and ABX: tables and sentences."""

from __future__ import annotations

from ....benchmarks.statistics.intervals import Interval
from ...votes import Votes
from ..conclusion import Column, Conclusion, Table, bracket, columns, is_sure, sentence_of
from ..sentences import counted
from ..units import notes_on, unit_of
from .bradley_terry import NoScale, Scale, bradley_terry
from .discrimination import Discrimination, discriminations
from .shares import Order, Preference, order_effect, preferences
from .transitivity import Transitivity, transitivity

MARGIN = 0.1  # of a share: 60 to 40


def conclude_preference(votes: Votes, margin: float = MARGIN) -> Conclusion:
    """The whole analysis of preferences.

    Args:
        votes: of ab, of the listeners that count.
        margin: of a share, within which two conditions are equivalent.
    """
    rows = list(votes.of_preference())
    unit, shares = unit_of(rows), preferences(rows, margin)
    notes, scale = notes_on(unit, len(rows)), None
    try:
        scale = bradley_terry(rows)
    except NoScale as error:
        notes.append(f"no Bradley-Terry scale: {error}")
    circles = transitivity(shares, scale)
    spoken = [sentence_of(note) for note in notes]
    spoken += [preference_sentence(pair, margin) for pair in shares]
    spoken += [*_scale_sentences(scale), *_circle_sentences(circles), *_order(order_effect(rows))]
    worths = scale.worths if scale else ()
    return Conclusion(
        (_share_table(shares, unit.name, margin), *_scale_tables(scale)),
        tuple(spoken),
        "log-worth (Bradley-Terry)",
        {worth.condition: (worth.value, worth.interval) for worth in worths},
        {
            (p.first, p.second): p.first if p.wins > p.losses else p.second
            for p in shares
            if is_sure(p.p_holm)
        },
    )


def preference_sentence(pair: Preference, margin: float) -> str:
    """One pair: preferred, equivalent, or neither shown."""
    first, second, wins, losses = pair.first, pair.second, pair.wins, pair.losses
    if pair.share is None:
        return f"{first} and {second}: none of {counted(pair.votes, 'vote')} is decided."
    share, ends = pair.share, pair.interval
    if share < 0.5:
        first, second, share = second, first, 1 - share
        ends = ends and Interval(1 - ends.high, 1 - ends.low)
    said = f"{100 * share:.0f} %{bracket(ends, 0, 100)} of {counted(wins + losses, 'decided vote')}"
    said += f", {counted(pair.ties, 'tie')}" if pair.ties else ""
    equal = is_sure(pair.p_equivalent_holm)
    within = f"within {50 + 100 * margin:g} to {50 - 100 * margin:g} %"
    if is_sure(pair.p_holm):
        extra = f", yet equivalent {within}" if equal else ""
        return f"{first} is preferred to {second}: {said}, p = {pair.p_holm:.2g} (Holm){extra}."
    if equal:
        p = pair.p_equivalent_holm
        return f"{first} and {second} are equivalent {within}: {said}, p = {p:.2g}."
    return (
        f"{first} and {second}: neither a preference nor equivalence is shown, {said}, "
        f"p = {pair.p_holm:.2g} (Holm)."
    )


def _scale_sentences(scale: Scale | None) -> list[str]:
    if scale is None:
        return []
    order = ""
    for worth in scale.worths:
        said = f"{worth.condition} ({worth.value:+.2f})"
        alike = order.endswith(f"({worth.value:+.2f})")
        order += f"{' = ' if alike else ' > ' if order else ''}{said}"
    tie = f"; Davidson's v = {scale.tie:.2f}" if scale.tie is not None else ""
    return [f"On the Bradley-Terry scale: {order}{tie}."]


def _circle_sentences(found: Transitivity) -> list[str]:
    lines = []
    for circle in found.circles:
        a, b, c = circle.conditions
        sure = "each of the three is sure" if circle.sure else "not all three are sure"
        lines.append(f"Preferences go in a circle: {a} over {b} over {c} over {a}; {sure}.")
    if found.triples and not found.circles:
        lines.append(
            f"Preferences are transitive: no circle in {counted(found.triples, 'triple')}."
        )
    for misfit in found.misfits:
        lines.append(
            f"The scale does not fit {misfit.first} against {misfit.second}: it says "
            f"{100 * misfit.scale:.0f} %, votes say {100 * misfit.share:.0f} %."
        )
    return lines


def _order(order: Order | None) -> list[str]:
    if order is None:
        return []
    effect = "matters" if is_sure(order.p) else "is not shown to matter"
    ends = bracket(order.interval, 0, 100)
    return [
        f"The order {effect}: what was heard first is preferred in "
        f"{100 * order.share:.0f} %{ends}, p = {order.p:.2g}."
    ]


def _share_table(shares: tuple[Preference, ...], unit: str, margin: float) -> Table:
    shown = columns(
        *("first", "second", "units", "votes", "wins", "losses", "ties", "share", "interval"),
        *("p", "p_holm", "p_equivalent_holm"),
        digits=3,
        units=f"{unit.capitalize()}s",
        wins="First preferred",
        losses="Second preferred",
        share="Share of first",
        p="p (exact)",
    )
    caption = (
        f"Shares are of decided votes; the unit is the {unit}. Equivalence: within "
        f"±{100 * margin:g} percentage points."
    )
    return Table("preferences", "Preferences", caption, shown, shares, "p_holm")


def _scale_tables(scale: Scale | None) -> list[Table]:
    if scale is None:
        return []
    pairs = columns(
        *("first", "second", "difference", "interval", "probability", "probability_interval"),
        *("p", "p_holm"),
        digits=3,
        probability="First preferred",
        probability_interval="Its interval",
    )
    return [
        Table(
            "worths",
            "Bradley-Terry scale",
            "Logarithms of worth around their mean, with ties by Davidson where there are any.",
            columns("condition", "value", "interval", digits=3, value="Log-worth"),
            scale.worths,
        ),
        Table(
            "worth_pairs",
            "Pairs on the scale",
            "What the scale says of every pair, heard or not.",
            pairs,
            scale.pairs,
            "p_holm",
        ),
    ]


def conclude_discrimination(votes: Votes, margin: float = MARGIN) -> Conclusion:
    """The whole analysis of ABX; the margin is for monitoring, and says nothing here."""
    rows = list(votes.of_answers())
    unit, found = unit_of(rows), discriminations(rows)
    spoken = [sentence_of(note) for note in notes_on(unit, len(rows))]
    shown = columns(
        *("condition", "other", "units", "answers", "right", "undecided", "share", "interval"),
        *("p", "p_holm", Column("d_prime", "d'", 2)),
        Column("d_prime_low", "d', low", 2),
        Column("d_prime_high", "d', high", 2),
        digits=3,
        units=f"{unit.name.capitalize()}s",
        share="Share right",
        p="p (exact)",
    )
    caption = (
        "Chance is 1/2; p is one-sided, of guessing. d' by the differencing strategy; a dash where "
        "it has no end."
    )
    return Conclusion(
        (Table("discrimination", "Discrimination", caption, shown, found, "p_holm"),),
        (*spoken, *map(discrimination_sentence, found)),
        "d'",
        {},
        {(d.condition, d.other): "told apart" for d in found if is_sure(d.p_holm)},
    )


def discrimination_sentence(found: Discrimination) -> str:
    """One pair: told apart, or not shown to be."""
    pair = f"{found.condition} and {found.other}"
    if found.share is None:
        return f"{pair}: none of {found.undecided} answers is decided."
    said = f"{found.right} of {found.answers} right ({100 * found.share:.0f} %"
    said += f"{bracket(found.interval, 0, 100)}), p = {found.p_holm:.2g} (exact, Holm)"
    if found.undecided:
        said += f", {found.undecided} undecided"
    if is_sure(found.p_holm):
        d = "without an upper end" if found.d_prime is None else f"{found.d_prime:.2f}"
        return f"{pair} are told apart: {said}; d' {d}."
    return f"{pair} are not shown to be told apart: {said}. That is no proof that they sound alike."
