"""Does training wait for data? What reading speech gives, against what training takes.

    python -m nscbench.benchmarks.selftime.data_speed [--data FOLDER_OR_MANIFEST]
        [--components mel gan ...] [--size small|paper] [--device auto|cpu|cuda] [--steps 5]

    decoded   once, at the start of a training: recordings decoded, resampled and packed
    read      batches cropped from the pack, by the one thread that the trainer has for it
    consumed  the trainer's steps, those batches included; discriminators rest at the start of a
              training, when it is fastest
    read / consumed: how often data could feed the device

All in samples per second, and seconds of audio per second. Figures are medians over the steps, the
first one left out; other programs slow all of them.
"""

import argparse
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from statistics import median

import torch

from ...codecs.base import CodecError
from ...codecs.hardware import hardware
from ...codecs.training.component import Component
from ...codecs.training.data import DataError, Recording, Speech, find_recordings, open_speech
from ...codecs.training.plan import Budget, TrainingPlan
from ...codecs.training.presets import COMPONENTS, make_component
from ...codecs.training.trainer import Trainer, TrainingError
from ..data.items import ItemsError, read_items
from ..store.run_directory import RunError
from ..workers.local import device_named


def decoding_rate(recordings: Sequence[Recording], rate: int, folder: Path) -> float:
    """Samples per second that packing gives; the pack stays in `folder`.

    Raises:
        DataError: a recording cannot be read.
    """
    begin = time.perf_counter()
    speech = open_speech(recordings, rate, folder)
    return speech.total / (time.perf_counter() - begin)


def reading_rate(speech: Speech, items: int, crop: int, batches: int) -> float:
    """Samples per second of batches [items, crop]."""
    return items * crop / _median_seconds(lambda n: speech.batch(0, n, items, crop), batches)


def training_rate(trainer: Trainer, steps: int) -> float:
    """Samples per second that steps of a training consume.

    Raises:
        TrainingError: a loss is not finite.
    """
    recipe = trainer.component.recipe
    return recipe.items * recipe.crop / _median_seconds(lambda _: trainer.train_step(), steps)


def _median_seconds(call: Callable[[int], object], count: int) -> float:
    """Of `count` calls, after one that does not count."""
    seconds = []
    for n in range(count + 1):
        begin = time.perf_counter()
        call(n)  # a step looks at its losses, so it ends when the device has done it
        seconds.append(time.perf_counter() - begin)
    return median(seconds[1:])


def line(
    name: str, component: Component, recordings: Sequence[Recording], plan: TrainingPlan
) -> str:
    """The table's line of a component; its files lie beside `plan.out`."""
    recipe, rate = component.recipe, component.config.sample_rate
    decoded = decoding_rate(recordings, rate, plan.out.parent)
    trainer = Trainer(component, recordings, [], plan)
    read = reading_rate(trainer.speech, recipe.items, recipe.crop, 200)
    consumed = training_rate(trainer, plan.budget.steps or 1)
    cells = "".join(f"{n:13.3g} {n / rate:10.3g} s/s" for n in (decoded, read, consumed))
    return f"{name:20}{cells}{read / consumed:12.3g}"


def main(arguments: Sequence[str] | None = None) -> int:
    """Measure and print; the exit status."""
    parser = argparse.ArgumentParser(prog="python -m nscbench.benchmarks.selftime.data_speed")
    parser.add_argument("--data", type=Path, help="folder or manifest; default: the demo set")
    parser.add_argument("--components", nargs="+", choices=sorted(COMPONENTS), default=["mel"])
    parser.add_argument("--size", choices=("small", "paper"), default="small")
    parser.add_argument("--device", choices=("auto", "cpu", "cuda"), default="auto")
    parser.add_argument("--steps", type=int, default=5)
    options = parser.parse_args(arguments)
    try:
        device = device_named(options.device)
        if options.data:
            recordings = find_recordings(options.data)
        else:
            recordings = [Recording(item.path) for item in read_items("demo")]
        machine = hardware(device)
        print(f"{machine['processor']}, {machine['cores']} cores, {device}, {options.size}\n")
        heads = "".join(f"{head:>28}" for head in ("decoded", "read", "consumed"))
        print(f"{'component':20}{heads}{'read / c.':>12}")
        for name in options.components:
            with tempfile.TemporaryDirectory() as folder:
                budget = Budget(steps=max(1, options.steps))
                plan = TrainingPlan(Path(folder) / "run", budget, device=torch.device(device))
                component = make_component(name, options.size)
                print(line(name, component, recordings, plan), flush=True)
    except (CodecError, DataError, ItemsError, RunError, TrainingError) as error:
        print(error, file=sys.stderr)
        return 2
    return 0


if __name__ == "__main__":
    sys.exit(main())
