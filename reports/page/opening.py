"""What the page begins with: who leads, what is undecided, which gates fired."""

from collections.abc import Iterator, Mapping, Sequence

import pandas as pd

from ...benchmarks.store.scores import Scores
from ..columns import headline, look, overview
from ..figures.equal_rate import rates
from ..tables.comparisons import hopeless, ranks
from ..tables.rates import equal_rates
from ..wording import listed
from .flags import Flag
from .material import Material

_NAMED = 3  # conditions of a gate, or that share a first rank
GATES = {
    "swapped": "items fit another recording better",
    "bitrate": "another bitrate than stated",
    "not coded": "decoded audio is the recording itself",
    "misaligned": "late, drifting, inverted or changed in level",
    "above pcm": "above the original recording",
    "trade-off": "better quality, worse intelligibility, words, pitch or voice",
}


def opening(material: Material) -> list[tuple[str, str]]:
    """Three sentences, each with its heading."""
    return [
        ("Who leads", " ".join(_leaders(material))),
        ("What is undecided", _undecided(material.comparisons)),
        ("Which gates fired", _gates(material.flags, material.run.scores)),
    ]


def _leaders(material: Material) -> Iterator[str]:
    scores, shown = material.run.scores, _shown(material.comparisons)
    parts: dict[str, list[str]] = {}
    for column in shown:
        best, others = _best(material, column)
        parts.setdefault(best, []).append(look(column).short + others)
    for best, columns in sorted(parts.items(), key=lambda part: not part[0]):
        if best:
            yield f"{_with_rate(scores, best)} has the best mean in {listed(columns)}."
        else:
            yield f"No codec is shown to lead in {listed(columns)}."
    if not shown:
        yield "There is nothing to compare: no column that ranks has values of two codecs."
    yield from _at_equal_rates(material)


def _best(material: Material, column: str) -> tuple[str, str]:
    """The codec of the best mean, "" where nothing is decided, and how many are not told apart."""
    pairs = material.comparisons[column]
    found = ranks(pairs)
    first = found.index[found == 1]
    if hopeless(pairs) or len(first) == len(found):
        return "", ""
    means = material.table.set_index("condition")[column].reindex(first)
    best = str((material.run.scores.sign(column) * means).idxmax())
    beside = ((pairs["a"] == best) | (pairs["b"] == best)) & (pairs["better"] == "")
    return best, f" (not told apart: {beside.sum()})" if beside.any() else ""


def _some(names: Sequence[str]) -> str:
    """The first names, and how many more there are."""
    if len(names) <= _NAMED:
        return listed(names)
    return f"{', '.join(names[:_NAMED])} and {len(names) - _NAMED} more"


def _with_rate(scores: Scores, name: str) -> str:
    rate = scores.kbps(name)
    return name if pd.isna(rate) else f"{name} ({rate:.3g} kbit/s)"


def _at_equal_rates(material: Material) -> Iterator[str]:
    """The best mean where several codecs have one bitrate: leading at twice the rate is no news."""
    scores = material.run.scores
    column = headline(scores.ranked)
    for group in equal_rates(material.table) if column else ():
        values = group.dropna(subset=[column]).sort_values(
            column, ascending=scores.sign(column) < 0
        )
        if len(values):
            best, mean = values["condition"].iloc[0], values[column].iloc[0]
            yield (
                f"Of {len(values)} codecs at {rates(group)}, {best} has the best "
                f"{look(column).short}: {mean:.{look(column).digits}f}."
            )


def _shown(comparisons: Mapping[str, pd.DataFrame]) -> list[str]:
    return [column for column in overview(comparisons) if column in comparisons]


def _undecided(comparisons: Mapping[str, pd.DataFrame]) -> str:
    parts = []
    for column in _shown(comparisons):
        pairs = comparisons[column]
        open_ = int((pairs["better"] == "").sum())
        parts.append(f"{open_} of {len(pairs)} in {look(column).short}")
    if not parts:
        return "There are no pairs of codecs."
    return f"Pairs of codecs that are not told apart: {listed(parts)}. That is not equality."


def _gates(flags: Sequence[Flag], scores: Scores) -> str:
    parts = []
    for kind, words in GATES.items():
        names = list(dict.fromkeys(flag.subject for flag in flags if flag.kind == kind))
        if names:
            parts.append(f"{words} ({_some(names)})")
    failed = scores.failures["condition"].nunique()
    lost = f" {failed} conditions have failures." if failed > 1 else ""
    lost = " One condition has failures." if failed == 1 else lost
    if not parts:
        return f"None: alignment, bitrates and trade-offs are as they should be.{lost}"
    found = "; ".join(parts)
    return f"{found[0].upper()}{found[1:]}.{lost}"
