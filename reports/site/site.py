"""The static site of many runs: pages that need no server and no network.

index.html        the leaderboard of all conditions: sorted, filtered; a figure; the runs
codecs/NAME.html  a codec: its card, values, curves, players, citation
submit.html       how to submit a codec
results.json      all of it for programs and other boards (docs/json.md)
codecs/NAME.yaml  the codec's means as `model-index`, the metadata of model cards
leaderboard.csv   the table, with all its columns
audio/            the signals that pages play, each loaded when it is asked for
figures/          the figures, and their numbers as CSV
site.css, *.js    the look and the scripts of all pages
"""

import json
from collections.abc import Callable, Iterator, Mapping
from functools import partial
from pathlib import Path
from typing import Any, NamedTuple

import yaml

from ...benchmarks.store.atomic import write_atomically
from ...benchmarks.store.finished_run import Run
from ...benchmarks.store.received import csv_text
from ..figures.base import Given
from ..figures.front import front
from ..figures.style import COLUMN, Picture, drawing
from ..page.drawings import narrow_ones, saved
from ..page.run_signals import ReadSignal
from .board import Board, Source
from .codec_page import codec_picture
from .export import FORM, model_index, results
from .listening import FOLDER as AUDIO
from .listening import sounds
from .pages import Pages

_OF_FIGURES = (".svg", ".csv")
_OWN = ("codecs/*.html", "codecs/*.yaml", f"{AUDIO}/*.js")  # that another call may not write


class Site(NamedTuple):
    """What was written.

    Attributes:
        page: the first one.
        codecs: number of pages of codecs.
        faults: a sentence for each signal that no page plays.
        changed: is one of them there, but not what was measured?
    """

    page: Path
    codecs: int
    faults: list[str]
    changed: bool


def write_site(
    run: Run,
    out: Path,
    read_signal: ReadSignal,
    families: Mapping[str, str],
    installed: Mapping[str, Source],
) -> Site:
    """Write all files of the site.

    Args:
        run: one run, or several merged.
        out: folder of the site.
        read_signal: reads the recordings and decoded audio that pages play.
        families: of codecs, by condition, where they are known.
        installed: paper and licences by condition, of codecs that are installed here.

    Raises:
        RunError: no item is in all runs, or a file of costs is damaged.
    """
    board = Board(run, families, installed)
    made = sounds(board.material.run, read_signal)
    document = results(board)
    pages = Pages(board)
    files: dict[str, bytes] = {
        "index.html": pages.index(_front(board, out / "figures")),
        "submit.html": pages.submit(),
        "results.json": _json(document),
        "leaderboard.csv": csv_text(board.material.table),
        **pages.assets(),
        **made.written,
    }
    for codec in board.codecs:
        drawn = list(_drawn(partial(codec_picture, board, codec), out / "figures"))
        files[codec.page] = pages.codec(codec, made, drawn)
        index = yaml.safe_dump(model_index(document, codec), allow_unicode=True, sort_keys=False)
        files[f"codecs/{codec.file}.yaml"] = index.encode()
    earlier = _files_of(out)
    for name, content in files.items():
        write_atomically(out / name, content)
    for name in earlier - files.keys():
        (out / name).unlink(missing_ok=True)
    return Site(out / "index.html", len(board.codecs), made.faults, made.changed)


def _files_of(out: Path) -> set[str]:
    """Pages and signals of the site that an earlier call left there; nothing of another folder."""
    try:
        earlier = json.loads((out / "results.json").read_bytes())
    except (OSError, ValueError):
        return set()
    if not isinstance(earlier, dict) or earlier.get("form") != FORM:
        return set()
    found = (path for pattern in _OWN for path in out.glob(pattern))
    return {path.relative_to(out).as_posix() for path in found}


def _json(document: dict[str, Any]) -> bytes:
    return json.dumps(document, indent=1, ensure_ascii=False, allow_nan=False).encode()


def _front(board: Board, folder: Path) -> list[dict[str, Any]]:
    """The figure of the first page."""
    material = board.material
    given = Given(board.scores, material.table, material.costs, board.families)
    return list(_drawn(partial(front, given), folder))


def _drawn(draw: Callable[[], Iterator[Picture]], folder: Path) -> Iterator[dict[str, Any]]:
    """Draw and save figures in both layouts; what a page shows."""
    with drawing():
        pictures = saved(draw(), folder, _OF_FIGURES)
    with drawing(COLUMN):
        narrow = narrow_ones(draw(), folder, _OF_FIGURES[:1])
    for picture in pictures:
        yield picture | {"narrow": narrow.get(picture["name"], "")}
