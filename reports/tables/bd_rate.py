"""Bjøntegaard deltas between two bitrate-quality curves, with intervals.

BD-rate     bitrate that the test codec needs beyond the anchor's at equal quality, in percent of
            it: the mean difference of log bitrates over the qualities that both curves reach.
            Negative is better
BD-quality  quality of the test codec beyond the anchor's at equal bitrate, in the unit of the
            column: the mean difference over the log bitrates that both curves have

Curves are interpolated by Akima splines, which do not overshoot as one cubic does (package
`bjontegaard`; Herglotz et al., "The Bjøntegaard Bible", IEEE Transactions on Image Processing,
2024). Bitrates are measured ones. All points are means over the items that every point of both
curves has; intervals are Student's, by the standard error of drawing speakers anew and making both
curves again, bitrates included. That of a BD-rate is made for the logarithm of the ratio of
bitrates, whose distribution is the more symmetric one. Where speakers have unequal shares of the
items, what each item adds to a delta is its part in the curves' points times the delta's gradient
there, and the standard error is that of `statistics.unequal`.

A delta is refused where it would mean little: under 4 points, two points of one bitrate, curves
that share less than half of the range that they span together, or, for BD-rate, a quality that
does not rise with the bitrate. An interval is refused where more than 5 % of the draws have no
delta.
"""

from collections.abc import Callable, Sequence
from typing import Any, NamedTuple

import numpy as np

from ...benchmarks.statistics.bootstrap import Resampling
from ...benchmarks.statistics.gaps import Array
from ...benchmarks.statistics.unequal import Linear
from .akima import mean_between

LEAST_OVERLAP = 0.5
MOST_UNDEFINED = 0.05
RESAMPLES = 1000
_STEP = 1e-4  # of a gradient, in parts of the range of a curve


class Refused(ValueError):
    """Two curves have no meaningful delta; the message says why."""


class Delta(NamedTuple):
    """A delta and its 95 % interval; NaN where `refused` says why."""

    value: float = float("nan")
    low: float = float("nan")
    high: float = float("nan")
    refused: str = ""


class Curve(NamedTuple):
    """Points in the order of their rates; with leading dimensions [B], many curves."""

    name: str
    rates: Array  # kbit/s, [..., P]
    quality: Array  # higher is better, [..., P]


def bd_rate(anchor: Curve, test: Curve) -> float:
    """BD-rate of two curves in percent, by the package.

    Raises:
        Refused: a quality does not rise with the bitrate.
    """
    for curve in (anchor, test):
        falls = np.flatnonzero(np.diff(curve.quality) <= 0)
        if len(falls):
            low, high = curve.rates[falls[0] : falls[0] + 2]
            raise Refused(
                f"the quality of {curve.name} does not rise from {low:.3g} to {high:.3g} kbit/s"
            )
    from bjontegaard import bd_rate as package

    return float(package(anchor.rates, anchor.quality, test.rates, test.quality, **_SETTINGS))


def bd_quality(anchor: Curve, test: Curve) -> float:
    """BD-quality of two curves in the unit of the quality, by the package."""
    from bjontegaard import bd_psnr as package

    return float(package(anchor.rates, anchor.quality, test.rates, test.quality, **_SETTINGS))


_SETTINGS: dict[str, Any] = {
    "method": "akima",
    "require_matching_points": False,
    "min_overlap": LEAST_OVERLAP,  # less is refused before the package could warn of it
}


def bd_rates(anchor: Curve, test: Curve) -> Array:
    """BD-rates [B] of many pairs of curves, as natural logarithms of the ratio of bitrates; NaN
    where quality falls or none is shared."""
    return _differences(anchor.quality, np.log(anchor.rates), test.quality, np.log(test.rates))


def bd_qualities(anchor: Curve, test: Curve) -> Array:
    """BD-qualities [B] of many pairs of curves; NaN where bitrates are equal, or none is shared."""
    return _differences(np.log(anchor.rates), anchor.quality, np.log(test.rates), test.quality)


def _differences(anchor_x: Array, anchor_y: Array, test_x: Array, test_y: Array) -> Array:
    """Mean of test - anchor over the shared x; all [B, P], the result [B]."""
    low = np.maximum(anchor_x[:, 0], test_x[:, 0])
    high = np.minimum(anchor_x[:, -1], test_x[:, -1])
    defined = high > low
    for x in (anchor_x, test_x):
        defined &= (np.diff(x) > 0).all(axis=1)
    found = np.full(len(low), np.nan)
    span = (low[defined], high[defined])
    found[defined] = mean_between(test_x[defined], test_y[defined], *span)
    found[defined] -= mean_between(anchor_x[defined], anchor_y[defined], *span)
    return found


class Points(NamedTuple):
    """What both curves are made from: items by conditions [n, P], those of the anchor first."""

    bits: Array
    seconds: Array
    quality: Array  # higher is better
    weights: Array  # of the quality, in means


def intervals(
    points: Points, clusters: Sequence[str], names: tuple[str, str], split: int
) -> tuple[Delta, Delta]:
    """BD-rate and BD-quality of the points after the first `split` against these."""
    resampling = Resampling(clusters, resamples=RESAMPLES)

    def pair(rates: Array, means: Array) -> tuple[Curve, Curve]:
        return (
            Curve(names[0], rates[..., :split], means[..., :split]),
            Curve(names[1], rates[..., split:], means[..., split:]),
        )

    means = np.average(points.quality, axis=0, weights=points.weights)
    whole = pair(points.bits.sum(0) / points.seconds.sum(0) / 1000, means)
    drawn_rates = resampling.sums(points.bits) / resampling.sums(points.seconds) / 1000
    drawn = pair(drawn_rates, resampling.means(points.quality, points.weights))
    found = []
    for one, many, spans in (
        (_log_ratio, bd_rates, [c.quality for c in whole]),
        (bd_quality, bd_qualities, [np.log(c.rates) for c in whole]),
    ):

        def of_points(rates: Array, means: Array, many: _Many = many) -> Array:
            return many(*pair(np.exp(rates), means))

        linear = _linear(points, of_points, means)
        found.append(_delta(one, spans, whole, many(*drawn), resampling, linear))
    return _in_percent(found[0]), found[1]


_Many = Callable[[Curve, Curve], Array]


def _linear(points: Points, delta: Callable[[Array, Array], Array], means: Array) -> Linear:
    """What each item adds to a delta of logarithms of bitrates and means, both [B, P]."""
    shares = points.weights / points.weights.sum(axis=0)
    rates = points.bits / points.bits.sum(axis=0) - points.seconds / points.seconds.sum(axis=0)
    log_rates = np.log(points.bits.sum(axis=0) / points.seconds.sum(axis=0) / 1000)
    added = np.concatenate([rates, shares * (points.quality - means)], axis=1)
    here = np.concatenate([log_rates, means])
    count = len(means)
    steps = np.repeat(_STEP * np.array([np.ptp(log_rates), np.ptp(means)]), count)
    there = here + np.concatenate([np.diag(steps), -np.diag(steps)])
    moved = delta(there[:, :count], there[:, count:]).reshape(2, -1)
    gradient = np.divide(moved[0] - moved[1], 2 * steps, out=np.zeros(2 * count), where=steps > 0)
    share = shares.mean(axis=1)
    effects = np.divide(added @ gradient, share, out=np.zeros(len(share)), where=share > 0)
    return Linear(effects, share)


def _log_ratio(anchor: Curve, test: Curve) -> float:
    return float(np.log1p(bd_rate(anchor, test) / 100))


def _in_percent(delta: Delta) -> Delta:
    value, low, high = (float(100 * np.expm1(number)) for number in delta[:3])
    return Delta(value, low, high, delta.refused)


def _delta(
    method: Callable[[Curve, Curve], float],
    spans: Sequence[Array],
    whole: tuple[Curve, Curve],
    resampled: Array,
    resampling: Resampling,
    linear: Linear,
) -> Delta:
    """The delta of the whole curves, with the interval of the resampled ones."""
    try:
        _check(whole, spans)
        value = method(*whole)
    except Refused as refusal:
        return Delta(refused=str(refusal))
    defined = resampled[~np.isnan(resampled)]
    if len(defined) < (1 - MOST_UNDEFINED) * len(resampled):
        share = 1 - len(defined) / len(resampled)
        return Delta(value, refused=f"no interval: undefined in {share:.0%} of the draws")
    low, high = resampling.interval(np.asarray(value), defined, linear)
    return Delta(value, float(low), float(high))


def _check(pair: tuple[Curve, Curve], spans: Sequence[Array]) -> None:
    for curve in pair:
        if (np.diff(curve.rates) <= 1e-9 * curve.rates[:-1]).any():
            raise Refused(f"{curve.name} has two points of one bitrate")
    lows, highs = [span.min() for span in spans], [span.max() for span in spans]
    shared, union = min(highs) - max(lows), max(highs) - min(lows)
    if shared < LEAST_OVERLAP * union:
        raise Refused(
            f"{pair[0].name} and {pair[1].name} share {max(0.0, shared / union):.0%} of their "
            f"range, {LEAST_OVERLAP:.0%} are needed"
        )
