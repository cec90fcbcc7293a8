"""Suites: which codecs, at which settings, on which items, measured by what.

A suite is a TOML file of `benchmarks/suites/`, or any path:

    title = "Conventional codecs"
    items = "speech"                   # manifest or folder, from the suite's folder; or "demo",
                                       # the embedded set, as by default; `--items` overrides it
    metrics = ["pesq", "visqol"]       # default: every metric that can run here
    draws = 3                          # decodings per item of stochastic codecs; default 1, at
                                       # most 1000
    normalize = -26                    # dBFS: the level at which pairs are scored; default: as is
    sample_rate = 48000                # Hz: the band that is scored; default 16000

    [[condition]]
    codec = "opus"
    kbps = [6, 8, 12]                  # a list is a grid

    [[condition]]
    codec = "gan"
    weights = "new/gan.safetensors"    # any setting of the codec
    label = "new"                      # ends the condition's name, which is unique: gan-3-new
    isolate = true                     # runs in processes of its own, with bounded memory

Programs and folders of decoded audio are conditions too: see `codecs.external`.

A suite with degradations is a robustness suite (`degradations.declared`); it may take a part of its
items: `sample = 8`. It may state limits, and the document that they are from (`store.limits`).

Unknown keys are errors.
"""

import os
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from ...codecs import Codec, CodecError
from ...codecs.external import kind_of
from ...codecs.external.decoded import Decoded
from ...codecs.registry import unchecked
from ...metrics.machinery.weights import COMMAND, set_to_get
from ..data.items import EMBEDDED
from ..degradations import DegradationError
from ..degradations.declared import Declared
from ..degradations.declared import read as read_degradations
from ..store.limits import Limit, LimitError, read_document
from ..store.printable import printable
from .limits import limits_of
from .suite_metrics import chosen_metrics
from .suite_settings import LOWEST_RATE, SuiteError, check_keys, grid

FOLDER = Path(__file__).parents[1] / "suites"


@dataclass(frozen=True)
class Suite:
    """A suite whose codecs and metrics exist and run here.

    Attributes:
        name: of its file.
        items: manifest or folder of its items, or the name of an embedded set.
        codecs: its operating points, in order.
        metrics: names of its metrics, in order.
        draws: decodings per item of a stochastic codec.
        unavailable: conditions and metrics that cannot run here, with the reason.
        isolated: conditions that run in processes of their own.
        sample: how many items a robustness suite takes, spread over the set; 0 for all.
        degradations: of a robustness suite.
        normalize: RMS of the reference, in dBFS, to which a pair is brought before it is scored.
        sample_rate: Hz, that no metric measures above, and every item has at least.
        limits: that its codecs are to keep.
        document: that it follows, and what it covers of it: see `store.limits`.
        folder: where it lies.
    """

    name: str
    title: str
    items: str
    codecs: tuple[Codec, ...]
    metrics: tuple[str, ...]
    draws: int
    unavailable: Mapping[str, str]
    isolated: frozenset[str] = frozenset()
    sample: int = 0
    degradations: tuple[Declared, ...] = ()
    normalize: float | None = None
    sample_rate: int = LOWEST_RATE
    limits: tuple[Limit, ...] = ()
    document: Mapping[str, Any] = field(default_factory=dict)
    folder: Path = Path()

    @property
    def source(self) -> str:
        """Its items, as `read_items` takes them: like decoded audio, from the suite's folder."""
        if self.items in EMBEDDED:
            return self.items
        return str(Path(self.folder, os.path.expanduser(self.items)))


def left_out(unavailable: Mapping[str, str]) -> list[str]:
    """A line for each reason of a suite's `unavailable`, naming all that it leaves out.

    What only lacks weights is one line together.
    """
    by_reason: dict[str, list[str]] = {}
    sets: dict[str, list[str]] = {}
    for name, why in unavailable.items():
        if wanted := set_to_get(why):
            sets.setdefault(wanted, []).append(name)
        else:
            by_reason.setdefault(why, []).append(name)
    lines = [f"left out: {', '.join(names)}: {why}" for why, names in by_reason.items()]
    if sets:
        names = ", ".join(name for lacking in sets.values() for name in lacking)
        lines.append(f"left out: {names}: need weights: {COMMAND} {' '.join(sets)}")
    return lines


def decoded_folders(suite: Suite) -> list[Path]:
    """Where the decoded audio lies that a suite names: no recordings of a test set."""
    return [c.within_suite(c.decoded) for c in suite.codecs if isinstance(c, Decoded)]


def suite_names() -> dict[str, str]:
    """The suites that come with nscbench: title by name."""
    return {
        file.stem: str(tomllib.loads(file.read_text("utf-8"))["title"])
        for file in sorted(FOLDER.glob("*.toml"))
    }


def load_suite(source: str) -> Suite:
    """The suite of a name, or of a TOML file.

    Raises:
        SuiteError: there is no such suite, or it says something that is not allowed.
    """
    path = Path(source)
    if path.suffix == ".toml":
        name, where, folder = path.stem, source, path.parent
        if path.exists() and not path.is_file():  # a pipe would be waited for
            raise SuiteError(f"{source}: is no file")
        try:
            text = path.read_text("utf-8-sig")
        except (OSError, UnicodeDecodeError) as error:
            raise SuiteError(f"{source}: cannot be read: {error}") from error
    elif source in suite_names():
        name, where, folder = source, f"suite {source}", FOLDER
        text = (FOLDER / f"{source}.toml").read_text("utf-8")
    else:
        raise SuiteError(
            f"no suite is called {source!r}; there are: {', '.join(suite_names())}, "
            "or a path to a .toml"
        )
    try:
        content = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise SuiteError(f"{where}: not TOML: {error}") from error
    except RecursionError as error:
        raise SuiteError(f"{where}: is nested too deeply") from error
    return _suite(name, where, folder.absolute(), content)


def _suite(name: str, where: str, folder: Path, content: Mapping[str, Any]) -> Suite:
    check_keys(where, content)
    try:
        degradations = read_degradations(content.get("degradation", []))
    except DegradationError as error:
        raise SuiteError(f"{where}: {error}") from error
    sample = content.get("sample", 0)
    if sample < 0 or (sample and not degradations):
        raise SuiteError(f"{where}: sample is a number of items of a suite with degradations")
    unavailable: dict[str, str] = {}
    codecs, isolated = _codecs(where, folder, content.get("condition", []), unavailable)
    if not codecs:
        raise SuiteError(_nothing(where, "condition", unavailable))
    rate = content.get("sample_rate", LOWEST_RATE)
    wanted = _metrics(where, content.get("metrics"), rate, unavailable)
    try:
        limits = limits_of(content.get("limit", []), wanted, unavailable, degradations)
        document = read_document(content.get("document", {}))
    except LimitError as error:
        raise SuiteError(f"{where}: {error}") from error
    return Suite(
        name=name,
        title=printable(content.get("title", name)),
        items=content.get("items", "demo"),
        codecs=codecs,
        metrics=wanted,
        draws=content.get("draws", 1),
        unavailable=unavailable,
        isolated=isolated,
        sample=sample,
        degradations=degradations,
        normalize=content.get("normalize"),
        sample_rate=rate,
        limits=limits,
        document=document,
        folder=folder,
    )


def _codecs(
    where: str, folder: Path, conditions: list[Any], unavailable: dict[str, str]
) -> tuple[tuple[Codec, ...], frozenset[str]]:
    """The codecs that run here, and which conditions run in processes of their own."""
    codecs: dict[str, Codec] = {}
    isolated = set()
    for settings in grid(where, conditions):
        isolate = settings.pop("isolate", False)
        if not isinstance(isolate, bool):
            raise SuiteError(f"{where}: isolate must be true or false, not {isolate!r}")
        if kind_of(settings):
            settings["folder"] = str(folder)
        codec = _codec(where, settings, unavailable)
        if codec is None:
            continue
        if codec.condition in codecs:
            raise SuiteError(f"{where}: {codec.condition} appears twice; a label tells them apart")
        codecs[codec.condition] = codec
        if isolate:
            isolated.add(codec.condition)
    return tuple(codecs.values()), frozenset(isolated)


def _codec(where: str, settings: dict[str, Any], unavailable: dict[str, str]) -> Codec | None:
    name = settings.pop("codec")
    try:
        codec = unchecked(name, settings)
        lacking = codec.lacking
    except (CodecError, TypeError) as error:
        raise SuiteError(f"{where}: {error}") from error
    if not lacking:
        return codec
    unavailable[codec.condition] = lacking
    return None


def _metrics(
    where: str, wanted: list[str] | None, rate: int, unavailable: dict[str, str]
) -> tuple[str, ...]:
    chosen, lacking = chosen_metrics(where, wanted, rate)
    if not chosen:
        raise SuiteError(_nothing(where, "metric", lacking))
    unavailable |= lacking
    return chosen


def _nothing(where: str, what: str, unavailable: Mapping[str, str]) -> str:
    lines = [f"{where}: no {what} can run here", *left_out(unavailable)]
    return "\n  ".join(lines) if unavailable else f"{lines[0]}: there is none"
