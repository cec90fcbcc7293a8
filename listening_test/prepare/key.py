"""The key of a test, written beside its folder: what each blind id is, and what was done to it."""

import json
from collections.abc import Mapping
from dataclasses import asdict
from hashlib import sha256
from pathlib import Path
from typing import Any

from ... import __version__
from ...benchmarks.store.atomic import write_atomically
from ..folder import key_path
from ..schema import SCHEMA, BuildError
from .configuration import PLAIN, Configuration
from .trials import ListeningTest, Trial


def write_key(test: ListeningTest, folder: Path, configuration: Configuration = PLAIN) -> Path:
    """Write the key beside the folder that the test goes to; where it is.

    Raises:
        BuildError: the key there is another test's, whose ratings it is needed for.
    """
    content = {
        "schema": SCHEMA,
        "test": test.id,
        "nscbench": __version__,
        "seed": test.seed,
        "rate": test.rate,
        "conditions": test.conditions,
        "items_spread_over": test.column,
        "requirements": configuration.requirements(),
        "trials": {trial.id: _key_entry(trial) for trial in test.trials},
        "remarks": test.remarks,
    }
    return keep_key(content, folder)


def keep_key(content: Mapping[str, Any], folder: Path) -> Path:
    """Write a key of this content beside a test's folder; where it is.

    Raises:
        BuildError: the key there is another test's, whose answers it is needed for.
    """
    path = key_path(folder)
    if path.exists() and f'"test": "{content["test"]}"' not in path.read_text("utf-8", "replace"):
        raise BuildError(
            f"{path} is the key of another test: choose another --out, or move both away"
        )
    write_atomically(path, json.dumps(content, indent=1, ensure_ascii=False).encode())
    return path


def _key_entry(trial: Trial) -> dict[str, object]:
    return {
        "item": trial.item,
        "training": trial.training,
        "mid_anchor_audible": trial.mid_anchor_audible,
        "stimuli": dict(trial.stimuli),
        "signals": {
            condition: {
                "sha256": sha256(trial.samples[blind].astype("<i2").tobytes()).hexdigest(),
                **asdict(trial.treatments[condition]),
            }
            for blind, condition in trial.stimuli.items()
        },
    }
