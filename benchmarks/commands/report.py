"""`nscbench report`: what a run says, as one HTML page, figures and tables."""

import argparse
import sys
from collections.abc import Sequence
from dataclasses import fields
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ...codecs import available
from ...codecs.audio.reading import AudioError, read_audio
from ...reports.page.report import write_report
from ..store.finished_run import Run, merge, read_run
from ..store.printable import file_fault, printable
from ..store.run_directory import RunDirectory, RunError, real_path

OK, CHANGED, BAD_INPUT = 0, 1, 2
FOLDERS = ("neural", "published", "conventional")


def add_parser(subparsers: Any) -> None:
    """Add `nscbench report`."""
    parser = subparsers.add_parser("report", help="one offline HTML page, figures and tables")
    parser.add_argument("runs", nargs="+", type=Path, metavar="RUN", help="directory of a run")
    parser.add_argument("--out", type=Path, help="folder to write; default RUN/report")
    parser.add_argument(
        "--training",
        nargs="+",
        type=Path,
        default=[],
        metavar="DIR",
        help="folders of trainings whose curves are drawn, too",
    )
    parser.add_argument(
        "--split",
        nargs="+",
        default=[],
        metavar="COLUMN",
        help="leaderboards by language, sex, speaker or any other column of the manifest, too",
    )
    parser.set_defaults(command=run)


def run(arguments: argparse.Namespace) -> int:
    """Write the report and print the table; the exit status."""
    try:
        merged = merge([read_run(root) for root in arguments.runs])
        out = arguments.out or arguments.runs[0] / "report"
        check_place(out, arguments.runs)
        page, faults, changed = write_report(
            *(merged, out, read_signal, arguments.training),
            families=families(merged),
            splits=arguments.split,
        )
    except RunError as error:
        print(f"nscbench: {error}", file=sys.stderr)
        return BAD_INPUT
    except OSError as error:
        print(f"nscbench: {file_fault(error)}", file=sys.stderr)
        return BAD_INPUT
    for name in ("summary.txt", "leaderboard.md"):
        print((page.parent / name).read_text("utf-8"))
    for fault in faults:
        print(f"not played: {printable(fault)}", file=sys.stderr)
    print(f"{page}: {page.stat().st_size / 2**20:.1f} MiB", file=sys.stderr)
    return CHANGED if changed else OK


def families(run: Run) -> dict[str, str]:
    """Family of each codec of a run: "diffusion", or its folder: "neural", "published", ...

    Codecs of other packages, programs and folders have none.
    """
    classes = available()
    found = {}
    for name, entry in run.scores.conditions.items():
        codec = classes.get(entry["codec"])
        package, _, module = (codec.__module__ if codec else "").partition(".codecs.")
        folder = module.partition(".")[0]
        if codec and package == "nscbench" and folder in FOLDERS:
            diffusion = any(field.name == "nfe" for field in fields(codec))
            found[name] = "diffusion" if diffusion else folder
    return found


def check_place(out: Path, runs: Sequence[Path]) -> None:
    """Refuse to write over a run, or through a link that a run came with."""
    if RunDirectory(out).manifest.exists() or RunDirectory(out).journal.exists():
        raise RunError(f"{out}: is a run, whose tables would be replaced; choose another --out")
    for root in runs:
        for folder in (out, out / "figures"):
            if out.is_relative_to(root) and not real_path(folder).is_relative_to(real_path(root)):
                raise RunError(f"{folder}: a link leads out of the run; choose another --out")


def read_signal(path: Path) -> tuple[NDArray[np.float64], int] | None:
    """A file's mono signal and rate; None where it is no audio."""
    try:
        signal, rate, _ = read_audio(path)
    except AudioError:
        return None
    return signal, rate
