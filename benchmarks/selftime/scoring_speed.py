"""What scoring costs: every metric with one and two workers, against the packages' own calls.

    python -m nscbench.benchmarks.selftime.scoring_speed [--items FOLDER_OR_MANIFEST] [--count 6]
        [--repeats 3]

The signals are items of a test set (the embedded demo set), each degraded by multiplicative noise
as of ITU-T P.810, at Q = 15 and 25 dB: no codec, no delay, so that only metrics are timed. They
are in memory, and the workers, spawned with one thread each, have loaded their models before a
clock starts.

    package       CPU seconds per second of audio of the call that the package documents
    here          the same of `Metric.score`, in one worker, after the alignment where it is needed
    differs       largest difference between both values
    1, 2 workers  seconds of audio scored per second of wall clock; in brackets, the slowest and
                  the fastest repeat
    gain          of two workers over one, where a pass is long enough to tell

A pass is one metric, or all of them, over all pairs. A worker begins each with nothing remembered
from signals (`metrics.machinery.remember`), so that no figure rests on an earlier pass. What is
shared within a pass stays, as in a run: by all metrics together the alignment and the F0 tracks of
a pair, and by both pairs of one reference the work on the reference, if one worker measures them.

The floor of all metrics together is half of the CPU time, for two workers, of the packages' calls
and of the metrics that no package has, one at a time; it is stated only if each package can be
called here.

Figures are medians over the repeats. Other programs slow the wall clock, and two workers more than
one; the CPU time of two workers over that of one is what two would lose on a machine of their own.
"""

import argparse
import os
import sys
from collections.abc import Sequence
from dataclasses import dataclass, field
from statistics import median

import numpy as np
from tqdm import tqdm

from ... import metrics
from ...codecs.audio.reading import AudioError, read_audio
from ...codecs.hardware import hardware
from ...metrics.machinery.signals import resample
from ..data.items import ItemsError, read_items
from ..workers.pool import ONE_THREAD
from .package_calls import CALLS, RATE, missing
from .timing import Pair, Pass, WarmProcesses, call, score

QUALITIES = (15, 25)  # dB
TELLING = 0.5  # seconds that a pass must take for its gain to be told from that of sending tasks


@dataclass
class MetricLine:
    """Passes over the same metrics, one of each kind in every repeat."""

    names: Sequence[str]
    package: list[Pass] = field(default_factory=list)
    one: list[Pass] = field(default_factory=list)
    two: list[Pass] = field(default_factory=list)

    def gain(self) -> float:
        """Of two workers over one: the median of the repeats' ratios."""
        return median(one.wall / two.wall for one, two in zip(self.one, self.two, strict=True))

    def extra(self) -> float:
        """CPU time of two workers over that of one."""
        return median(two.cpu / one.cpu for one, two in zip(self.one, self.two, strict=True))

    def differs(self) -> float:
        """Largest difference between the package's values and the suite's."""
        return max(
            abs(theirs[column] - ours[column])
            for theirs, ours in zip(self.package[0].values, self.one[0].values, strict=True)
            for column in theirs.keys() & ours.keys()
        )


def degraded_pairs(items: str, count: int) -> list[Pair]:
    """`count` items spread over a test set, at 16 kHz, each with its noisy versions.

    Raises:
        ItemsError, AudioError: no items, or a file that is not audio.
    """
    found = read_items(items)
    count = min(count, len(found))
    pairs = []
    for number in range(count):
        signal, rate, _ = read_audio(found[number * len(found) // count].path)
        reference = np.clip(resample(signal, rate, RATE), -1, 1)
        noise = np.random.default_rng(number).standard_normal(len(reference))
        for quality in QUALITIES:
            degraded = reference * (1 + 10 ** (-quality / 20) * noise)
            pairs.append((reference, np.clip(degraded, -1, 1)))
    return sorted(pairs, key=lambda pair: -len(pair[0]))  # no worker waits for a long last one


def time_metrics(pairs: list[Pair], repeats: int) -> list[MetricLine]:
    """One line for each metric, and the last for all together."""
    names = [name for name in metrics.available() if not metrics.get(name).unavailable()]
    calls = [name for name in CALLS if not missing(name)]
    lines = [*(MetricLine([name]) for name in names), MetricLine(names)]
    os.environ.update(dict.fromkeys(ONE_THREAD, "1"))  # spawned workers inherit it
    package = WarmProcesses(1, call, calls, pairs)
    one, two = (WarmProcesses(count, score, names, pairs) for count in (1, 2))
    for repeat in tqdm(range(repeats), "timing", disable=None, leave=False):
        for line in lines if repeat % 2 == 0 else reversed(lines):
            if len(line.names) == 1 and line.names[0] in calls:
                line.package.append(package.run(line.names))
            line.one.append(one.run(line.names))
            line.two.append(two.run(line.names))
    for workers in (package, one, two):
        workers.close()
    return lines


def table(lines: Sequence[MetricLine], seconds: float) -> str:
    """The lines, 96 characters wide, and what they say of the aims."""
    packaged = [line for line in lines if line.package]
    package = sum(median(p.cpu for p in line.package) for line in packaged) / seconds
    here = sum(median(p.cpu for p in line.one) for line in packaged) / seconds
    every = lines[-1]
    text = [
        f"{'':14}{'CPU s per s of audio':^36}   {'s of audio scored per s':^40}",
        f"{'metric':14}{'package':>9}{'here':>9}{'cheaper':>9}{'differs':>9}"
        f"{'1 worker':>20}{'2 workers':>20}{'gain':>6}",
        *(_row(line, seconds) for line in lines),
        f"{f'sum of {len(packaged)}':14}{package:9.4f}{here:9.4f}{package / here:8.1f}x",
        "",
        "All metrics together",
        f"  two workers score {every.gain():.2f} times what one does (aim: 1.9 at least), in "
        f"{every.extra():.2f} times its CPU time",
        f"  {_against_floor(lines)}",
    ]
    return "\n".join(text)


def _against_floor(lines: Sequence[MetricLine]) -> str:
    """Two workers' time for all metrics over the floor; equal sets, or no figure."""
    *single, every = lines
    own = [line for line in single if line.names[0] not in CALLS]
    packaged = [line for line in single if line.package]
    if lacking := [line.names[0] for line in single if line not in (*own, *packaged)]:
        return f"no comparison with the floor: it lacks the packages' calls of {', '.join(lacking)}"
    floor = sum(median(p.cpu for p in line.package) for line in packaged)
    floor += sum(median(p.cpu for p in line.one) for line in own)
    return (
        f"two workers take {median(p.wall for p in every.two) / (floor / 2):.2f} of the floor "
        f"(aim: 1.05 at most): {len(packaged)} packages' calls, {len(own)} other metrics"
    )


def _short(rate: float) -> str:
    return f"{rate:.0f}" if rate >= 100 else f"{rate:.3g}"


def _row(line: MetricLine, seconds: float) -> str:
    here = median(p.cpu for p in line.one) / seconds
    compared = f"{'-':>9}{here:9.4f}{'-':>9}{'-':>9}"
    if line.package:
        package = median(p.cpu for p in line.package) / seconds
        compared = f"{package:9.4f}{here:9.4f}{package / here:8.1f}x{line.differs():9.0e}"
    rates = ""
    for passes in (line.one, line.two):
        rate = [seconds / p.wall for p in passes]
        low, middle, high = (_short(f(rate)) for f in (min, median, max))
        rates += f"{middle:>7} {f'({low}-{high})':<12}"
    gain = f"{line.gain():.2f}" if min(p.wall for p in line.one) > TELLING else "-"
    name = line.names[0] if len(line.names) == 1 else f"all {len(line.names)}"
    return f"{name:14}{compared}{rates}{gain:>6}"


def main(arguments: Sequence[str] | None = None) -> int:
    """Measure and print; the exit status."""
    parser = argparse.ArgumentParser(prog="python -m nscbench.benchmarks.selftime.scoring_speed")
    parser.add_argument("--items", default="demo", help="folder or manifest; default: demo set")
    parser.add_argument("--count", type=int, default=6, help="how many of the items")
    parser.add_argument("--repeats", type=int, default=3)
    options = parser.parse_args(arguments)
    try:
        pairs = degraded_pairs(options.items, max(1, options.count))
    except (ItemsError, AudioError) as error:
        print(error, file=sys.stderr)
        return 2
    seconds = sum(len(reference) for reference, _ in pairs) / RATE
    machine = hardware("cpu")
    print(
        f"{machine['processor']}, {machine['cores']} cores, Python {machine['python']}\n"
        f"{seconds:.0f} s of audio: {len(pairs) // len(QUALITIES)} items of {options.items}, with "
        f"noise at {' and '.join(map(str, QUALITIES))} dB; median of {options.repeats}\n"
    )
    print(table(time_metrics(pairs, max(1, options.repeats)), seconds))
    for name in CALLS:
        if reason := missing(name):
            print(f"{name}: the package's own call cannot run here: {reason}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
