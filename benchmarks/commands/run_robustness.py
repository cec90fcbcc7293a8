"""What `nscbench run` does with a suite that has degradations: run each part, then compare."""

from collections.abc import Sequence

from ...reports.tables.robustness import (
    Degraded,
    against_clean,
    failed_rows,
    markdown_tables,
    notes,
)
from ...reports.tables.verdicts import PASS, Judged
from ..data.items import Item
from ..run.absences import asked_for, left_out
from ..run.plan import Plan
from ..run.robustness import CLEAN, parts
from ..run.suite import Suite
from ..store.atomic import write_atomically
from ..store.cache import Cache
from ..store.finished_run import read_run
from ..store.received import csv_text
from ..store.run_directory import RunDirectory
from ..workers.work import Workers
from .run_measuring import carry_out
from .run_verdicts import judge_run, worst

TABLE, PAGE = "robustness.csv", "robustness.md"


def run_parts(
    suite: Suite,
    items: Sequence[Item],
    device: str,
    directory: RunDirectory,
    workers: Workers,
    cache: Cache | None,
) -> tuple[bool, str]:
    """Run a robustness suite and write its tables; is there a value for everything, and the
    verdict on its limits.

    Raises:
        DegradationError, AudioError: a recording cannot be degraded or read.
        OSError: a file cannot be written.
        Stopped: weights or versions changed meanwhile, or the workers are gone.
    """
    print(
        f"{suite.title}: {len(suite.codecs)} conditions, clean and with "
        f"{len(suite.degradations)} degradations, on {device}"
    )
    for line in left_out(suite.optional, suite.unmeasured):
        print(f"  {line}")
    found: list[Degraded] = []
    for part in parts(suite, items, directory):
        run = None
        if part.suite:
            directory.refuse_links(part.label)
            own = RunDirectory(directory.root / part.label)
            with own.locked():
                plan = Plan(part.suite, part.items, device)
                measured = carry_out(plan, own, workers, cache)
            run = read_run(own.root)
            seconds = sum(item.seconds for item in part.items)
            print(
                f"  {part.label}: {len(part.suite.codecs)} conditions on {len(part.items)} items "
                f"({seconds / 60:.1f} min), {len(failed_rows(run))} failures"
            )
            for remark in measured.remarks:
                print(f"    {remark}")
        found.append(Degraded(part.label, run, part.not_applicable))
    whole = _conclude(suite, directory, found)
    return whole, _judge(suite, items, device, directory, found) if suite.limits else PASS


def _judge(
    suite: Suite,
    items: Sequence[Item],
    device: str,
    directory: RunDirectory,
    found: Sequence[Degraded],
) -> str:
    """Judge the parts by the suite's limits; the worst verdict."""
    runs = {
        "" if part.label == CLEAN else part.label: Judged(
            part.run.scores if part.run else None,
            {name: f"not applicable: {why}" for name, why in part.not_applicable.items()},
        )
        for part in found
    }
    clean = RunDirectory(directory.root / CLEAN)
    table = judge_run(suite, items, device, clean, runs)
    write_atomically(directory.verdicts, csv_text(table))
    return worst(table)


def _conclude(suite: Suite, directory: RunDirectory, found: Sequence[Degraded]) -> bool:
    clean, *degraded = found
    assert clean.run, "the clean part has every condition"
    table = against_clean(clean.run, degraded)
    write_atomically(directory.root / TABLE, csv_text(table))
    pages = markdown_tables(table, list(clean.run.scores.conditions))
    remarks = notes(table)
    text = [f"# {suite.title}", *(f"## {name}\n\n{page}" for name, page in pages.items())]
    text.append("\n".join(f"- {remark}" for remark in remarks))
    write_atomically(directory.root / PAGE, ("\n\n".join(text).strip() + "\n").encode())
    for name, page in list(pages.items())[:2]:
        print(f"\n{name}: degraded (difference to clean, interval; * significant)\n{page}")
    print()
    for remark in remarks:
        print(f"note: {remark}")
    for line in asked_for(suite.not_run, suite.not_measured):
        print(line)
    print(f"{suite.title}: {directory.root / TABLE}, tables in {directory.root / PAGE}")
    return suite.whole and not any(len(failed_rows(part.run)) for part in found if part.run)
