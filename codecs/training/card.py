"""The card of a weights' file: what it was trained on, how long, on what, and how good it is."""

import subprocess
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from math import isfinite
from pathlib import Path
from typing import Any

import torch
from torch import Tensor

from ... import __version__
from ..hardware import hardware
from ..networks.quantizer import codebook_use
from .data import Recording
from .effort import Effort, describe


def describe_data(recordings: Sequence[Recording], hours: float) -> dict[str, Any]:
    """Amount of speech, and its corpora and licences where the manifest names them."""
    sources = Counter((r.corpus, r.licence) for r in recordings)
    return {
        "hours": round(hours, 3),
        "recordings": len(recordings),
        "speakers": len({r.speaker for r in recordings if r.speaker}),
        "sources": [
            {"corpus": corpus, "licence": licence, "recordings": count}
            for (corpus, licence), count in sources.most_common()
        ],
    }


def make_card(
    component: str,
    data: Mapping[str, Any],
    runs: Sequence[Effort],
    scores: Mapping[str, float],
    counts: Tensor | None,
    device: torch.device,
) -> dict[str, Any]:
    """The card as plain JSON.

    Args:
        runs: that the weights have been through.
        scores: of the validation, `point/column`; what no recording has a value of is left out.
        counts: how often every index [stages, entries] occurred; None for networks without.
    """
    card = {
        "component": component,
        **describe(runs),
        "data": dict(data),
        "validation": {name: round(x, 4) for name, x in scores.items() if isfinite(x)},
        "hardware": hardware(device.type),
        "nscbench": __version__,
        "torch": torch.__version__,
        "commit": commit(),
    }
    if counts is not None:
        card["codebooks"] = [asdict(use) for use in codebook_use(counts)]
    return card


def processor(device: str) -> str:
    """What computes: the accelerator, or this machine's processor."""
    told = hardware(device)
    return str(told.get("gpu") or told["processor"])


def commit() -> str:
    """The checkout's commit; "" for an installed package."""
    try:
        done = subprocess.run(
            ["git", "rev-parse", "HEAD"],
            cwd=Path(__file__).resolve().parent,
            capture_output=True,
            text=True,
            timeout=10,
            check=True,
        )
    except (OSError, subprocess.SubprocessError):
        return ""
    return done.stdout.strip()
