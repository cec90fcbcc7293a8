"""What an analysis says, in plain words."""

from collections.abc import Collection

from ...benchmarks.statistics.intervals import Interval
from ..schema import Reading, Rejected
from .analysis import Analysis
from .correlation import ColumnReport
from .objective import is_quality
from .opinion_scores import OpinionScores
from .pairs import Pair
from .screening import Screening

ALPHA = 0.05


def reading_sentences(reading: Reading, scores: OpinionScores) -> list[str]:
    """What was read and what was not."""
    lines = [
        f"Read {counted(len(reading.ratings), 'rating')} of "
        f"{counted(len(scores.listeners), 'listener')}, {counted(len(scores.items), 'item')} and "
        f"{counted(len(scores.conditions), 'condition')} from "
        f"{counted(len(reading.sources), 'file')}."
    ]
    return [
        *lines,
        *rejected_sentences(reading.rejected, "rating"),
        *(f"{note}." for note in reading.notes),
    ]


def rejected_sentences(rejected: Collection[Rejected], what: str) -> list[str]:
    """How much was not taken, in entries and in ratings or votes; nothing where all was."""
    if not rejected:
        return []
    lost = sum(entry.ratings for entry in rejected)
    return [f"Not taken: {counted(len(rejected), 'entry', 'entries')} ({counted(lost, what)})."]


def screening_sentences(screening: Screening) -> list[str]:
    """Who was excluded, and what else was seen."""
    excluded = [v for v in screening.verdicts if v.excluded]
    lines = [
        f"Post-screening ({screening.preset}) excludes {len(excluded)} of "
        f"{counted(len(screening.verdicts), 'listener')}."
    ]
    lines += [f"Listener {v.listener} {' and '.join(v.reasons)}: excluded." for v in excluded]
    lines += [
        f"Listener {v.listener} {' and '.join(v.remarks)}: a remark only."
        for v in screening.verdicts
        if v.remarks
    ]
    lines += [f"{check[0].upper()}{check[1:]}." for check in screening.checks]
    return lines + [f"{note[0].upper()}{note[1:]}." for note in screening.notes]


def analysis_sentences(analysis: Analysis) -> list[str]:
    """The test over all systems, then every pair."""
    lines = [f"{note[0].upper()}{note[1:]}." for note in analysis.notes]
    if test := analysis.omnibus:
        verdict = "differ" if test.p <= ALPHA else "are not shown to differ"
        agreement = "" if test.kendall_w is None else f", Kendall's W = {test.kendall_w:.2f}"
        scope = " on these items" if analysis.resampled_items else ""
        lines.append(
            f"The {test.conditions} systems {verdict}{scope} ({test.name} "
            f"chi-squared({test.degrees}) = {test.chi2:.1f}, p = {test.p:.2g}{agreement}, "
            f"{test.listeners} listeners)."
        )
    return lines + [
        pair_sentence(pair, analysis.margin, analysis.resampled_items) for pair in analysis.pairs
    ]


def pair_sentence(pair: Pair, margin: float, resampled_items: bool = False) -> str:
    """One pair: better, equivalent, or neither shown; estimate, interval and p of one statistic.

    Args:
        pair: of an analysis.
        margin: points within which two systems are equivalent.
        resampled_items: whether it holds for other items like these, which is said then.
    """
    better, worse = pair.first, pair.second
    interval, mean = pair.interval, pair.mean_difference
    if mean < 0:
        better, worse, mean = worse, better, -mean
        interval = interval and Interval(-interval.high, -interval.low)
    bracket = f" [{_points(interval.low)}, {_points(interval.high)}]" if interval else ""
    size = f"{_points(mean)} points{bracket}"
    scope = ", for other items like these" if resampled_items else ""
    equivalent = pair.p_equivalent_holm <= ALPHA
    if pair.p_holm <= ALPHA:
        text = f"{better} is better than {worse} by {size}, p = {pair.p_holm:.2g} (Holm){scope}"
        return f"{text}, yet equivalent within ±{margin:g} points." if equivalent else f"{text}."
    if equivalent:
        return (
            f"{better} and {worse} are equivalent within ±{margin:g} points: they differ by "
            f"{size}, p = {pair.p_equivalent_holm:.2g} (two one-sided tests, Holm){scope}."
        )
    return (
        f"{better} and {worse} are neither shown to differ nor to be equivalent: {size}, "
        f"p = {pair.p_holm:.2g} (Holm){scope}."
    )


def _points(value: float) -> str:
    """One decimal; more where that would make a difference look like none."""
    return f"{value:.1f}" if value == 0 or abs(value) >= 0.05 else f"{value:.1g}"


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
    """How well each metric ranks what listeners rated: those of quality first, then by strength."""

    def place(report: ColumnReport) -> tuple[bool, float]:
        return not is_quality(report.column), -abs(report.by_stimulus["spearman"].value or 0.0)

    lines = []
    for report in sorted(reports, key=place):
        rho = report.by_stimulus["spearman"]
        if rho.value is None:
            lines.append(
                f"{report.column}: no correlation exists over "
                f"{counted(report.stimuli, 'stimulus', 'stimuli')}."
            )
            continue
        bracket = f" [{rho.interval.low:.2f}, {rho.interval.high:.2f}]" if rho.interval else ""
        line = (
            f"{report.column}: Spearman's rho = {rho.value:.2f}{bracket} over "
            f"{counted(report.stimuli, 'stimulus', 'stimuli')}"
        )
        if report.pairs:
            line += f"; it ranks {len(report.flips)} of {report.pairs} pairs the other way round"
        if sure := [f for f in report.flips if f.p_holm is not None and f.p_holm <= ALPHA]:
            names = ", ".join(f"{f.preferred} over {f.other}" for f in sure)
            line += f", against a significant difference for {names}"
        lines.append(line + ".")
    return lines


def counted(number: int, noun: str, plural: str = "") -> str:
    """A number with its noun."""
    return f"{number:,} {noun if number == 1 else plural or noun + 's'}"
