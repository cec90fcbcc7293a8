"""The site's numbers for other boards: one JSON document, and a `model-index` for each codec.

docs/json.md has the keys. `model-index` is the metadata of the Hugging Face Hub's model cards.
"""

from collections.abc import Iterator
from typing import Any

import pandas as pd

from ... import __version__, metrics
from ...benchmarks.store.scores import records
from ..columns import look
from .board import Board, Codec, finite

FORM = "nscbench-results-1"
_TASK = {"type": "audio-to-audio", "name": "Speech coding"}


def results(board: Board) -> dict[str, Any]:
    """Everything as plain values: the support, the runs, the columns, a record per condition."""
    scores = board.scores
    described = dict(_columns(board))
    return {
        "form": FORM,
        "nscbench": __version__,
        "support": {
            "items": len(scores.items),
            "speakers": board.speakers() or None,
            "seconds": round(sum(item["seconds"] for item in scores.items.values()), 3),
            "sha256": board.items_digest,
            "ids": list(scores.items),
        },
        "runs": list(board.runs()),
        "columns": {column: described[column] for column in scores.measured},
        "records": list(_records(board)),
    }


def _columns(board: Board) -> Iterator[tuple[str, dict[str, Any]]]:
    """What each column is, and what measured it."""
    scores = board.scores
    versions = {e["metric"]: e["version"] for m in board.merged.manifests for e in m["metrics"]}
    for metric, version in versions.items():
        for column, direction in metrics.get(metric).directions.items():
            yield (
                column,
                {
                    "title": look(column).title,
                    "better": direction,
                    "metric": metric,
                    "version": version,
                    "sample_rate": scores.hertz.get(column, 16_000),
                },
            )


def _records(board: Board) -> Iterator[dict[str, Any]]:
    run = board.material.run
    digests = [entry["suite_sha256"] for entry in board.runs()]
    for line in records(board.material.table):
        name = line["condition"]
        entry, source = board.scores.conditions[name], board.source(name)
        directory = run.directory_of(name)
        yield {
            "condition": name,
            "codec": entry["codec"],
            "kind": entry["kind"],
            "family": board.families.get(name, ""),
            "settings": entry["settings"],
            "sample_rate": entry["sample_rate"],
            "stochastic": entry["stochastic"],
            "weights_sha256": entry["fingerprint"],
            "kbps": {
                "nominal": finite(line["nominal_kbps"]),
                "measured": finite(line["measured_kbps"]),
                "source": line["bitrate"],
            },
            "delay_ms": finite(board.delay_ms(name)),
            "macs_per_second": finite(board.cost(name, "macs_per_second")),
            "parameters": finite(board.cost(name, "parameters")),
            "licence": {"code": source["licence"], "weights": source["weights_licence"]},
            "paper": source["paper"],
            "run": run.directories.index(directory),
            "suite_sha256": digests[run.directories.index(directory)],
            "items_sha256": board.items_digest,
            "n": line["n"],
            "N": line["N"],
            "metrics": {
                column: metric_of(line, column)
                for column in board.scores.measured
                if not pd.isna(line[column])
            },
        }


def metric_of(line: dict[str, Any], column: str) -> dict[str, Any]:
    """One mean of a leaderboard's line, its interval, items and rank; None for what there is not.

    The interval is missing where there are too few speakers, the rank where nothing ranks.
    """
    rank = line.get(f"{column}_rank")
    return {
        "mean": finite(line[column]),
        "low": finite(line[f"{column}_lo"]),
        "high": finite(line[f"{column}_hi"]),
        "n": int(line[f"{column}_n"]),
        "rank": None if rank is None or pd.isna(rank) else int(rank),
    }


def model_index(document: dict[str, Any], codec: Codec) -> dict[str, Any]:
    """The means of one codec, as model cards have them: a model, a result for each suite.

    A metric's `args` name the condition that it is of.

    Args:
        document: of `results`.
        codec: whose conditions it is.
    """
    own = [line for line in document["records"] if line["condition"] in codec.conditions]
    found = []
    for place, run in enumerate(document["runs"]):
        lines = [line for line in own if line["run"] == place]
        if means := [mean for line in lines for mean in _card_metrics(document, line)]:
            dataset = {"type": run["suite"], "name": run["title"]}
            dataset["revision"] = document["support"]["sha256"]
            found.append({"task": dict(_TASK), "dataset": dataset, "metrics": means})
    return {"model-index": [{"name": codec.name, "results": found}]}


def _card_metrics(document: dict[str, Any], line: dict[str, Any]) -> Iterator[dict[str, Any]]:
    args = {"condition": line["condition"], "kbps": line["kbps"]["measured"]}
    for column, found in line["metrics"].items():
        name = f"{document['columns'][column]['title']}, {line['condition']}"
        yield {"type": column, "name": name, "value": found["mean"], "args": dict(args)}
