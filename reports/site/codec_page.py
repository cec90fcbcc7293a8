"""What the page of a codec shows, as plain values: card, table, figure, players, citation."""

from collections.abc import Iterator
from typing import Any

import pandas as pd

from ...benchmarks.store.costs import COST_COLUMNS
from ...benchmarks.store.scores import records
from ..columns import heading, in_order, look
from ..figures.curves import curve_pictures
from ..figures.style import REFERENCE, Picture
from ..page.flags import TRANSPARENT
from ..page.template_values import failures_of
from .board import Board, Codec
from .listening import Sounds, cards
from .table import delay_text, macs_text


def codec_values(board: Board, codec: Codec, made: Sounds) -> dict[str, Any]:
    """Variables of the template, but for the figure."""
    run, names = board.material.run, codec.conditions
    failures = board.scores.failures
    return {
        "codec": codec,
        "facts": list(_facts(board, codec)),
        "table": [list(line) for line in _table(board, codec)],
        "settings": [board.scores.conditions[name] for name in names],
        "flags": [flag for flag in board.material.flags if flag.subject in names],
        "cards": cards(run, made, names),
        "failures": list(failures_of(failures[failures["condition"].isin(names)])),
        "citation": citation(codec, board.source(names[0])["paper"]),
    }


def codec_picture(board: Board, codec: Codec) -> Iterator[Picture]:
    """Its quality against its bitrate beside the codec that readers know; none without values."""
    table = board.material.table
    own = table["condition"].isin(codec.conditions) & (table["kind"] == "codec")
    if not own.any():
        return
    wanted = own | (table["codec"].eq(REFERENCE) & (table["kind"] == "codec"))
    part = table[wanted | (table["condition"] == TRANSPARENT)]
    directions = {column: board.scores.directions[column] for column in board.scores.ranked}
    for picture in curve_pictures(part, directions, codec.name):
        yield picture._replace(name=codec.file)
        return


def _facts(board: Board, codec: Codec) -> Iterator[tuple[str, str]]:
    """The card: what is the same in all its conditions, or all that there is."""
    entries = [board.scores.conditions[name] for name in codec.conditions]
    source = board.source(codec.conditions[0])
    yield "kind", _each(entry["kind"] for entry in entries)
    yield "family", _each(board.families.get(name, "") for name in codec.conditions)
    yield "paper or standard", source["paper"] or "not stated"
    yield "licence of the code", source["licence"] or "not stated"
    if source["weights_licence"]:
        yield "licence of the weights", source["weights_licence"]
    yield "sampling rate", _each(f"{entry['sample_rate'] / 1000:g} kHz" for entry in entries)
    yield "decoder", _each("draws noise" if e["stochastic"] else "deterministic" for e in entries)
    yield "runs on", _each(entry["backend"] for entry in entries)


def _each(values: Any) -> str:
    return ", ".join(dict.fromkeys(text for text in values if text)) or "–"


def _table(board: Board, codec: Codec) -> Iterator[list[dict[str, str]]]:
    """A line for each quantity, a column for each condition; the first line is the heads."""
    table = board.material.table.set_index("condition", drop=False)
    found = records(table.loc[list(codec.conditions)])
    yield [_cell(""), *(_cell(line["condition"]) for line in found)]
    yield [_cell("kbit/s"), *(_cell(_rate(line)) for line in found)]
    yield [_cell("n/N"), *(_cell(f"{line['n']}/{line['N']}") for line in found)]
    yield [_cell("algorithmic delay (ms)"), *(
        _cell(delay_text(board.delay_ms(name))) for name in codec.conditions
    )]  # fmt: skip
    yield [_cell("GMAC/s"), *(
        _cell(macs_text(board.cost(name, "macs_per_second"))) for name in codec.conditions
    )]  # fmt: skip
    for column in ("encode_rtf", "decode_rtf", "parameters"):
        costs = [board.cost(name, column) for name in codec.conditions]
        if any(cost is not None for cost in costs):
            shown = ["–" if cost is None else f"{cost:.3g}" for cost in costs]
            yield [_cell(COST_COLUMNS[column].title), *map(_cell, shown)]
    for column in in_order(board.scores.measured):
        if any(pd.notna(line[column]) for line in found):
            head = heading(column, board.scores.directions[column])
            yield [_cell(head), *(_mean(line, column) for line in found)]


def _rate(line: dict[str, Any]) -> str:
    if line["bitrate"] == "stated":
        return f"{line['nominal_kbps']:.2f} (stated)"
    return "–" if pd.isna(line["measured_kbps"]) else f"{line['measured_kbps']:.2f}"


def _mean(line: dict[str, Any], column: str) -> dict[str, str]:
    digits = look(column).digits
    mean, low, high = (line[f"{column}{end}"] for end in ("", "_lo", "_hi"))
    if pd.isna(mean):
        return _cell("–")
    rank = line.get(f"{column}_rank")
    return {
        "text": f"{mean:.{digits}f}",
        "interval": "" if pd.isna(low) else f"{low:.{digits}f} … {high:.{digits}f}",
        "rank": "" if rank is None or pd.isna(rank) else str(rank),
    }


def _cell(text: str) -> dict[str, str]:
    return {"text": text, "interval": "", "rank": ""}


def citation(codec: Codec, paper: str) -> str:
    """A BibTeX entry that holds the reference as it is known; "" where none is."""
    if not paper:
        return ""
    escaped = paper.replace("\\", "").replace("{", "").replace("}", "")
    return f"@misc{{{codec.file},\n  title = {{{codec.name}}},\n  note  = {{{escaped}}}\n}}"
