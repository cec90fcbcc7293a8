"""What a reader of a leaderboard must not overlook.

trade-off    a codec is significantly better in quality, and significantly worse in intelligibility,
             words, pitch or speaker, than another operating point of its own or one at a similar
             bitrate: what a decoder that invents speech looks like
above pcm    a codec scores significantly better than the original recording: it alters speech in
             a way that the metric likes
bitrate      a codec measures another bitrate than it states, by more than a quarter: who reads its
             name takes it for what it is not. Comparisons are by the measured one
misaligned   decoded audio is late, drifts, is inverted or changed in level
swapped      decoded audio fits another item's reference better than its own
not coded    decoded audio is the recording itself: what is called a codec's was never coded
low-pass     a codec gives back less than four fifths of the band that the recordings have
small        differences that are significant, but smaller than the shift of the column from `pcm`
             to `lowpass-7`: than what taking away the band above that of wideband telephony does.
             That is a yardstick of a small, known change, not the noise of the metric: nothing in
             a run measures how a metric scatters on signals that listeners cannot tell apart.
             Spectral distances have no such yardstick, as the missing band is what they measure
"""

from collections.abc import Mapping
from typing import NamedTuple

import pandas as pd

from ...benchmarks.store.results import COPIED
from ...benchmarks.store.scores import Scores
from ..columns import look
from ..tables.comparisons import compare_pair
from ..tables.rates import misstated
from ..wording import listed

GUARDS = ("intelligibility", "content", "pitch", "speaker")  # families that quality may cost
TRANSPARENT, NEARLY = "pcm", "lowpass-7"
SIMILAR = 1.25  # greatest ratio of bitrates that are similar

# How much of each a decoded signal may have, in the median over items
LIMITS = {"delay_ms": (2.0, "ms late"), "drift_ppm": (50.0, "ppm longer"), "level_db": (1.0, "dB")}
SCATTER_MS = 5.0  # of an item's delay around the median
LOST = 0.2  # share of the recordings' band, in the median; full band ends at 20 of 24 kHz
SCATTERED = 0.1  # share of items beyond it


class Flag(NamedTuple):
    """One finding: its kind, the condition (or column) it is about, and a sentence."""

    kind: str
    subject: str
    text: str


def flags(
    scores: Scores, comparisons: Mapping[str, pd.DataFrame], findings: pd.DataFrame
) -> list[Flag]:
    """All findings.

    Args:
        scores: of the run.
        comparisons: all pairs of codecs by column.
        findings: condition, item, finding: what the run itself found suspicious.
    """
    return [
        *_swapped(scores, findings[findings["finding"] != COPIED]),
        *_copied(scores, findings[findings["finding"] == COPIED]),
        *_misstated(scores),
        *_misaligned(scores),
        *_low_pass(scores),
        *_above_the_original(scores),
        *_trade_offs(scores, comparisons),
        *_small(scores, comparisons),
    ]


def yardsticks(scores: Scores) -> dict[str, float]:
    """By how much the mean of each column moves from `pcm` to `lowpass-7`, on their common items.

    Spectral distances have none; without the two controls, no column has one.
    """
    if not {TRANSPARENT, NEARLY} <= set(scores.conditions):
        return {}
    columns = [column for column in scores.ranked if look(column).family != "spectral"]
    pairs = {c: scores.common(c, [TRANSPARENT, NEARLY]) for c in columns}
    return {
        column: float(abs((pair[TRANSPARENT] - pair[NEARLY]).mean()))
        for column, pair in pairs.items()
        if pair.shape[1] == 2 and len(pair)
    }


def _swapped(scores: Scores, findings: pd.DataFrame) -> list[Flag]:
    return [
        Flag(
            "swapped",
            str(condition),
            f"{len(part)} of {len(scores.items)} items fit another item's reference better "
            f"({part['item'].iloc[0]}: {part['finding'].iloc[0]})",
        )
        for condition, part in findings.groupby("condition", sort=False)
        if scores.conditions[str(condition)]["kind"] != "control"
    ]


def _misstated(scores: Scores) -> list[Flag]:
    found = []
    for condition in scores.of_kind("codec"):
        stated, measured = scores.conditions[condition]["nominal_kbps"], scores.kbps(condition)
        if misstated("codec", stated, measured):
            text = f"measures {measured:.2f} kbit/s, states {stated:.2f}"
            found.append(Flag("bitrate", condition, text))
    return found


def _copied(scores: Scores, findings: pd.DataFrame) -> list[Flag]:
    return [
        Flag("not coded", str(condition), f"{count} of {len(scores.items)} items: {COPIED}")
        for condition, count in findings.groupby("condition", sort=False).size().items()
    ]


def _misaligned(scores: Scores) -> list[Flag]:
    found = []
    for condition in scores.of_kind("codec", "oracle"):
        for column, (limit, unit) in LIMITS.items():
            values = scores.of(column)[condition].dropna()
            if len(values) and abs(values.median()) > limit:
                text = f"{values.median():+.3g} {unit} in the median (more than {limit:g})"
                found.append(Flag("misaligned", condition, text))
        delays = scores.of("delay_ms")[condition].dropna()
        scattered = (delays - delays.median()).abs() > SCATTER_MS
        if len(delays) and scattered.mean() > SCATTERED:
            text = (
                f"{scattered.sum()} of {len(delays)} items {SCATTER_MS:g} ms off the median delay"
            )
            found.append(Flag("misaligned", condition, text))
        if (polarity := scores.of("polarity")[condition].median()) < 0:
            found.append(Flag("misaligned", condition, f"inverted waveform ({polarity:+g})"))
    return found


def _low_pass(scores: Scores) -> list[Flag]:
    found = []
    for condition in scores.of_kind("codec", "oracle"):
        lost = scores.of("band_lost_khz")[condition].median()
        whole = lost + scores.of("bandwidth_khz")[condition].median()
        if lost > LOST * whole:
            text = f"lacks the upper {lost:.3g} of {whole:.3g} kHz (medians)"
            found.append(Flag("low-pass", condition, text))
    return found


def _above_the_original(scores: Scores) -> list[Flag]:
    if TRANSPARENT not in scores.conditions:
        return []
    found = []
    for condition in scores.of_kind("codec", "oracle"):
        table = compare_pair(scores, condition, TRANSPARENT, scores.ranked)
        better = table[table["better"] == condition]
        if len(better):
            gains = [
                f"{row['column']} by {abs(row['difference']):.3g}" for _, row in better.iterrows()
            ]
            found.append(
                Flag("above pcm", condition, f"scores better than the original in {listed(gains)}")
            )
    return found


def _trade_offs(scores: Scores, comparisons: Mapping[str, pd.DataFrame]) -> list[Flag]:
    judged = pd.concat(
        [t.loc[t["better"] != "", ["column", "a", "b", "better"]] for t in comparisons.values()]
        or [pd.DataFrame(columns=["column", "a", "b", "better"])]
    )
    kbps = {name: scores.kbps(name) for name in scores.of_kind("codec")}
    codec = {name: entry["codec"] for name, entry in scores.conditions.items()}
    found = []
    for pair, part in judged.groupby(["a", "b"], sort=False):
        a, b = map(str, pair)
        rates = sorted((kbps[a], kbps[b]))
        if codec[a] != codec[b] and rates[1] > SIMILAR * rates[0]:
            continue
        for name, other in ((a, b), (b, a)):
            won, lost = (part.loc[part["better"] == one, "column"] for one in (name, other))
            quality = [column for column in won if look(column).family == "quality"]
            guards = [column for column in lost if look(column).family in GUARDS]
            if quality and guards:
                text = f"against {other}: better in {listed(quality)}, worse in {listed(guards)}"
                found.append(Flag("trade-off", name, text))
    return found


def _small(scores: Scores, comparisons: Mapping[str, pd.DataFrame]) -> list[Flag]:
    found = []
    for column, yardstick in yardsticks(scores).items():
        table = comparisons.get(column, pd.DataFrame(columns=["better", "difference"]))
        significant = table[table["better"] != ""]
        small = significant[significant["difference"].abs() < yardstick]
        if len(small):
            text = (
                f"{len(small)} of {len(significant)} significant differences are under "
                f"{yardstick:.3g}, by which the column moves from {TRANSPARENT} to {NEARLY}"
            )
            found.append(Flag("small", column, text))
    return found
