"""Finished runs, read from their directories; several as one. Whoever reads a run reads it here.

Runs merge only where a number of one means the same in the other: each metric in one version,
each item of one content, each condition with one codec behind it.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from itertools import combinations
from pathlib import Path
from typing import Any

import pandas as pd

from ... import metrics
from ...metrics import MetricError
from ...metrics.machinery.names import unknown
from .left_out import NotRun, not_run_of, reasons_of
from .received import read_table
from .results import ROW_COLUMNS, read_rows
from .run_directory import RunDirectory, RunError
from .run_manifest import read_run_manifest
from .scores import Scores

_IDENTITY = ("settings", "fingerprint", "backend")  # of a condition
_FINDINGS = ("condition", "item", "finding")


@dataclass(frozen=True)
class Run:
    """One finished run, or several merged.

    Attributes:
        directories: where it lies; a merged run lies in several.
        manifests: of each directory.
        scores: all values.
        findings: condition, item, finding: what the run itself found suspicious.
    """

    directories: tuple[RunDirectory, ...]
    manifests: tuple[dict[str, Any], ...]
    scores: Scores
    findings: pd.DataFrame

    @property
    def title(self) -> str:
        """Titles of the suites."""
        return " + ".join(dict.fromkeys(m["suite"]["title"] for m in self.manifests))

    @property
    def not_run(self) -> tuple[NotRun, ...]:
        """The conditions that were asked for and could not run."""
        return not_run_of(self.manifests)

    def lacks(self, name: str, known: Iterable[str], noun: str = "condition") -> str:
        """Why it has nothing of this name, or which names would do.

        Args:
            name: as somebody asked for it.
            known: names that would do.
            noun: what they are names of.
        """
        root = ", ".join(str(directory.root) for directory in self.directories)
        if reason := reasons_of(self.manifests).get(name):
            return f"{name} was not run in {root}: {reason}"
        return f"{root}: {unknown(noun, name, known)}"

    def directory_of(self, condition: str) -> RunDirectory:
        """Where the files of a condition lie."""
        for directory, manifest in zip(self.directories, self.manifests, strict=True):
            if any(entry["condition"] == condition for entry in manifest["conditions"]):
                return directory
        raise KeyError(condition)


def read_run(root: Path, foreign: bool = False) -> Run:
    """The run of a directory.

    Args:
        root: of the run.
        foreign: may it have metrics that are not installed here? Their values are there, but no
            direction, and so no table.

    Raises:
        RunError: there is none, or it is not finished or damaged.
    """
    directory = RunDirectory(root)
    manifest = read_run_manifest(directory)
    rows, findings = read_tables(directory)
    if list(findings.columns) != list(_FINDINGS):
        raise RunError(f"{directory.checks}: its columns are not {', '.join(_FINDINGS)}")
    for path, table in ((directory.rows, rows), (directory.checks, findings)):
        _check_names(path, table, manifest)
    try:
        return make_run((directory,), (manifest,), rows, findings, foreign)
    except MetricError as error:
        raise RunError(f"{root}: was measured by what is not installed here: {error}") from error


def read_tables(directory: RunDirectory) -> tuple[pd.DataFrame, pd.DataFrame]:
    """The rows of a run and what it found suspicious, whatever conditions and items they name.

    Raises:
        RunError: one is missing or cannot be read, or has what no run measures.
    """
    with reading(directory):
        rows = read_rows(directory)
        findings = read_table(directory.root, directory.checks, dtype=str, keep_default_na=False)
    return rows, findings


@contextmanager
def reading(directory: RunDirectory) -> Iterator[None]:
    """Say of any file of a run that is missing or damaged which run it is of.

    Raises:
        RunError: one is.
    """
    try:
        yield
    except FileNotFoundError as error:
        name = Path(error.filename).name
        raise RunError(f"{directory.root}: not a finished run: it has no {name}") from error
    except RunError:
        raise
    except (OSError, ValueError) as error:
        raise RunError(f"{directory.root}: cannot be read: {error}") from error


def _check_names(path: Path, table: pd.DataFrame, manifest: Mapping[str, Any]) -> None:
    """Refuse lines of conditions and items that the manifest lacks."""
    for column, key, name in (("condition", "conditions", "condition"), ("item", "items", "id")):
        known = [entry[name] for entry in manifest[key]]
        if (strange := ~table[column].isin(known)).any():
            raise RunError(
                f"{path}: has the {column} {table.loc[strange, column].iloc[0]}, "
                "which the manifest lacks"
            )


def make_run(
    directories: Sequence[RunDirectory],
    manifests: Sequence[dict[str, Any]],
    rows: pd.DataFrame,
    findings: pd.DataFrame,
    foreign: bool = False,
) -> Run:
    """A run of what its directories hold; `foreign` as for `read_run`."""
    conditions = {c["condition"]: c for m in reversed(manifests) for c in m["conditions"]}
    order = dict.fromkeys(c["condition"] for m in manifests for c in m["conditions"])
    items = {item["id"]: item for manifest in manifests for item in manifest["items"]}
    names = dict.fromkeys(entry["metric"] for m in manifests for entry in m["metrics"])
    rates = {name: hz for manifest in manifests for name, hz in rates_of(manifest).items()}
    if foreign:
        names = {name: None for name in names if name in metrics.available()}
        rates = {name: hz for name, hz in rates.items() if name in names}
    listed = [_of_all_items(conditions[name], manifests) for name in order]
    scores = Scores.measured_by(names, rows, listed, list(items.values()), rates)
    return Run(tuple(directories), tuple(manifests), scores, findings)


def _of_all_items(
    condition: dict[str, Any], manifests: Sequence[Mapping[str, Any]]
) -> dict[str, Any]:
    """A condition without its tokens where runs of several sets of items tell them apart."""
    told = [
        entry.get("tokens", {})
        for manifest in manifests
        for entry in manifest["conditions"]
        if entry["condition"] == condition["condition"]
    ]
    return {**condition, "tokens": {}} if any(one != told[0] for one in told) else condition


def rates_of(manifest: Mapping[str, Any]) -> dict[str, int]:
    """Sampling rate of each metric, in Hz, of a run whose suite states one; none of others."""
    if "sample_rate" not in manifest["suite"]:
        return {}
    return {entry["metric"]: entry["sample_rate"] for entry in manifest["metrics"]}


def merge(runs: Sequence[Run]) -> Run:
    """Several runs as one; of what two have both, the first's is kept.

    Raises:
        RunError: they differ in the version of a metric, the content of an item, or the codec
            behind a condition: every difference is named.
    """
    if len(runs) == 1:
        return runs[0]
    differences = [text for one, other in combinations(runs, 2) for text in differing(one, other)]
    if differences:
        raise RunError("these runs do not merge:\n  " + "\n  ".join(differences))
    rows = pd.concat([run.scores.rows for run in runs], ignore_index=True)
    rows = rows.drop_duplicates(list(ROW_COLUMNS[:4]))
    findings = pd.concat([run.findings for run in runs], ignore_index=True)
    return make_run(
        [directory for run in runs for directory in run.directories],
        [manifest for run in runs for manifest in run.manifests],
        rows,
        findings.drop_duplicates(list(_FINDINGS[:2])),
    )


def on_common_items(run: Run) -> Run:
    """The values of the items alone that each of the runs which were merged has.

    Raises:
        RunError: there is no such item.
    """
    listed = [{item["id"] for item in manifest["items"]} for manifest in run.manifests]
    shared = set.intersection(*listed)
    if not shared:
        told = "\n  ".join(
            f"{directory.root}: {len(items)} items, such as {min(items)}"
            for directory, items in zip(run.directories, listed, strict=True)
        )
        raise RunError(f"no item is in all of these runs, so that nothing compares:\n  {told}")
    findings = run.findings[run.findings["item"].isin(shared) | (run.findings["item"] == "")]
    return replace(run, scores=run.scores.among(shared), findings=findings)


def differing(one: Run, other: Run, conditions: bool = True) -> list[str]:
    """Why values of two runs are not comparable: a sentence for each difference.

    Args:
        one: a run.
        other: another one.
        conditions: must a condition's name stand for the same codec in both?
    """
    kinds: list[tuple[str, dict[str, str], dict[str, str]]] = [
        ("metric", _metric_versions(one), _metric_versions(other)),
        ("item", _item_hashes(one), _item_hashes(other)),
    ]
    if conditions:
        kinds.append(("condition", _identities(one), _identities(other)))
    return [
        f"{kind} {name}: {mine[name]} in {one.directories[0].root}, "
        f"{theirs[name]} in {other.directories[0].root}"
        for kind, mine, theirs in kinds
        for name in mine
        if name in theirs and mine[name] != theirs[name]
    ]


def _metric_versions(run: Run) -> dict[str, str]:
    return {e["metric"]: f"version {e['version']}" for m in run.manifests for e in m["metrics"]}


def _item_hashes(run: Run) -> dict[str, str]:
    def content(item: Mapping[str, Any]) -> str:
        reference = item.get("reference_sha256", "")[:12]
        return f"content {item['sha256'][:12]}" + (f", reference {reference}" if reference else "")

    return {name: content(item) for name, item in run.scores.items.items()}


def _identities(run: Run) -> dict[str, str]:
    return {
        name: " ".join(str(condition[key]) for key in _IDENTITY if condition[key])
        for name, condition in run.scores.conditions.items()
    }
