"""What a run says before and while it goes on: disk, downloads, and what each condition gave."""

import os
import shutil
from collections import defaultdict
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import numpy as np

from ... import metrics
from ...metrics.machinery.weights import COMMAND, set_to_get
from ...reports.columns import look, overview
from ..data.published_weights import table
from ..run.plan import Plan
from ..run.suite import Suite
from ..store.cache import Stage
from ..store.costs import recorded_costs
from ..store.journal import Find
from ..store.run_directory import RunDirectory

_FLAC = 0.55  # of the samples' bytes: 16-bit speech
_SHOWN = 6  # columns of a condition's line
_CODING: dict[Stage, str] = {"encode": "encode_rtf", "decode": "decode_rtf"}


def disk_bytes(plan: Plan) -> float:
    """About how many bytes of bitstreams and decoded audio a plan writes."""
    audio = sum(item.seconds for item in plan.items)
    each = (
        audio * 125 * codec.nominal_kbps
        + audio * len(plan.draws(codec)) * 2 * codec.sample_rate * _FLAC
        for codec in plan.suite.codecs
    )
    return float(sum(each))


def forecast(plan: Plan, directory: RunDirectory) -> Iterator[str]:
    """Lines on the disk that a plan takes and on downloads; time is told by the first items."""
    wanted = disk_bytes(plan)
    free = shutil.disk_usage(_existing(directory.root)).free
    few = ": too few" if free < wanted else ""
    yield f"disk: about {_size(wanted)} of audio and bitstreams, {_size(free)} are free{few}"
    if missing := missing_weights(plan.suite):
        megabytes = sum(missing.values())
        yield (
            f"downloads: none; what is missing here takes {len(missing)} sets of weights, "
            f"{_size(1e6 * megabytes)}: {COMMAND}"
        )
    else:
        yield "downloads: none"


def missing_weights(suite: Suite) -> dict[str, float]:
    """Megabytes of each set of weights that something of a suite lacks, by the set's name."""
    reasons = [one.reason for one in (*suite.not_run, *suite.optional)]
    reasons += [*suite.not_measured.values(), *suite.unmeasured.values()]
    names = dict.fromkeys(filter(None, map(set_to_get, reasons)))
    known = table() if names else {}
    return {name: known[name].weights.megabytes for name in names if name in known}


def recorded_pace(directory: RunDirectory) -> dict[str, dict[Stage, float]]:
    """Seconds for a second of audio that coding took where `nscbench cost` measured it.

    Raises:
        RunError: the directory has a table of costs that is none.
    """
    costs = recorded_costs(directory.root)
    return {
        str(name): {
            stage: float(line[column])
            for stage, column in _CODING.items()
            if column in costs and np.isfinite(line[column])
        }
        for name, line in costs.iterrows()
    }


def condition_line(plan: Plan, find: Find, condition: str) -> str:
    """What a condition that is done has measured: means over its own items, before all tables."""
    values: dict[str, list[float]] = defaultdict(list)
    bits = seconds = 0.0
    codec = next(one for one in plan.suite.codecs if one.condition == condition)
    done = set()
    for item in plan.items:
        for step in plan.steps(codec, item, find):
            records = [record for record in step.scores.values() if record]
            if len(records) == len(step.scores):
                done.add(item.id)
            for record in records:
                for column, value in record["values"].items():
                    values[column].append(value)
            if step.draw == 0 and step.encoded:
                bits += step.encoded["payload_bits"]
                seconds += step.encoded["seconds"]
    rate = f", {bits / seconds / 1000:.2f} kbit/s" if seconds else ""
    if codec.bitrate == "stated":  # its "bitstream" is the decoded audio
        rate = f", {codec.nominal_kbps:g} kbit/s stated"
    rate = "" if codec.kind == "oracle" else rate
    means = "".join(
        f", {look(c).short} {np.mean(values[c]):.{look(c).digits}f}" for c in _told(values)
    )
    return f"{condition}: {len(done)}/{len(plan.items)} items{rate}{means}"


def _told(values: Mapping[str, Any]) -> list[str]:
    """The first columns of the overview that have values; no rates, whose means are weighted."""
    rates = {c for metric in metrics.available().values() for c in metric.denominators}
    columns = metrics.columns()
    return overview(c for c in columns if c in values and c not in rates)[:_SHOWN]


def _existing(path: Path) -> Path:
    """The path, or the folder above it that exists."""
    found = path.absolute()
    while not os.path.exists(found):
        found = found.parent
    return found


def _size(count: float) -> str:
    """Bytes with a unit: `46 MB`, `2.4 GB`."""
    return f"{count / 1e9:.1f} GB" if count >= 1e9 else f"{max(1, round(count / 1e6))} MB"
