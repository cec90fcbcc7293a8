"""What a suite names and cannot run here, as lines for people."""

from collections.abc import Iterator, Mapping, Sequence

from ...metrics.machinery.weights import COMMAND, set_to_get
from ..store.left_out import NOT_RUN, NotRun


def grouped_reasons(what: str, reasons: Mapping[str, str]) -> list[str]:
    """A line for each reason, naming all that it keeps from running after the words `what`.

    What only lacks weights is one line together.
    """
    by_reason: dict[str, list[str]] = {}
    sets: dict[str, list[str]] = {}
    for name, why in reasons.items():
        if wanted := set_to_get(why):
            sets.setdefault(wanted, []).append(name)
        else:
            by_reason.setdefault(why, []).append(name)
    lines = [f"{what}: {', '.join(names)}: {why}" for why, names in by_reason.items()]
    if sets:
        names = ", ".join(name for lacking in sets.values() for name in lacking)
        lines.append(f"{what}: {names}: need weights: {COMMAND} {' '.join(sets)}")
    return lines


def left_out(conditions: Sequence[NotRun], metrics: Mapping[str, str]) -> Iterator[str]:
    """Lines on what may be missing: optional conditions with their reasons, metrics as a number.

    Args:
        conditions: optional ones that cannot run.
        metrics: that nobody named and that cannot measure, with the reason.
    """
    yield from grouped_reasons("left out", {one.condition: one.reason for one in conditions})
    to_get = sum(bool(set_to_get(why)) for why in metrics.values())
    if to_get:
        need = "needs" if to_get == 1 else "need"
        yield f"{_metrics(to_get)} {need} weights: {COMMAND} NAME; nscbench doctor names them"
    if rest := len(metrics) - to_get:
        further = " more" if to_get else ""
        yield f"{_metrics(rest, further)} cannot run here: nscbench doctor says why"


def asked_for(conditions: Sequence[NotRun], metrics: Mapping[str, str]) -> list[str]:
    """Lines on what was asked for and is missing: conditions "not run", metrics "not measured"."""
    not_run = {one.condition: one.reason for one in conditions}
    return [*grouped_reasons(NOT_RUN, not_run), *grouped_reasons("not measured", metrics)]


def _metrics(count: int, further: str = "") -> str:
    return f"{count}{further} metric{'s' * (count != 1)}"
