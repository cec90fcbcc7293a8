"""What an analysis says, in plain words."""

from ...benchmarks.statistics.intervals import Interval
from ..schema import Reading
from .analysis import Analysis, Pair
from .correlation import ColumnReport
from .opinion_scores import OpinionScores
from .screening import Screening

ALPHA = 0.05


def reading_sentences(reading: Reading, scores: OpinionScores) -> list[str]:
    """What was read and what was not."""
    lines = [
        f"Read {_count(len(reading.ratings), 'rating')} of "
        f"{_count(len(scores.listeners), 'listener')}, {_count(len(scores.items), 'item')} and "
        f"{_count(len(scores.conditions), 'condition')} from "
        f"{_count(len(reading.sources), 'file')}."
    ]
    if reading.rejected:
        lost = sum(r.ratings for r in reading.rejected)
        lines.append(
            f"Not taken: {_count(len(reading.rejected), 'entry', 'entries')} "
            f"({_count(lost, 'rating')})."
        )
    return lines + [f"{note}." for note in reading.notes]


def screening_sentences(screening: Screening) -> list[str]:
    """Who was excluded, and what else was seen."""
    excluded = [v for v in screening.verdicts if v.excluded]
    lines = [
        f"Post-screening ({screening.preset}) excludes {len(excluded)} of "
        f"{_count(len(screening.verdicts), 'listener')}."
    ]
    lines += [f"Listener {v.listener} {' and '.join(v.reasons)}: excluded." for v in excluded]
    lines += [
        f"Listener {v.listener} {' and '.join(v.remarks)}: a remark only."
        for v in screening.verdicts
        if v.remarks
    ]
    return lines + [f"{note[0].upper()}{note[1:]}." for note in screening.notes]


def analysis_sentences(analysis: Analysis) -> list[str]:
    """The test over all systems, then every pair."""
    lines = [f"{note[0].upper()}{note[1:]}." for note in analysis.notes]
    if test := analysis.omnibus:
        verdict = "differ" if test.p <= ALPHA else "are not shown to differ"
        agreement = "" if test.kendall_w is None else f", Kendall's W = {test.kendall_w:.2f}"
        lines.append(
            f"The {test.conditions} systems {verdict} ({test.name} chi-squared({test.degrees}) = "
            f"{test.chi2:.1f}, p = {test.p:.2g}{agreement}, {test.listeners} listeners)."
        )
    return lines + [pair_sentence(pair, analysis.margin) for pair in analysis.pairs]


def pair_sentence(pair: Pair, margin: float) -> str:
    """One pair: better, equivalent, or neither shown."""
    better, worse = pair.first, pair.second
    interval, shift = pair.shift_interval, pair.shift
    if shift < 0:
        better, worse, shift = worse, better, -shift
        interval = interval and Interval(-interval.high, -interval.low)
    bracket = f" [{interval.low:.1f}, {interval.high:.1f}]" if interval else ""
    size = f"{shift:.1f} points{bracket}"
    equivalent = pair.p_equivalent_holm <= ALPHA
    if pair.p_holm <= ALPHA:
        text = f"{better} is better than {worse} by {size}, p = {pair.p_holm:.2g} (Holm)"
        return f"{text}, yet equivalent within ±{margin:g} points." if equivalent else f"{text}."
    if equivalent:
        return (
            f"{better} and {worse} are equivalent within ±{margin:g} points: they differ by "
            f"{size}, p = {pair.p_equivalent_holm:.2g} (two one-sided tests, Holm)."
        )
    return (
        f"{better} and {worse} are neither shown to differ nor to be equivalent: {size}, "
        f"p = {pair.p_holm:.2g} (Holm)."
    )


def change_sentences(before: Analysis, after: Analysis) -> list[str]:
    """What post-screening changes in the pairs' verdicts."""
    shown = [
        {frozenset((p.first, p.second)) for p in analysis.pairs if p.p_holm <= ALPHA}
        for analysis in (before, after)
    ]
    lines = []
    for lost, word in ((shown[0] - shown[1], "no longer"), (shown[1] - shown[0], "only now")):
        for pair in sorted(sorted(names) for names in lost):
            lines.append(f"After screening, {pair[0]} and {pair[1]} are {word} shown to differ.")
    return lines


def correlation_sentences(reports: tuple[ColumnReport, ...]) -> list[str]:
    """How well each metric ranks what listeners rated, the best first."""

    def strength(report: ColumnReport) -> float:
        return abs(report.by_stimulus["spearman"].value or 0.0)

    lines = []
    for report in sorted(reports, key=strength, reverse=True):
        rho = report.by_stimulus["spearman"]
        if rho.value is None:
            lines.append(
                f"{report.column}: no correlation exists over "
                f"{_count(report.stimuli, 'stimulus', 'stimuli')}."
            )
            continue
        bracket = f" [{rho.interval.low:.2f}, {rho.interval.high:.2f}]" if rho.interval else ""
        line = (
            f"{report.column}: Spearman's rho = {rho.value:.2f}{bracket} over "
            f"{_count(report.stimuli, 'stimulus', 'stimuli')}"
        )
        if report.pairs:
            line += f"; it ranks {len(report.flips)} of {report.pairs} pairs the other way round"
        if sure := [f for f in report.flips if f.p_holm is not None and f.p_holm <= ALPHA]:
            names = ", ".join(f"{f.preferred} over {f.other}" for f in sure)
            line += f", against a significant difference for {names}"
        lines.append(line + ".")
    return lines


def _count(number: int, noun: str, plural: str = "") -> str:
    return f"{number:,} {noun if number == 1 else plural or noun + 's'}"
