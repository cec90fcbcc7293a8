"""What the findings rest on: the runs, and the training of the weights, from the weights' cards."""

import json
from collections.abc import Iterator, Mapping
from typing import Any

from ...benchmarks.store.finished_run import Run
from ...codecs import registry
from ...codecs.base import CodecError
from ...codecs.weights.cards import overview, speech
from ...codecs.weights.pretrained import FOLDER
from ..wording import listed


def settings(run: Run) -> Iterator[str]:
    """One Markdown line for each run."""
    for directory, manifest in zip(run.directories, run.manifests, strict=True):
        items = manifest["items"]
        speakers = len({item["speaker"] for item in items if item["speaker"]})
        minutes = sum(item["seconds"] for item in items) / 60
        hardware = manifest["hardware"].get("processor", "?")
        title, draws = manifest["suite"]["title"], manifest["suite"]["draws"]
        yield (
            f"- *{title}* (`{directory.root.name}`): {len(items)} recordings of "
            f"{speakers or 'unknown'} speakers, {minutes:.1f} minutes, "
            f"{len(manifest['conditions'])} conditions, {draws} "
            f"{'draw' if draws == 1 else 'draws'}; decoded on {manifest['device']} "
            f"({hardware}), nscbench {manifest['nscbench']}, "
            f"finished {manifest['finished'][:10]}, {manifest['failures']} failures."
        )
    versions = {e["metric"]: e["version"] for m in run.manifests for e in m["metrics"]}
    yield "- Metrics: " + ", ".join(f"{name} ({version})" for name, version in versions.items())


def limits(run: Run) -> Iterator[str]:
    """Paragraphs in Markdown about the weights that the runs' codecs have."""
    weights, changed = _weights(run)
    cards = {
        name: json.loads(path.read_text("utf-8"))
        for name in sorted(weights)
        if (path := FOLDER / f"{name}.json").is_file()
    }
    if cards:
        yield from _prose(cards)
        yield overview(cards)
        yield speech(cards)
    if absent := sorted(weights - set(cards)):
        yield f"No card tells how these were trained: {listed(absent)}."
    if changed:
        yield (
            "**The cards are not those of what was measured**: the weights installed here are "
            f"others than the runs had for {listed(changed)}."
        )


def _weights(run: Run) -> tuple[set[str], list[str]]:
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


def _prose(cards: Mapping[str, Any]) -> Iterator[str]:
    """Ranges over the cards, in sentences."""
    hours = [card["data"]["hours"] for card in cards.values()]
    speakers = [card["data"]["speakers"] for card in cards.values()]
    minutes = [card["minutes"] for card in cards.values()]
    heard = [card["audio_seconds"] / 3600 for card in cards.values()]
    steps = [card["steps"] for card in cards.values()]
    sizes = [(FOLDER / f"{name}.safetensors").stat().st_size / 1e6 for name in cards]
    yield (
        f"The {len(cards)} weights were trained on {_range(hours, '.1f')} hours of speech of "
        f"{_range(speakers, 'd')} speakers, for {_range(minutes, '.0f')} minutes and "
        f"{_range(steps, 'd')} steps each, in which each heard {_range(heard, '.1f')} hours; their "
        f"files have {_range(sizes, '.1f')} MB, {sum(sizes):.0f} MB together. What holds for these "
        "sizes and this training need not hold for larger ones. " + _languages(cards)
    )


def _languages(cards: Mapping[str, Any]) -> str:
    told = {
        source["language"]: None
        for card in cards.values()
        for source in card["data"]["sources"]
        if source.get("language")
    }
    if told:
        return f"Languages of the training data, by the cards: {listed(list(told))}."
    return "The cards do not say which languages were spoken; the names of the corpora do."


def _range(values: list[Any], form: str) -> str:
    least, most = format(min(values), form), format(max(values), form)
    return least if least == most else f"{least} to {most}"
