"""A part of a suite or of its items: what `--conditions`, `--metrics` and `--limit` choose.

What is named without a wildcard is asked for: where it cannot run, it is "not run" or "not
measured", even if the suite calls it optional.
"""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from fnmatch import fnmatchcase
from hashlib import blake2b
from itertools import zip_longest

from ...metrics.machinery.names import unknown
from ..data.items import Item
from ..store.left_out import NotRun
from .suite import Suite
from .suite_choice import choose_metrics
from .suite_settings import SuiteError

_WILD = frozenset("*?[")


def select(suite: Suite, conditions: Sequence[str] = (), metrics: Sequence[str] = ()) -> Suite:
    """The suite with the conditions that a pattern fits, and with these metrics; all where none.

    Raises:
        SuiteError: a pattern fits no condition, a metric is none, or nothing of them can run here.
    """
    if conditions:
        suite = _with_conditions(suite, conditions)
    if metrics:
        chosen, lacking = choose_metrics("--metrics", metrics, suite.sample_rate)
        suite = replace(suite, metrics=chosen, not_measured=lacking, unmeasured={})
    return suite


def _with_conditions(suite: Suite, patterns: Sequence[str]) -> Suite:
    known = [codec.condition for codec in suite.codecs]
    known += [missing.condition for missing in (*suite.not_run, *suite.optional)]
    for pattern in patterns:
        if not any(fnmatchcase(name, pattern) for name in known):
            what = unknown("condition", pattern, known)
            raise SuiteError(f"--conditions: suite {suite.name}: {what}")

    def fits(name: str) -> bool:
        return any(fnmatchcase(name, pattern) for pattern in patterns)

    named = {pattern for pattern in patterns if not _WILD & set(pattern)}
    codecs = tuple(codec for codec in suite.codecs if fits(codec.condition))
    missing = [one for one in (*suite.not_run, *suite.optional) if fits(one.condition)]
    asked = tuple(one for one in missing if one in suite.not_run or one.condition in named)
    if not codecs:
        raise SuiteError(f"--conditions: none of them can run here:\n  {_reasons(missing)}")
    return replace(
        suite,
        codecs=codecs,
        not_run=asked,
        optional=tuple(one for one in missing if one not in asked),
        isolated=suite.isolated & {codec.condition for codec in codecs},
    )


def _reasons(missing: Sequence[NotRun]) -> str:
    return "\n  ".join(f"{one.condition}: {one.reason}" for one in missing)


def balanced(items: Sequence[Item], count: int) -> list[Item]:
    """So many items, of as many speakers as can be and of each as many, in the order of the set.

    Who is first, and which items of a speaker, is drawn by hashes of speakers and ids: the same
    items in every run, and the ones of a smaller count are among those of a larger one. Where
    speakers are unknown, the items are drawn from all.

    Args:
        items: the set.
        count: of items; 0 for all.
    """
    if not count or count >= len(items):
        return list(items)
    chosen = {item.id for item, _ in zip(_in_turn(items), range(count), strict=False)}
    return [item for item in items if item.id in chosen]


def _in_turn(items: Sequence[Item]) -> Iterator[Item]:
    """The first item of each speaker, then the second of each that has one, and so on."""
    spoken: dict[str, list[Item]] = {}
    for item in sorted(items, key=lambda item: _drawn(item.id)):
        spoken.setdefault(item.speaker, []).append(item)
    speakers = sorted(spoken, key=_drawn)
    for turn in zip_longest(*(spoken[name] for name in speakers)):
        yield from (item for item in turn if item is not None)


def _drawn(name: str) -> bytes:
    return blake2b(name.encode(), digest_size=8, person=b"nscbench").digest()
