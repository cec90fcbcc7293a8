"""`nscbench findings`: the questions of the design space, answered from finished runs.

nscbench findings runs/grid runs/nfe runs/seeds --out docs/findings.md --figures docs/images
"""

import argparse
import json
import shlex
import sys
from pathlib import Path
from typing import Any

from ...codecs import registry
from ...codecs.base import CodecError
from ...codecs.weights.pretrained import FOLDER
from ...reports.findings.basis import TrainedWeights
from ...reports.findings.listeners import read_tests
from ...reports.findings.page import Beside, findings_page, write_figures
from ..data.datasets import DATASETS
from ..store.atomic import write_atomically
from ..store.finished_run import Run, merge, read_run
from ..store.outputs import OutputError, OutputFile
from ..store.printable import file_fault
from ..store.run_directory import RunError

ABOUT = """\
Answers as Markdown, from finished runs of the suites grid, ablations, published, nfe and seeds, on
the same recordings: is mel2mel the best cell, does any cell beat the GAN baseline, what do
diffusion and excitation add, how far are the cells from published codecs and from their ceilings,
do all metrics order them alike, whom do listeners prove right, what does a point cost, how many
speakers would decide the rest, where is the knee of quality against NFE, which sampler, how much do
seeds matter, are the codecs above Opus, and which of the paper's statements hold. Verdicts and
sentences are computed by paired tests; a question names the conditions that the runs lack.
"""


def add_parser(subparsers: Any) -> None:
    """Add `nscbench findings`."""
    parser = subparsers.add_parser(
        "findings",
        help="answers to the questions of the design space",
        description=ABOUT,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("runs", nargs="+", type=Path, metavar="RUN", help="directory of a run")
    parser.add_argument(
        "--out",
        type=Path,
        metavar="FILE.md",
        help="page to write, its tables as CSV in the folder FILE; default: print without tables",
    )
    parser.add_argument(
        "--again",
        nargs="+",
        type=Path,
        metavar="RUN",
        help="runs of the same suites on other speakers: a second verdict for every question",
    )
    parser.add_argument(
        "--listeners",
        nargs="+",
        type=Path,
        default=[],
        metavar="DIR",
        help="folders that `nscbench listen validity` wrote: listeners of other codecs",
    )
    parser.add_argument(
        "--figures", type=Path, metavar="DIR", help="folder for figures that the page shows"
    )
    parser.set_defaults(command=run)


def run(arguments: argparse.Namespace) -> int:
    """Write or print the page; the exit status."""
    if arguments.out and not arguments.out.suffix:
        print(
            f"nscbench: --out {arguments.out}: a page's name ends in .md; the name without it is "
            "the folder of its tables",
            file=sys.stderr,
        )
        return 2
    try:
        output = OutputFile(arguments.out, (".md", ".txt")) if arguments.out else None
        merged = merge([read_run(root) for root in arguments.runs])
        again = merge([read_run(root) for root in arguments.again]) if arguments.again else None
        beside = Beside(
            read_tests(arguments.listeners),
            {name: dataset.speakers for name, dataset in DATASETS.items()},
        )
        figures = write_figures(merged, arguments.figures) if arguments.figures else []
        home = arguments.out.parent if arguments.out else Path()
        folder = arguments.out.stem if arguments.out else ""
        page = findings_page(
            merged, _command(arguments), weights_of(merged), figures, home, folder, again, beside
        )
        for path, table in page.tables.items():
            write_atomically(home / path, table.encode())
        if output:
            output.write(page.text.encode())
        else:
            print(page.text, end="")
    except (OutputError, RunError) as error:
        print(f"nscbench: {error}", file=sys.stderr)
        return 2
    except OSError as error:
        print(f"nscbench: {file_fault(error)}", file=sys.stderr)
        return 2
    return 0


def weights_of(run: Run) -> TrainedWeights:
    """The embedded weights of the codecs of a run, with their cards."""
    names, changed = _embedded(run)
    cards = {
        name: json.loads(path.read_text("utf-8"))
        for name in sorted(names)
        if (path := FOLDER / f"{name}.json").is_file()
    }
    return TrainedWeights(
        cards,
        [(FOLDER / f"{name}.safetensors").stat().st_size / 1e6 for name in cards],
        sorted(names - set(cards)),
        changed,
    )


def _embedded(run: Run) -> tuple[set[str], list[str]]:
    """Names of the embedded weights of the runs' codecs; conditions that had others than here."""
    found: set[str] = set()
    changed = []
    for name, entry in run.scores.conditions.items():
        try:
            codec = registry.get(name)
        except CodecError:  # a codec of another program or label: no card of ours is about it
            continue
        found |= set(codec.parts.values())
        if entry["fingerprint"] and codec.fingerprint != entry["fingerprint"]:
            changed.append(name)
    return found, changed


def _command(arguments: argparse.Namespace) -> str:
    """The command line that makes the same page."""
    words = ["nscbench", "findings", *map(str, arguments.runs)]
    if arguments.again:
        words += ["--again", *map(str, arguments.again)]
    if arguments.listeners:
        words += ["--listeners", *map(str, arguments.listeners)]
    for option in ("out", "figures"):
        if given := getattr(arguments, option):
            words += [f"--{option}", str(given)]
    return shlex.join(words)
