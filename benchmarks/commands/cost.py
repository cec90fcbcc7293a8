"""`nscbench cost`: what the conditions of a suite or a run cost, into the run's directory."""

import argparse
import os
import sys
from collections.abc import Callable, Collection, Iterable
from datetime import UTC, datetime
from functools import partial
from typing import Any, NamedTuple

import numpy as np
from tqdm import tqdm

from ...codecs import Codec, CodecError
from ...codecs.hardware import hardware
from ...metrics.machinery.signals import resample
from ..cost.delay import SECONDS as DELAY_SECONDS
from ..cost.measure import COLUMNS, Found, Setup, Signal, device_of, measure_costs
from ..cost.subjects import Subject, chosen_codecs, open_subject
from ..cost.table import CostTable
from ..cost.timing import threads
from ..data.items import AudioError, Item, ItemsError, read_audio, read_items
from ..run.provenance import package_version
from ..run.suite_settings import SuiteError
from ..store.printable import file_fault
from ..store.run_directory import RunError
from ..workers.local import device_named
from .json_output import add_json, print_json

OK, GAPS, BAD_INPUT = 0, 1, 2


class Effort(NamedTuple):
    """What costs are measured on, items, seconds of a signal, signals at once, timed calls; and
    which of the columns."""

    items: str
    seconds: float = 5.0
    batch: int = 4
    repeats: int = 5
    columns: Collection[str] = COLUMNS


def add_parser(subparsers: Any) -> None:
    """Add `nscbench cost`."""
    parser = subparsers.add_parser(
        "cost", help="time, arithmetic, memory, delay and energy of each condition"
    )
    parser.add_argument(
        "sources", nargs="+", metavar="RUN|SUITE", help="directory of a run, or a suite"
    )
    parser.add_argument("--conditions", nargs="+", default=[], help="only these")
    parser.add_argument("--items", default="demo", help="speech to time them on; default: demo set")
    parser.add_argument("--seconds", type=float, default=5.0, help="of a signal; default 5")
    parser.add_argument("--batch", type=int, default=4, help="signals at once; default 4")
    parser.add_argument("--repeats", type=int, default=5, help="timed calls; default 5")
    parser.add_argument("--device", choices=("auto", "cpu", "cuda"), default="auto")
    parser.add_argument(
        "--programs",
        action="store_true",
        help="run the programs that a run names as codecs: only of a run that you trust",
    )
    add_json(parser)
    parser.set_defaults(command=run)


def run(arguments: argparse.Namespace) -> int:
    """Measure, write and print; the exit status."""
    try:
        _check(arguments)
        device = device_named(arguments.device)
        subjects = [open_subject(name, arguments.programs) for name in arguments.sources]
        chosen = [(subject, chosen_codecs(subject, arguments.conditions)) for subject in subjects]
        effort = Effort(arguments.items, arguments.seconds, arguments.batch, arguments.repeats)
        speech = speech_of(read_items(effort.items), effort)
        measured = [_measure(subject, codecs, effort, device, speech) for subject, codecs in chosen]
    except ItemsError as error:
        print("\n".join(f"nscbench: {problem}" for problem in error.problems), file=sys.stderr)
        return BAD_INPUT
    except (RunError, SuiteError, CodecError, AudioError) as error:
        print(f"nscbench: {error}", file=sys.stderr)
        return BAD_INPUT
    except OSError as error:
        print(f"nscbench: {file_fault(error)}", file=sys.stderr)
        return BAD_INPUT
    if arguments.json:
        print_json({"costs": [one.table.as_json(one.names) for one in measured]})
    else:
        for one in measured:
            print(one.table.show(one.names))
            print("\n".join(one.table.not_measured(one.names)))
            print(one.table.path)
    return OK if all(one.timed for one in measured) else GAPS


class _Measured(NamedTuple):
    """Conditions whose costs are in a table; has each of them its real-time factors?"""

    table: CostTable
    names: list[str]
    timed: bool


def _check(arguments: argparse.Namespace) -> None:
    for name, least, most in (("seconds", 1, 600), ("batch", 2, 1024), ("repeats", 3, 10_000)):
        if not least <= getattr(arguments, name) <= most:
            raise RunError(f"--{name} is {least} to {most}, not {getattr(arguments, name)}")


def speech_of(items: Iterable[Item], effort: Effort) -> tuple[Signal, int]:
    """Recordings one behind the other, from the beginning again where they are too few; Hz.

    All are brought to the rate of the first.

    Raises:
        AudioError: a recording cannot be read.
    """
    signals: list[Signal] = []
    rate, seconds = 0, max(effort.seconds * effort.batch, DELAY_SECONDS)
    for item in items:
        signal, own, _ = read_audio(item.path)
        rate = rate or own
        signals.append(resample(signal, own, rate).astype(np.float32))
        if sum(map(len, signals)) >= rate * seconds:
            break
    joined = np.concatenate(signals)
    return np.resize(joined, max(int(np.ceil(rate * seconds)), len(joined))), rate


def add_costs(
    table: CostTable,
    codec: Codec,
    effort: Effort,
    device: str,
    speech: tuple[Signal, int],
    doing: Callable[[str], object] = lambda column: None,
) -> dict[str, Found]:
    """Measure a condition, and write it at once.

    Args:
        table: that is written.
        codec: of the condition.
        effort: what it is measured on.
        device: of networks.
        speech: as `speech_of` gives it.
        doing: as `measure_costs` takes it.

    Raises:
        OSError: a file cannot be written.
    """
    own = device_of(codec, device)
    setup = _setup(codec, effort, own, speech)
    machine = hardware(own)
    facts = {
        "measured": datetime.now(UTC).isoformat(timespec="seconds"),
        "hardware": machine,
        "load_average": os.getloadavg()[0],
        "torch": package_version("torch"),
        "backend": codec.backend,
        "speech": effort.items,
        "signal_seconds": effort.seconds,
        "batch": effort.batch,
        "all_threads": setup.threads,
    }
    found = measure_costs(codec, setup, effort.columns, doing)
    computed = machine["gpu" if own == "cuda" else "processor"]
    table.add(codec.condition, found, computed, facts)
    return found


def _measure(
    subject: Subject,
    codecs: list[Codec],
    effort: Effort,
    device: str,
    speech: tuple[Signal, int],
) -> _Measured:
    """Measure conditions, each written at once."""
    table = CostTable(subject.root)
    names = [codec.condition for codec in codecs]
    timed = True
    bar = tqdm(codecs, subject.name, mininterval=0.2 if sys.stderr.isatty() else 15, leave=False)
    for codec in bar:
        shown = partial(_show, bar, codec.condition)
        found = add_costs(table, codec, effort, device, speech, shown)
        timed &= not any(isinstance(found[f"{side}_rtf"], str) for side in ("encode", "decode"))
        tqdm.write(f"{subject.name}: {table.brief(codec.condition)}", file=sys.stderr)
    return _Measured(table, names, timed)


def _show(bar: "tqdm[Any]", condition: str, column: str) -> None:
    """Show which cost of which condition is measured."""
    bar.set_postfix_str(f"{condition}: {column}")


def _setup(codec: Codec, effort: Effort, device: str, speech: tuple[Signal, int]) -> Setup:
    signal, rate = speech
    at_rate = np.clip(resample(signal.astype(np.float64), rate, codec.sample_rate), -1, 1)
    length = round(effort.seconds * codec.sample_rate)
    whole = np.resize(at_rate, max(len(at_rate), length * effort.batch)).astype(np.float32)
    parts = whole[: length * effort.batch].reshape(effort.batch, length)
    return Setup(device, threads(), effort.repeats, list(parts), whole)
