"""What a suite names and its run lacks, as the run's manifest records it.

not_run       conditions that the suite asks for and that could not run: each is a line of the
              leaderboard, and the run's exit status is 1
not_measured  metrics that the suite names and that could not measure, with the reason: likewise 1
unavailable   what may be missing, with the reason: conditions that the suite calls `optional`, and
              metrics that nobody named

Runs of older versions have only the last.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields
from typing import Any

NOT_RUN = "not run"


@dataclass(frozen=True)
class NotRun:
    """A condition that was asked for and could not run: what of it is known, and the reason."""

    condition: str
    codec: str
    kind: str
    nominal_kbps: float
    reason: str


def not_run_of(manifests: Sequence[Mapping[str, Any]]) -> tuple[NotRun, ...]:
    """The conditions that no run of these manifests could run though one was asked to."""
    ran = {entry["condition"] for manifest in manifests for entry in manifest["conditions"]}
    found = {
        entry["condition"]: NotRun(*(entry[name.name] for name in fields(NotRun)))
        for manifest in reversed(manifests)
        for entry in manifest.get("not_run", [])
        if entry["condition"] not in ran
    }
    return tuple(found.values())


def reasons_of(manifests: Sequence[Mapping[str, Any]]) -> dict[str, str]:
    """Why each condition and metric that these runs lack is missing, by its name."""
    found: dict[str, str] = {}
    for manifest in reversed(manifests):
        found |= {entry["condition"]: entry["reason"] for entry in manifest.get("not_run", [])}
        found |= manifest.get("not_measured", {})
        found |= manifest["unavailable"]
    return found
