"""`nscbench score`: every metric on recordings that exist already, without a codec and a run."""

import argparse
import json
import os
import shutil
import stat
import sys
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import ExitStack
from dataclasses import replace
from pathlib import Path
from typing import Any

import pandas as pd
from tqdm import tqdm

from ... import metrics
from ...reports.tables.means import means_table, show_means
from ..data.items import AudioError, ItemsError
from ..data.pairs import Pairs, is_test_set, pair_files, pair_folders, read_pairs
from ..run.absences import asked_for, left_out
from ..run.pair_scores import CONDITION, PairScored, score_pairs, scores_of
from ..run.suite_choice import choose_metrics, metrics_at
from ..run.suite_settings import LOWEST_RATE, SuiteError
from ..store.outputs import OutputError, OutputFile
from ..store.printable import file_fault
from ..store.received import csv_text
from ..store.run_directory import RunError
from ..workers.local import LocalWorkers
from .named import names
from .run_messages import SHOWN, grouped

OK, FAILURES, BAD_INPUT = 0, 1, 2
STDIN = "-"


def add_parser(subparsers: Any) -> None:
    """Add `nscbench score`."""
    parser = subparsers.add_parser("score", help="metrics of files that exist already")
    parser.add_argument("reference", nargs="?", help="recording, folder, manifest, or - for stdin")
    parser.add_argument("degraded", nargs="?", help="what became of it: recording or folder, or -")
    parser.add_argument("--pairs", type=Path, help="CSV with the columns reference and degraded")
    parser.add_argument(
        "--metrics", type=names, metavar="A[,B]", help="only these; default: all that run here"
    )
    parser.add_argument("--out", type=Path, help="CSV to write: a line for each pair")
    parser.add_argument("--summary", type=Path, help="CSV to write: means, intervals, n, N")
    parser.add_argument("--json", action="store_true", help="print one JSON object for each pair")
    parser.add_argument(
        "--workers", type=int, default=os.cpu_count() or 1, help="processes that score"
    )
    parser.set_defaults(command=run)


def run(arguments: argparse.Namespace) -> int:
    """Score pairs, print and write what was found; the exit status."""
    try:
        with ExitStack() as stack:
            return _score(arguments, stack)
    except ItemsError as error:
        rest = len(error.problems) - SHOWN
        more = [f"... and {rest} more"] if rest > 0 else []
        for problem in (*error.problems[:SHOWN], *more):
            print(f"nscbench: {problem}", file=sys.stderr)
    except (SuiteError, RunError, OutputError, AudioError) as error:
        print(f"nscbench: {error}", file=sys.stderr)
    except OSError as error:
        print(f"nscbench: {file_fault(error)}", file=sys.stderr)
    return BAD_INPUT


def _score(arguments: argparse.Namespace, stack: ExitStack) -> int:
    if arguments.workers < 1:
        raise RunError(f"--workers must be at least 1, not {arguments.workers}")
    wanted = arguments.metrics or metrics_at(LOWEST_RATE)
    chosen, lacking = choose_metrics("--metrics", wanted)
    missed = asked_for([], lacking) if arguments.metrics else []
    given: dict[Path, str] = {}
    pairs, lines = _pairs(arguments, stack, given)
    inputs = [path for pair in pairs for path in (pair.item.path, pair.degraded) if path]
    inputs += [arguments.pairs] if arguments.pairs else []
    table, summary = (
        OutputFile(path, (".csv",), inputs) if path else None
        for path in (arguments.out, arguments.summary)
    )
    quiet = arguments.json or any(file and file.is_stdout for file in (table, summary))
    told = sys.stderr if quiet else sys.stdout
    for line in (*([] if arguments.metrics else left_out([], lacking)), *lines):
        print(line, file=told)
    found = []
    workers = stack.enter_context(LocalWorkers(1, min(arguments.workers, len(pairs))))
    scored = score_pairs(pairs, chosen, workers)
    for one in tqdm(scored, "scoring", len(pairs), disable=None, delay=2, leave=False):
        one = _named(one, given)
        found.append(one)
        if arguments.json:
            print(json.dumps(_line(one), ensure_ascii=False), flush=True)
    means = means_table(scores_of(found, chosen), CONDITION)
    if table:
        table.write(csv_text(_table(found, chosen)))
    if summary:
        summary.write(csv_text(means))
    print(show_means(means), file=told)
    for line in (*_remarks(found), *missed):
        print(line, file=told)
    return FAILURES if missed or any(one.failed for one in found) else OK


def _pairs(arguments: argparse.Namespace, stack: ExitStack, given: dict[Path, str]) -> Pairs:
    """What is to be scored; `given` takes up what files are called that stand for a pipe."""
    sides = [side for side in (arguments.reference, arguments.degraded) if side is not None]
    if arguments.pairs:
        if len(sides) == 1:
            raise RunError("--pairs takes both folders that its paths start from, or none")
        return read_pairs(arguments.pairs, [Path(side) for side in sides])
    if len(sides) < 2:
        raise RunError("two files, two folders or --pairs are needed: nscbench score REF DEGRADED")
    if sides == [STDIN, STDIN]:
        raise RunError("one of the two can come from standard input, not both")
    if is_test_set(sides[0]) and os.path.isdir(sides[1]):
        return pair_folders(sides[0], Path(sides[1]))
    if is_test_set(sides[0]) or os.path.isdir(sides[1]):
        raise RunError(
            f"{sides[0]} and {sides[1]}: one is a file, one a folder; give two files, or a folder "
            "or manifest and a folder"
        )
    return pair_files(*(_kept(side, stack, given) for side in sides))


def _kept(side: str, stack: ExitStack, given: dict[Path, str]) -> Path:
    """A recording as a file, which is read more than once: of a pipe, a copy of what comes."""
    path = Path(side)
    if side != STDIN and not (path.exists() and stat.S_ISFIFO(path.stat().st_mode)):
        return path
    folder = stack.enter_context(tempfile.TemporaryDirectory(prefix="nscbench-"))
    copy = Path(folder, "stdin" if side == STDIN else path.name)
    with copy.open("wb") as file:
        if side == STDIN:
            shutil.copyfileobj(sys.stdin.buffer, file)
        else:
            with path.open("rb") as pipe:
                shutil.copyfileobj(pipe, file)
    given[copy.absolute()] = given[copy] = side
    return copy


def _named(one: PairScored, given: dict[Path, str]) -> PairScored:
    """A pair whose files are called as they were given."""
    pair = one.pair
    item = replace(pair.item, path=Path(given.get(pair.item.path, pair.item.path)))
    degraded = pair.degraded and Path(given.get(pair.degraded, pair.degraded))
    return one._replace(pair=replace(pair, item=item, degraded=degraded))


def _line(one: PairScored) -> dict[str, Any]:
    """A pair as a JSON object; what has no value is in `errors`."""
    return {
        "item": one.pair.item.id,
        "reference": str(one.pair.item.path),
        "degraded": str(one.pair.degraded or ""),
        "seconds": one.pair.item.seconds,
        "values": one.values,
        "errors": one.errors,
        "notices": list(one.notices),
    }


def _table(found: Sequence[PairScored], chosen: Sequence[str]) -> pd.DataFrame:
    """A line for each pair: its files, a value or nothing for each column, and the reasons."""
    columns = dict.fromkeys(c for name in chosen for c in metrics.get(name).measures)
    lines = [
        {key: value for key, value in _line(one).items() if not isinstance(value, dict | list)}
        | {column: one.values.get(column) for column in columns}
        | {"errors": "; ".join(f"{metric}: {why}" for metric, why in one.errors.items())}
        for one in found
    ]
    table = pd.DataFrame(lines)
    return table.astype(dict.fromkeys(columns, float))


def _remarks(found: Sequence[PairScored]) -> Iterator[str]:
    """A line for each kind of reason why there is no value, and of what was done to signals."""
    faults = [(one.pair.item.id, one.pair.fault) for one in found if one.pair.fault]
    for line in grouped(faults):
        yield f"not scored: {line}"
    errors = [
        (one.pair.item.id, f"{metric}: {why}")
        for one in found
        if not one.pair.fault
        for metric, why in one.errors.items()
    ]
    for line in grouped(errors):
        yield f"no value: {line}"
    for line in grouped((one.pair.item.id, notice) for one in found for notice in one.notices):
        yield f"note: {line}"
