"""What the findings rest on: the runs, and the training of the weights, from the weights' cards."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from ...benchmarks.store.finished_run import Run
from ..wording import listed


@dataclass(frozen=True)
class TrainedWeights:
    """The embedded weights behind the codecs of a run, as they are installed here.

    Attributes:
        cards: what each card says, by the name of the weights.
        megabytes: size of each file that has a card.
        without_card: names of the others.
        changed: conditions that were measured with other weights than those installed.
    """

    cards: Mapping[str, Any]
    megabytes: Sequence[float]
    without_card: Sequence[str]
    changed: Sequence[str]


def settings(run: Run) -> Iterator[str]:
    """One Markdown line for each run."""
    for directory, manifest in zip(run.directories, run.manifests, strict=True):
        items = manifest["items"]
        speakers = len({item["speaker"] for item in items if item["speaker"]})
        minutes = sum(item["seconds"] for item in items) / 60
        hardware = manifest["hardware"].get("processor", "?")
        draws = manifest["suite"]["draws"]
        yield (
            f"- `{directory.root.name}`: {len(items)} recordings of "
            f"{speakers or 'unknown'} speakers, {minutes:.1f} minutes, "
            f"{len(manifest['conditions'])} conditions, {draws} "
            f"{'draw' if draws == 1 else 'draws'}; decoded on {manifest['device']} "
            f"({hardware}), nscbench {manifest['nscbench']}, "
            f"finished {manifest['finished'][:10]}, {manifest['failures']} failures."
        )
    versions = {e["metric"]: e["version"] for m in run.manifests for e in m["metrics"]}
    # what each computes with stands in the runs' manifests
    short = (f"{name} {version.partition(',')[0]}" for name, version in versions.items())
    yield f"- Metrics and their versions: {', '.join(short)}."


def limits(weights: TrainedWeights) -> Iterator[str]:
    """Paragraphs in Markdown about the weights that the runs' codecs have."""
    if weights.cards:
        yield _prose(weights)
    if weights.without_card:
        yield f"No card tells how these were trained: {listed(weights.without_card)}."
    if weights.changed:
        yield (
            "**The cards are not those of what was measured**: the weights installed here are "
            f"others than the runs had for {listed(weights.changed)}."
        )


def _prose(weights: TrainedWeights) -> str:
    """Ranges over the cards, in sentences."""
    cards, sizes = weights.cards, weights.megabytes
    hours = [card["data"]["hours"] for card in cards.values()]
    speakers = [card["data"]["speakers"] for card in cards.values()]
    minutes = [card["minutes"] for card in cards.values()]
    heard = [card["audio_seconds"] / 3600 for card in cards.values()]
    steps = [card["steps"] for card in cards.values()]
    return (
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
    return "The cards do not say which languages were spoken."


def _range(values: Sequence[Any], form: str) -> str:
    least, most = format(min(values), form), format(max(values), form)
    return least if least == most else f"{least} to {most}"
