"""What a site shows: several runs on the items that all of them have, and its codecs.

A codec's conditions stand on one page. What is known of a codec beside its values comes from the
runs' manifests (`sources`); of runs that were made before these had any, from what is installed.
"""

import hashlib
import json
import math
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any, NamedTuple

from ...benchmarks.store.finished_run import Run, on_common_items
from ...benchmarks.store.limited_costs import costs_or_reasons
from ...benchmarks.store.limits import DELAY
from ...benchmarks.store.scores import Scores
from ..page.material import Material

Source = Mapping[str, str]  # paper, licence, weights_licence of a condition
UNKNOWN: Source = {"paper": "", "licence": "", "weights_licence": ""}


class Codec(NamedTuple):
    """A codec of the site, and the conditions that its page has.

    Attributes:
        name: in every table.
        file: of its page and its export, without a suffix.
        conditions: in the order of the runs.
    """

    name: str
    file: str
    conditions: tuple[str, ...]

    @property
    def page(self) -> str:
        """Its page, from the first one."""
        return f"codecs/{self.file}.html"


@dataclass(frozen=True)
class Board:
    """Several runs as one.

    Attributes:
        merged: the runs, with all items of each.
        families: of codecs, by condition, where they are known.
        installed: sources by condition, of codecs that are installed here.
    """

    merged: Run
    families: Mapping[str, str]
    installed: Mapping[str, Source]

    @cached_property
    def material(self) -> Material:
        """Every table, of the items that all runs have.

        Raises:
            RunError: there is no such item.
        """
        return Material(on_common_items(self.merged), self.families)

    @property
    def scores(self) -> Scores:
        return self.material.run.scores

    @cached_property
    def codecs(self) -> list[Codec]:
        """In the order of the runs, each with a file name that no other has on any disk."""
        listed: dict[str, list[str]] = {}
        for name, entry in self.scores.conditions.items():
            listed.setdefault(entry["codec"], []).append(name)
        taken: set[str] = set()
        found = []
        for codec, conditions in listed.items():
            plain = re.sub(r"[^A-Za-z0-9_+-]+", "_", codec)[:60] or "_"
            file = next(name for name in _numbered(plain) if name.lower() not in taken)
            taken.add(file.lower())
            found.append(Codec(codec, file, tuple(conditions)))
        return found

    @cached_property
    def codec_of(self) -> dict[str, Codec]:
        """The codec of each condition."""
        return {name: codec for codec in self.codecs for name in codec.conditions}

    def source(self, condition: str) -> Source:
        """Whose a condition's codec is."""
        for manifest in self.merged.manifests:
            if condition in (told := manifest.get("sources", {})):
                return {**UNKNOWN, **told[condition]}
        return self.installed.get(condition, UNKNOWN)

    @cached_property
    def costs(self) -> dict[str, dict[str, float | str]]:
        """By condition, every cost: a number, or why there is none. The first run's is kept."""
        found: dict[str, dict[str, float | str]] = {}
        for directory in reversed(self.merged.directories):
            found |= costs_or_reasons(directory.root)
        return found

    def cost(self, condition: str, column: str) -> float | None:
        """A cost; infinite is the delay of a codec that needs the whole signal."""
        value = self.costs.get(condition, {}).get(column)
        return value if isinstance(value, float) else None

    def delay_ms(self, condition: str) -> float | None:
        """Its algorithmic delay, the longer of both that are measured."""
        return self.cost(condition, DELAY)

    def speakers(self) -> int:
        """Speakers of the items that all runs have; 0 where none is known."""
        return len({item["speaker"] for item in self.scores.items.values() if item["speaker"]})

    @cached_property
    def items_digest(self) -> str:
        """SHA-256 over the lines `id sha256` of the items that all runs have, sorted."""
        lines = sorted(f"{name} {item['sha256']}\n" for name, item in self.scores.items.items())
        return hashlib.sha256("".join(lines).encode()).hexdigest()

    def runs(self) -> Iterator[dict[str, Any]]:
        """Each run: its suite, version, times, items, and those that other runs lack."""
        for directory, manifest in zip(self.merged.directories, self.merged.manifests, strict=True):
            ids = [item["id"] for item in manifest["items"]]
            left_out = [name for name in ids if name not in self.scores.items]
            yield {
                "name": directory.root.resolve().name,
                "suite": manifest["suite"]["name"],
                "title": manifest["suite"]["title"],
                "suite_sha256": suite_digest(manifest),
                "nscbench": manifest["nscbench"],
                "started": manifest["started"],
                "finished": manifest["finished"],
                "device": manifest["device"],
                "conditions": len(manifest["conditions"]),
                "items": len(ids),
                "items_left_out": left_out,
            }


def suite_digest(manifest: Mapping[str, Any]) -> str:
    """SHA-256 of what was measured, whatever was coded: the suite, and each metric's version."""
    metrics = sorted(
        [entry["metric"], entry["version"], entry.get("sample_rate")]
        for entry in manifest["metrics"]
    )
    text = json.dumps([manifest["suite"], metrics], sort_keys=True)
    return hashlib.sha256(text.encode()).hexdigest()


def licences(source: Source) -> list[str]:
    """The different terms of a codec's code and weights, those that are stated."""
    return [text for text in dict.fromkeys((source["licence"], source["weights_licence"])) if text]


def finite(value: float | None) -> float | None:
    """A number; None for what is unknown or infinite, as JSON has neither."""
    return value if value is not None and math.isfinite(value) else None


def _numbered(name: str) -> Iterator[str]:
    yield name
    number = 2
    while True:
        yield f"{name}_{number}"
        number += 1
