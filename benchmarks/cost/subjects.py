"""Whose costs are measured: the conditions of a suite, or of a run that lies in a directory."""

import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from ...codecs import Codec, CodecError
from ...metrics.machinery.names import unknown
from ..degradations.channel import remake
from ..run.provenance import describe_condition
from ..run.suite import load_suite, suite_names
from ..store.run_directory import RunDirectory, RunError
from ..store.run_manifest import read_run_manifest, refuse_programs

_IDENTITY = ("settings", "fingerprint", "backend")


@dataclass(frozen=True)
class Subject:
    """Conditions, and the directory of the run that their costs belong to.

    Attributes:
        name: as it was asked for.
        root: the directory.
        codecs: by condition.
        missing: why its other conditions cannot run.
    """

    name: str
    root: Path
    codecs: dict[str, Codec]
    missing: Mapping[str, str] = field(default_factory=dict)


def open_subject(name: str, programs: bool = False) -> Subject:
    """The subject of a run's directory, of a suite's name or of its .toml file.

    A suite's costs belong to the directory that `nscbench run` takes for it by default.

    Args:
        name: of the subject.
        programs: may the programs be run that a run's manifest names? A suite's may.

    Raises:
        RunError: there is none of these, a condition of the run is another one here, or a program.
        SuiteError: the suite cannot be read.
    """
    if os.path.lexists(RunDirectory(Path(name)).manifest):
        return Subject(name, Path(name), _codecs_of(Path(name), programs))
    if name.endswith(".toml") or name in suite_names():
        suite = load_suite(name)
        codecs = {codec.condition: codec for codec in suite.codecs}
        lacking = {one.condition: one.reason for one in (*suite.not_run, *suite.optional)}
        return Subject(name, Path("runs") / suite.name, codecs, lacking)
    what = unknown("suite", name, suite_names(), "or a path to a .toml")
    raise RunError(f"{name} is neither the directory of a finished run nor a suite; {what}")


def chosen_codecs(subject: Subject, wanted: Sequence[str]) -> list[Codec]:
    """The codecs of these conditions; all where none is named.

    Raises:
        RunError: the subject has no such condition.
    """
    for condition in wanted:
        if condition in subject.missing:
            raise RunError(f"{condition} cannot run here: {subject.missing[condition]}")
        if condition not in subject.codecs:
            raise RunError(f"{subject.name}: {unknown('condition', condition, subject.codecs)}")
    return [subject.codecs[condition] for condition in wanted or subject.codecs]


def _codecs_of(root: Path, programs: bool) -> dict[str, Codec]:
    manifest = read_run_manifest(RunDirectory(root))
    if not programs:
        refuse_programs(manifest)
    entries, settings = manifest["conditions"], manifest.get("arguments", {})
    codecs: dict[str, Codec] = {}
    for entry in entries:
        name = entry["condition"]
        try:
            codec = remake(entry["codec"], settings[name])
        except (CodecError, KeyError) as error:
            raise RunError(f"{root}: {name} cannot run here: {error}") from error
        here = describe_condition(codec)
        for key in _IDENTITY:
            if here[key] != entry[key]:
                raise RunError(
                    f"{root}: the {key} of {name} is {entry[key]!r} in the run, {here[key]!r} here"
                )
        codecs[name] = codec
    return codecs
