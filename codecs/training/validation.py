"""Validation on fixed items with the suite's own metrics.

Every operating point of a component renders every item; a value is the mean over the items. The
metrics are cheap ones: what a leaderboard shows is the runner's task.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor, nn

from ...metrics import MetricError, available
from ...metrics.machinery.signals import check, resample
from .component import Component
from .data import Recording, read_mono
from .losses import MultiScaleMelLoss

METRICS = ("pesq", "stoi", "mel_distance")
SECONDS = 5.0


@dataclass(frozen=True)
class ValidationItem:
    """A signal [T] at the component's rate, T a whole number of hops."""

    name: str
    audio: Tensor


def read_items(
    recordings: Sequence[Recording], rate: int, hop: int, count: int
) -> list[ValidationItem]:
    """The first seconds of `count` recordings, evenly spread over the list."""
    spread = np.unique(np.linspace(0, len(recordings) - 1, count).round().astype(int))
    items = []
    for index in spread:
        path = recordings[index].path
        signal = read_mono(path, rate)
        length = min(len(signal), int(SECONDS * rate)) // hop * hop
        items.append(ValidationItem(path.stem, torch.from_numpy(signal[:length]).float()))
    return items


@torch.inference_mode()
def validate(
    component: Component, model: nn.Module, items: Sequence[ValidationItem]
) -> tuple[dict[str, float], dict[str, Tensor]]:
    """Mean scores as `point/column`, and the first item as every operating point renders it."""
    device, rate = next(model.parameters()).device, component.config.sample_rate
    distance = MultiScaleMelLoss(rate).to(device)
    scores: dict[str, list[float]] = {}
    sounds: dict[str, Tensor] = {}
    for item in items:
        audio = item.audio[None].to(device)
        for name, own in component.distances(model, audio).items():
            scores.setdefault(name, []).append(float(own))
        for point, rendered in component.renderings(model, audio).items():
            decoded = rendered[0].float().cpu().clamp(-1, 1)
            scores.setdefault(f"{point}/mel_l1", []).append(float(distance(rendered, audio)))
            for column, value in _measure(item.audio, decoded, rate).items():
                scores.setdefault(f"{point}/{column}", []).append(value)
            sounds.setdefault(f"{items[0].name}-{point}", decoded)
    return {name: float(np.mean(values)) for name, values in scores.items()}, sounds


def _measure(reference: Tensor, decoded: Tensor, rate: int) -> dict[str, float]:
    """Columns of the metrics; NaN where one refuses the pair, so that no mean leaves it out."""
    columns: dict[str, float] = {}
    for name, metric in available().items():
        if name not in METRICS or metric.unavailable():
            continue
        pair = [
            resample(signal.double().numpy(), rate, metric.sample_rate).clip(-1, 1)
            for signal in (reference, decoded)
        ]
        try:
            check(metric, *pair)
            columns |= metric.score(*pair)
        except MetricError:
            columns |= dict.fromkeys(metric.columns, float("nan"))
    return columns
