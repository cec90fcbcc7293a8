"""ACR, DCR and CCR: tables, sentences and figures."""

from __future__ import annotations

from ....benchmarks.statistics.intervals import Interval
from ...votes import Votes
from ..conclusion import Column, Conclusion, Table, bracket, columns, is_sure, sentence_of
from ..sentences import counted
from . import opinion_pairs, opinions
from .ballots import Ballots
from .opinion_pairs import OpinionPair
from .opinions import Opinion

MEAN = {"acr": "MOS", "dcr": "DMOS", "ccr": "CMOS"}
MARGIN = 0.25  # categories


def conclude(votes: Votes, margin: float = MARGIN) -> Conclusion:
    """The whole analysis of votes on an opinion scale.

    Args:
        votes: of acr, dcr or ccr, of the listeners that count.
        margin: categories within which two conditions are equivalent.
    """
    ballots = Ballots.of(votes)
    described = opinions.opinions(ballots, margin)
    pairs = () if votes.test == "ccr" else opinion_pairs.compare(ballots, margin)
    notes = [*opinions.notes(ballots, described), *opinion_pairs.notes(ballots, pairs)]
    name = MEAN[votes.test]
    spoken = [sentence_of(note) for note in notes]
    if votes.test == "ccr":
        spoken += [_against(opinion, margin) for opinion in described]
    else:
        spoken += [_level(opinion, name) for opinion in described]
        spoken += [pair_sentence(pair, margin) for pair in pairs]
    return Conclusion(
        (
            _conditions(described, votes.test, name),
            *_pairs(pairs, margin),
            _distribution(opinions.distribution(ballots)),
        ),
        tuple(spoken),
        name,
        {opinion.condition: (opinion.mos, opinion.interval) for opinion in described},
        _verdicts(described, pairs, votes.test),
    )


def _verdicts(
    described: tuple[Opinion, ...], pairs: tuple[OpinionPair, ...], test: str
) -> dict[tuple[str, str], str]:
    if test == "ccr":
        better: dict[tuple[str, str], str] = {}
        for o in described:
            if is_sure(o.p_holm):
                first, second = o.condition.split(" against ", 1)
                better[first, second] = first if o.mos > 0 else second
        return better
    return {
        (pair.first, pair.second): pair.first if pair.difference > 0 else pair.second
        for pair in pairs
        if is_sure(pair.p_holm)
    }


def _level(opinion: Opinion, name: str) -> str:
    votes = counted(opinion.votes, "vote")
    votes += f" on {counted(opinion.clips, 'clip')}" if opinion.clips else ""
    return f"{opinion.condition}: {name} {opinion.mos:.2f}{bracket(opinion.interval)}, {votes}."


def _against(opinion: Opinion, margin: float) -> str:
    text = f"{opinion.condition}: CMOS {opinion.mos:+.2f}{bracket(opinion.interval)}"
    if opinion.p_holm is None:
        return f"{text}; not tested."
    better = "better" if opinion.mos > 0 else "worse"
    equal = opinion.p_equivalent_holm
    if is_sure(opinion.p_holm):
        verdict = f"it is {better}, p = {opinion.p_holm:.2g} (Holm)"
        extra = f", yet equivalent within ±{margin:g}" if is_sure(equal) else ""
        return f"{text}; {verdict}{extra}."
    if is_sure(equal):
        return (
            f"{text}; equivalent within ±{margin:g}, p = {equal:.2g} (two one-sided tests, Holm)."
        )
    return f"{text}; neither shown to differ nor to be equivalent, p = {opinion.p_holm:.2g} (Holm)."


def pair_sentence(pair: OpinionPair, margin: float) -> str:
    """One pair: better, equivalent, neither shown, or not tested."""
    better, worse, size, ends = pair.first, pair.second, pair.difference, pair.interval
    delta = pair.cliffs_delta
    if size < 0:
        better, worse, size, delta = worse, better, -size, -delta
        ends = ends and Interval(-ends.high, -ends.low)
    said = f"{size:.2f}{bracket(ends)}, Cliff's delta {delta:z.2f}"
    if pair.p_holm is None:
        return f"{better} and {worse} differ by {said}; not tested."
    equal = is_sure(pair.p_equivalent_holm)
    if is_sure(pair.p_holm):
        extra = f", yet equivalent within ±{margin:g}" if equal else ""
        return f"{better} is better than {worse} by {said}, p = {pair.p_holm:.2g} (Holm){extra}."
    if equal:
        return (
            f"{better} and {worse} are equivalent within ±{margin:g}: they differ by {said}, "
            f"p = {pair.p_equivalent_holm:.2g} (two one-sided tests, Holm)."
        )
    return (
        f"{better} and {worse} are neither shown to differ nor to be equivalent: {said}, "
        f"p = {pair.p_holm:.2g} (Holm)."
    )


def _conditions(described: tuple[Opinion, ...], test: str, name: str) -> Table:
    tested = ("p_holm", "p_equivalent_holm") if test == "ccr" else ()
    shown = columns(
        *("condition", "listeners", "clips", "votes", "mos", "interval", "mean_of_votes"),
        *("half_width_clips", "half_width_votes", Column("shares", "Shares of categories", 2)),
        *tested,
        digits=3,
        mos=name,
        half_width_clips="± over clips",
        half_width_votes="± over votes",
    )
    return Table(
        "conditions",
        "Opinions",
        "Mean over clips; the interval takes votes of one clip, and of one listener where votes "
        "name them, together. ± are the half widths of the P.808 toolkit. Categories from the "
        "lowest.",
        shown,
        described,
        "p_holm" if tested else "",
    )


def _pairs(pairs: tuple[OpinionPair, ...], margin: float) -> list[Table]:
    if not pairs:
        return []
    shown = columns(
        *("first", "second", "clips", "paired", "difference", "interval"),
        *("p", "p_holm", "p_equivalent_holm"),
        Column("cliffs_delta", "Cliff's delta", 2),
        Column("cliffs_delta_interval", "Its interval", 2),
        digits=3,
    )
    caption = (
        "First minus second. Intervals are of 95 % for one pair; p values are adjusted by Holm. "
        f"Equivalence: within ±{margin:g} categories."
    )
    return [Table("pairs", "Pairs of systems", caption, shown, pairs, "p_holm")]


def _distribution(shares: tuple[opinions.CategoryShare, ...]) -> Table:
    shown = columns(
        *("condition", "category", "share", "at_least", "interval"),
        digits=3,
        share="Share of votes",
        at_least="This or higher",
    )
    caption = "Shares of all votes of a condition; the interval is of this or a higher category."
    return Table("distribution", "Distribution of categories", caption, shown, shares)
