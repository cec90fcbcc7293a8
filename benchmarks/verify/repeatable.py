"""What of a finished run can be repeated here: the codecs and metrics that are still the same."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import pandas as pd
import torch

from ... import metrics
from ...codecs import Codec, CodecError, get
from ...metrics import MetricError
from ..data.items import open_items
from ..data.manifest import ItemsError, Listing
from ..degradations.channel import remake
from ..run.plan import Plan
from ..run.provenance import describe_condition, metric_version
from ..run.suite import Suite
from ..run.suite_settings import LOWEST_RATE
from ..store.received import Unfit, open_regular
from ..store.run_directory import RunError

_IDENTITY = {"condition", "settings", "fingerprint", "backend"}


def repeatable_plan(manifest: dict[str, Any], items: pd.DataFrame, differences: list[str]) -> Plan:
    """The run's plan of what can be repeated here; what cannot is a difference.

    Raises:
        RunError: the run was made on a device that is not here.
    """
    suite = manifest["suite"]
    level, rate = suite.get("normalize"), suite.get("sample_rate", LOWEST_RATE)
    codecs = [_codec(manifest, entry, differences) for entry in manifest["conditions"]]
    names = [
        name for entry in manifest["metrics"] if (name := _metric(entry, level, rate, differences))
    ]
    if manifest["device"] == "cuda" and not torch.cuda.is_available():
        raise RunError("the run was made on a CUDA device, and there is none here")
    texts = dict(zip(items["id"], items["text"], strict=True))
    listings = _listings(manifest, texts)
    _check_kinds(listings)
    return Plan(
        Suite(
            name=suite["name"],
            title=suite["title"],
            items="",
            codecs=tuple(filter(None, codecs)),
            metrics=tuple(names),
            draws=suite["draws"],
            normalize=level,
            sample_rate=rate,
        ),
        open_items(listings),
        manifest["device"],
    )


def _listings(manifest: Mapping[str, Any], texts: Mapping[str, str]) -> list[Listing]:
    """What a manifest says of its items, with their texts."""
    return [
        Listing(
            i["id"],
            Path(i["path"]),
            i["speaker"],
            i["sex"],
            texts.get(i["id"], ""),
            i["sha256"],
            language=i.get("language", ""),
            columns=i.get("columns", {}),
            reference=Path(i["reference"]) if i.get("reference") else None,
            reference_sha256=i.get("reference_sha256", ""),
        )
        for i in manifest["items"]
    ]


def _check_kinds(listings: Sequence[Listing]) -> None:
    """Refuse recordings that are no regular files: to hash a pipe or a device may never end."""
    problems = []
    given = [(one.id, path) for one in listings for path in (one.path, one.reference) if path]
    for name, path in given:
        try:
            open_regular(path).close()
        except Unfit as error:
            problems.append(f"{name}: {error}")
        except OSError as error:
            problems.append(f"{name}: {path}: {error.strerror}")
    if problems:
        raise ItemsError(problems)


def _codec(
    manifest: dict[str, Any], entry: Mapping[str, Any], differences: list[str]
) -> Codec | None:
    """The codec of a condition, if it is the same here."""
    name = entry["condition"]
    try:
        settings = manifest.get("arguments", {}).get(name)
        codec = get(name) if settings is None else remake(entry["codec"], settings)
        own = describe_condition(codec)
    except (CodecError, TypeError, AttributeError) as error:
        differences.append(f"{name}: {error}")
        return None
    different = [key for key in own if own[key] != entry.get(key)]
    differences += [
        f"{name}: its {key} is {entry.get(key)!r} in the manifest, {own[key]!r} here"
        for key in different
    ]
    return None if _IDENTITY & set(different) else codec


def _metric(
    entry: Mapping[str, Any], level: float | None, rate: int, differences: list[str]
) -> str:
    """Name of a metric, if it is the same here; "" if not."""
    name = str(entry["metric"])
    try:
        here = metric_version(name, level, rate)
        columns = metrics.get(name).directions
    except MetricError as error:
        differences.append(f"{name}: {error}")
        return ""
    if entry.get("columns") != columns:
        differences.append(
            f"{name}: its columns are {entry.get('columns')} in the manifest, {columns} here"
        )
    if here != entry["version"]:
        differences.append(f"{name}: version {entry['version']} in the manifest, {here} here")
        return ""
    return name
