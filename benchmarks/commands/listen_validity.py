"""`nscbench listen validity`: do the metrics of a run agree with listeners?"""

import argparse
import sys
from pathlib import Path
from typing import Any

from ...listening_test.analyze.screening import PRESETS
from ...listening_test.analyze.vote_screening import PRESETS as PRESETS_OF_VOTES
from ...listening_test.schema import ResultsError


def add_parsers(subparsers: Any) -> None:
    """Add `validity` to the sub-commands of `nscbench listen`."""
    parser = subparsers.add_parser("validity", help="hold the metrics of a run against listeners")
    parser.add_argument("run", type=Path, help="a finished run")
    parser.add_argument(
        "ratings",
        nargs="+",
        type=Path,
        help="of one test: results of MUSHRA, ACR or DCR, votes_per_clip.csv of P.808, or a plain "
        "long table",
    )
    parser.add_argument(
        "--match",
        action="append",
        default=[],
        metavar="RATED=CONDITION",
        help="a condition of the ratings and that of the run which it is, or a .csv file with the "
        "columns rated, condition; as often as needed. Equal names need none",
    )
    parser.add_argument("--key", type=Path, help="the test's key; blind results of MUSHRA need it")
    parser.add_argument(
        "--screening",
        choices=dict.fromkeys((*PRESETS, *PRESETS_OF_VOTES)),
        default="none",
        help="post-screening (%(default)s)",
    )
    parser.add_argument(
        "--out", type=Path, default=Path("validity"), help="folder to write (%(default)s)"
    )
    parser.set_defaults(command=run_validity)


def run_validity(arguments: argparse.Namespace) -> int:
    """Read, compare, write and say; the exit status."""
    try:
        return _validity(arguments)
    except (ResultsError, OSError) as error:
        print(f"nscbench: {error}", file=sys.stderr)
        return 2


def _validity(arguments: argparse.Namespace) -> int:
    from ...listening_test.validity.agreement import agreement
    from ...listening_test.validity.compared import compare
    from ...listening_test.validity.matching import read_matches
    from ...listening_test.validity.ratings import read_opinions
    from ...listening_test.validity.report import Found, write
    from ...listening_test.validity.sentences import table_text

    opinions = read_opinions(arguments.ratings, arguments.key, arguments.screening)
    for entry in opinions.rejected:
        print(f"not taken: {entry}", file=sys.stderr)
    compared = compare(arguments.run, opinions, read_matches(arguments.match))
    found = Found(compared, *agreement(compared))
    page = write(found, arguments.out)
    for heading, lines in found.sections().items():
        print(f"{heading}\n" + "".join(f"  {line}\n" for line in lines))
    print("Pearson, Spearman, Kendall [other conditions], pairs against listeners")
    print(table_text(found.columns, "conditions"))
    print(f"\n{page}")
    return 0
