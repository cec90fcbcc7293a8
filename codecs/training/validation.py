"""Validation on fixed items with the suite's own metrics.

Every operating point of a component renders every item; a value is the mean over the items. While
training goes on, a few items are measured by cheap metrics; its end is measured on one recording of
every speaker, by those too that stand for listeners.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TypeVar

import numpy as np
import torch
from torch import Tensor, nn

from ...metrics import MetricError, available
from ...metrics.machinery.signals import check_pair, resample
from .component import Component
from .data import Recording, read_mono
from .losses import MultiScaleMelLoss

QUICK = ("pesq", "stoi", "mel_distance")
THOROUGH = (*QUICK, "visqol", "dnsmos", "plcmos", "f0_rmse", "vuv_error")
QUICK_ITEMS = 8
SECONDS = 5.0

Value = TypeVar("Value")


@dataclass(frozen=True)
class ValidationItem:
    """A signal [T] at the component's rate, T a whole number of hops."""

    name: str
    audio: Tensor


def read_validation_items(
    recordings: Sequence[Recording], rate: int, hop: int, count: int
) -> list[ValidationItem]:
    """The first seconds of one recording of every speaker, of `count` evenly spread over them."""
    speakers = {recording.speaker or str(recording.path): recording for recording in recordings}
    items = []
    for recording in _spread(list(speakers.values()), count):
        path = recording.path
        signal = read_mono(path, rate)
        length = min(len(signal), int(SECONDS * rate)) // hop * hop
        items.append(ValidationItem(path.stem, torch.from_numpy(signal[:length]).float()))
    return items


def _spread(values: Sequence[Value], count: int) -> list[Value]:
    places = np.linspace(0, len(values) - 1, count).round().astype(int)
    return [values[place] for place in np.unique(places)]


@torch.inference_mode()
def validate(
    component: Component, model: nn.Module, items: Sequence[ValidationItem], thorough: bool = False
) -> tuple[dict[str, float], dict[str, Tensor]]:
    """Mean scores as `point/column`, and the first item as every operating point renders it."""
    metrics = THOROUGH if thorough else QUICK
    items = items if thorough else _spread(items, QUICK_ITEMS)
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
            for column, value in _measure(item.audio, decoded, rate, metrics).items():
                scores.setdefault(f"{point}/{column}", []).append(value)
            sounds.setdefault(f"{items[0].name}-{point}", decoded)
    return {name: float(np.mean(values)) for name, values in scores.items()}, sounds


def _measure(
    reference: Tensor, decoded: Tensor, rate: int, metrics: Sequence[str]
) -> dict[str, float]:
    """Columns of the metrics; NaN where one refuses the pair, so that no mean leaves it out."""
    columns: dict[str, float] = {}
    for name, metric in available().items():
        if name not in metrics or metric.unavailable():
            continue
        pair = [
            resample(signal.double().numpy(), rate, metric.sample_rate).clip(-1, 1)
            for signal in (reference, decoded)
        ]
        try:
            check_pair(metric, *pair)
            columns |= metric.score(*pair)
        except MetricError:
            columns |= dict.fromkeys(metric.directions, float("nan"))
    return columns
