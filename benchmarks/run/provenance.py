"""What made a run: versions, hardware, items, conditions, metrics, seeds."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict
from datetime import UTC, datetime
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ... import __version__, metrics
from ...codecs import Codec
from ...metrics.machinery import alignment
from ..data.items import Item
from .suite_settings import LOWEST_RATE

if TYPE_CHECKING:
    from .suite import Suite

_ALWAYS = ("torch", "numpy", "scipy", "soundfile", "soxr", "pandas")
_OF_CODECS = ("av", "lc3py", "pycodec2")


def packages() -> list[str]:
    """Distributions whose versions a manifest has: ours, those of the metrics and of codecs."""
    of_metrics = (name for metric in metrics.available().values() for name in metric.packages)
    return list(dict.fromkeys((*_ALWAYS, *of_metrics, *_OF_CODECS)))


def describe_run(
    suite: "Suite", items: Sequence[Item], device: str, machine: Mapping[str, Any]
) -> dict[str, Any]:
    """Everything that someone needs to repeat or to doubt the run; JSON-able."""
    return {
        "nscbench": __version__,
        "started": datetime.now(UTC).isoformat(timespec="seconds"),
        "suite": {"name": suite.name, "title": suite.title, "draws": suite.draws}
        | ({} if suite.normalize is None else {"normalize": suite.normalize})
        | ({"sample": suite.sample} if suite.sample else {})
        | ({} if suite.sample_rate == LOWEST_RATE else {"sample_rate": suite.sample_rate})
        | ({"limits": [limit.plain for limit in suite.limits]} if suite.limits else {})
        | ({"document": dict(suite.document)} if suite.document else {}),
        "conditions": [describe_condition(codec) for codec in suite.codecs],
        "sources": {codec.condition: describe_source(codec) for codec in suite.codecs},
        "arguments": {codec.condition: codec.arguments() for codec in suite.codecs},
        "metrics": [_describe_metric(name, suite) for name in suite.metrics],
        "not_run": [asdict(one) for one in suite.not_run],
        "not_measured": dict(suite.not_measured),
        "unavailable": suite.unavailable,
        "seeds": "BLAKE2b of the item's id and the draw; one generator per item, on the CPU",
        "device": device,
        "hardware": dict(machine),
        "packages": {name: package_version(name) for name in packages()},
        "items": [
            {
                "id": item.id,
                "path": str(Path(item.path).resolve()),
                "speaker": item.speaker,
                "sex": item.sex,
                "seconds": item.seconds,
                "sha256": item.sha256,
                "language": item.language,
                "columns": dict(item.columns),
            }
            | _reference(item)
            for item in items
        ],
    }


def _describe_metric(name: str, suite: "Suite") -> dict[str, Any]:
    """One metric of a manifest."""
    metric = metrics.get(name)
    return {
        "metric": name,
        "version": metric_version(name, suite.normalize, suite.sample_rate),
        "columns": metric.directions,
        "sample_rate": metric.measured_at(suite.sample_rate).sample_rate,
    }


def _reference(item: Item) -> dict[str, str]:
    """What the item is compared with, where that is not itself."""
    if item.reference is None:
        return {}
    path = str(item.reference.resolve())
    return {"reference": path, "reference_sha256": item.reference_sha256}


def describe_condition(codec: Codec) -> dict[str, Any]:
    """One condition of a manifest."""
    return {
        "condition": codec.condition,
        "codec": codec.name,
        "kind": codec.kind,
        "settings": repr(codec),
        "sample_rate": codec.sample_rate,
        "nominal_kbps": codec.nominal_kbps,
        "bitrate": codec.bitrate,
        "stochastic": codec.stochastic,
        "fingerprint": codec.fingerprint,
        "backend": codec.backend,
    }


def describe_source(codec: Codec | type[Codec]) -> dict[str, str]:
    """Whose a codec is: its paper, the licences of its code and of the published weights."""
    own_weights = getattr(codec, "weights", "")  # of a suite, in the place of the published ones
    published = codec.checkpoint if codec.checkpoint and not own_weights else None
    return {
        "paper": codec.paper,
        "licence": codec.licence,
        "weights_licence": published.licence if published else "",
    }


def metric_version(name: str, level: float | None = None, rate: int = LOWEST_RATE) -> str:
    """Version of what measures: the metric's own, its packages', weights' and the alignment's, the
    level in dBFS to which pairs are brought before, and a higher rate in Hz that a suite asks for.

    Raises:
        MetricError: there is no such metric, or its weights are missing.
    """
    metric = metrics.get(name)
    packages = [f"{package} {package_version(package)}" for package in ("soxr", *metric.packages)]
    aligned = [f"alignment {alignment.VERSION}"] if metric.aligned else []
    weights = [metric.weights.version] if metric.weights else []
    levelled = [] if level is None else [f"level {level:g} dBFS"]
    measured = metric.measured_at(rate).sample_rate
    rated = [] if measured == metric.sample_rate else [f"at {measured} Hz"]
    return ", ".join([metric.version, *aligned, *packages, *weights, *levelled, *rated])


def package_version(name: str) -> str:
    """Installed version of a distribution; "" where there is none."""
    try:
        return version(name)
    except PackageNotFoundError:
        return ""
