"""What the template of the report shows, as plain values: no HTML here, no numbers there."""

from collections.abc import Iterator, Sequence
from itertools import groupby
from typing import Any

import pandas as pd

from ...benchmarks.store.left_out import reasons_of
from ...benchmarks.store.scores import records
from ..columns import look
from ..tables.summary import HEAD, summary
from .flags import NEARLY, TRANSPARENT, Flag, yardsticks
from .gallery import Gallery
from .leaderboard import KINDS, best_first, board, heads
from .material import Material
from .opening import opening

FLAG_TITLES = {
    "fail": "Limits that are not kept",
    "undecided": "Limits that are undecided",
    "swapped": "Items that fit another item's reference better",
    "bitrate": "Another bitrate than the one that is stated",
    "not coded": "Decoded audio that is the recording itself",
    "misaligned": "Decoded audio that is late, drifting, inverted or changed in level",
    "low-pass": "Codecs that keep a part of the band",
    "above pcm": "Scores above the original recording's",
    "trade-off": "Better quality, worse intelligibility or pitch",
    "small": "Significant, but smaller than what a low-pass of 7 kHz does",
}
_SHOWN_CONTROLS = (TRANSPARENT, NEARLY, "lowpass-3.5", "mnru-25", "mnru-15", "swapped", "noise")
_ITEMS_NAMED = 4
MOST_COMPARED = 60  # codecs of the page's matrix; comparisons.csv has all


def template_values(material: Material, shown: Gallery) -> dict[str, Any]:
    """Variables of the template, but for figures, style and script."""
    run, scores = material.run, material.run.scores
    values: dict[str, Any] = {
        "title": run.title,
        "opening": opening(material),
        "tiles": list(_tiles(material)),
        "flags": _grouped(material.flags),
        "flag_titles": FLAG_TITLES,
        "notes": list(_notes(material)),
        "kinds": [kind for kind in KINDS if scores.of_kind(kind)],
        "heads": list(heads(scores)),
        "board": list(board(material)),
        "not_run": run.not_run,
        "matrix_columns": [{"name": c, "long": look(c).title} for c in material.comparisons],
        "summary": [HEAD, *summary(material.comparisons)],
        "comparisons": {c: _pairs(material, c) for c in material.comparisons},
        "most_compared": MOST_COMPARED,
        "anchor": material.anchor,
        "bd": list(_deltas(material.deltas)),
        "seeds": list(_seeds(material.seeds)),
        "control_names": [c for c in _SHOWN_CONTROLS if c in scores.conditions],
        "controls": list(_controls(material)),
        "costs": list(_costs(material.costs)),
        "cards": shown.cards,
        "not_played": shown.faults,
        "failures": list(failures_of(scores.failures)),
        "provenance": list(_provenance(material)),
    }
    return values | {"sections": list(_sections(values))}


def _sections(values: dict[str, Any]) -> Iterator[tuple[str, str]]:
    yield "leaderboard", "Leaderboard"
    yield "findings", "Findings"
    yield "figures", "Figures"
    if values["comparisons"]:
        yield "significance", "Who beats whom"
    optional = {"bd": "BD-rate", "seeds": "Draws", "controls": "Metrics", "costs": "Costs"}
    yield from ((name, title) for name, title in optional.items() if values[name])
    yield "listen", "Listen"
    yield "failures", "Failures"
    yield "provenance", "Provenance"


def _tiles(material: Material) -> Iterator[tuple[str, str]]:
    scores = material.run.scores
    yield str(len(scores.conditions)), "conditions"
    yield str(len(scores.items)), "items"
    speakers = {item["speaker"] for item in scores.items.values() if item["speaker"]}
    yield str(len(speakers)) if speakers else "?", "speakers"
    minutes = sum(item["seconds"] for item in scores.items.values()) / 60
    yield f"{minutes:.1f}", "minutes of speech"
    yield str(len(scores.measured)), "columns"
    yield str(len(scores.failures)), "failures"
    yield str(len(material.flags)), "findings"


def _grouped(flags: Sequence[Flag]) -> list[tuple[str, list[Flag]]]:
    return [(kind, list(group)) for kind, group in groupby(flags, key=lambda flag: flag.kind)]


def _notes(material: Material) -> Iterator[str]:
    scores = material.run.scores
    yield from (f"{caution[0].upper()}{caution[1:]}." for caution in material.cautions)
    if not {TRANSPARENT, NEARLY} <= set(scores.conditions):
        yield (
            f"How far a small, known change moves each metric is not known: the run lacks the "
            f"controls {TRANSPARENT} and {NEARLY}."
        )
    if all(not item["speaker"] for item in scores.items.values()):
        yield (
            "The speakers are not known: every item counts as one of its own, and intervals are "
            "too narrow where one speaker has several."
        )


def _pairs(material: Material, column: str) -> dict[str, Any]:
    """Pairs as [a, b, difference, low, high, p, winner]; a and b are places in `names`.

    Names come as the leaderboard has them, the best first; of very many, the first.
    """
    table = material.comparisons[column]
    measured = set(table["a"]) | set(table["b"])
    names = [name for name in best_first(material) if name in measured][:MOST_COMPARED]
    table = table[table["a"].isin(names) & table["b"].isin(names)]
    place = {name: index for index, name in enumerate(names)}
    pairs = [
        [
            place[pair["a"]],
            place[pair["b"]],
            *(_short(pair[name]) for name in ("difference", "low", "high")),
            float(f"{pair['p_holm']:.3g}"),
            1 if pair["better"] == pair["a"] else 2 if pair["better"] == pair["b"] else 0,
        ]
        for pair in records(table)
    ]
    items = {} if table.empty else {"n": int(table["n"].iloc[0]), "N": int(table["N"].iloc[0])}
    return {"names": names, "pairs": pairs, **items}


def _short(value: float) -> float | None:
    """Four digits, for the page's sake; None where there is no value, as JSON has no NaN."""
    return None if pd.isna(value) else float(f"{value:.4g}")


def _deltas(table: pd.DataFrame) -> Iterator[dict[str, Any]]:
    """Lines of the table of deltas; one for a codec that is refused in all columns alike."""
    for test, part in table.groupby("test", sort=False):
        lines = records(part)
        reasons = {(line["bd_rate_refused"], line["bd_quality_refused"]) for line in lines}
        if len(reasons) == 1 and all(next(iter(reasons))):
            lines = [lines[0] | {"column": "all"}]
        for line in lines:
            cells = [_delta(line, "bd_rate", "{:+.1f} %"), _delta(line, "bd_quality", "{:+.3f}")]
            items = f"{line['n']}/{line['N']}"
            yield {"test": test, "column": look(line["column"]).short, "n": items, "cells": cells}


def _delta(line: dict[str, Any], kind: str, form: str) -> dict[str, str]:
    value, low, high = (line[f"{kind}{end}"] for end in ("", "_lo", "_hi"))
    return {
        "text": "" if pd.isna(value) else form.format(value),
        "interval": "" if pd.isna(low) else f"{form.format(low)} … {form.format(high)}",
        "refused": line[f"{kind}_refused"],
    }


def _seeds(table: pd.DataFrame) -> Iterator[list[str]]:
    for line in records(table):
        numbers = (line[c] for c in ("seed_sd", "item_sd", "mean_sd", "worst", "best"))
        values = ["–" if pd.isna(number) else f"{number:.3g}" for number in numbers]
        items = f"{line['n']}/{line['N']}"
        yield [line["condition"], look(line["column"]).short, items, str(line["draws"]), *values]


def _controls(material: Material) -> Iterator[list[str]]:
    scores = material.run.scores
    names = [name for name in _SHOWN_CONTROLS if name in scores.conditions]
    if not names:
        return
    shifts = yardsticks(scores)
    table = material.table.set_index("condition")
    for column in scores.ranked:
        digits = look(column).digits
        means = table.loc[names, column].tolist()
        yield [
            look(column).short,
            *("–" if pd.isna(mean) else f"{mean:.{digits}f}" for mean in means),
            f"{shifts[column]:.{digits}f}" if column in shifts else "–",
        ]


def _costs(costs: pd.DataFrame) -> Iterator[list[str]]:
    if costs.empty:
        return
    yield ["condition", *(look(str(column)).title for column in costs)]
    for name, line in costs.iterrows():
        yield [str(name), *(_cost(value) for value in line.tolist())]


def _cost(value: float | str) -> str:
    """Three digits and a prefix of thousands, or the text of `hardware`."""
    if isinstance(value, str):
        return value
    if pd.isna(value):
        return "–"
    for factor, prefix in ((1e12, " T"), (1e9, " G"), (1e6, " M"), (1e3, " k")):
        if value >= factor:
            return f"{value / factor:.3g}{prefix}"
    return f"{value:.3g}"


def failures_of(failures: pd.DataFrame) -> Iterator[dict[str, Any]]:
    """Lines of the failures: condition, number and names of items, columns, reason."""
    for (condition, error), part in failures.groupby(["condition", "error"], sort=False):
        items = list(dict.fromkeys(part["item"]))
        more = f", and {len(items) - _ITEMS_NAMED} more" if len(items) > _ITEMS_NAMED else ""
        yield {
            "condition": condition,
            "count": len(items),
            "named": ", ".join(items[:_ITEMS_NAMED]) + more,
            "columns": ", ".join(look(c).short for c in dict.fromkeys(part["column"])),
            "error": error,
        }


def _provenance(material: Material) -> Iterator[dict[str, Any]]:
    for directory, manifest in zip(material.run.directories, material.run.manifests, strict=True):
        hardware = ", ".join(f"{name} {value}" for name, value in manifest["hardware"].items())
        packages = ", ".join(f"{n} {v}" for n, v in manifest["packages"].items() if v)
        yield {
            "root": str(directory.root),
            "facts": [
                ("suite", manifest["suite"]["name"]),
                ("nscbench", manifest["nscbench"]),
                ("started", manifest["started"]),
                ("finished", manifest.get("finished", "not finished")),
                ("device", manifest["device"]),
                ("hardware", hardware),
                ("seeds", manifest["seeds"]),
                ("packages", packages),
            ],
            "conditions": manifest["conditions"],
            "metrics": manifest["metrics"],
            "missing": reasons_of([manifest]),
            "recordings": manifest["items"],
        }
