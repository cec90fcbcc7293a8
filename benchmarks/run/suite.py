"""Suites: which codecs, at which settings, on which items, measured by what.

A suite is a TOML file of `benchmarks/suites/`, or any path:

    title = "Conventional codecs"
    items = "speech"                   # manifest or folder, from the suite's folder; or "demo",
                                       # the embedded set, as by default; `--items` overrides it
    metrics = ["pesq", "visqol"]       # default: every metric that can run here
    sample = 8                         # of the items, balanced over speakers; default: all
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
    optional = true                    # may be missing: without it, what cannot run is a failure

Programs and folders of decoded audio are conditions too: see `codecs.external`.

A suite with degradations is a robustness suite (`degradations.declared`). A suite may state limits,
and the document that they are from (`store.limits`).

Unknown keys are errors.
"""

import os
import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from ...codecs import Codec
from ...codecs.external.decoded import Decoded
from ...metrics.machinery.names import unknown
from ..data.items import EMBEDDED
from ..degradations import DegradationError
from ..degradations.declared import Declared
from ..degradations.declared import read as read_degradations
from ..store.left_out import NotRun
from ..store.limits import Limit, LimitError, read_document
from ..store.printable import printable
from .limits import limits_of
from .suite_choice import choose_codecs, choose_metrics, metrics_at
from .suite_settings import LOWEST_RATE, SuiteError, check_keys

FOLDER = Path(__file__).parents[1] / "suites"


@dataclass(frozen=True)
class Suite:
    """A suite: what of it runs here, and what does not.

    Attributes:
        name: of its file.
        items: manifest or folder of its items, or the name of an embedded set.
        codecs: its operating points, in order.
        metrics: names of its metrics, in order.
        draws: decodings per item of a stochastic codec.
        not_run: conditions that cannot run here.
        optional: conditions that cannot run here, and may be missing.
        not_measured: metrics that are named and cannot measure here, with the reason.
        unmeasured: metrics that nobody named and that cannot measure here, with the reason.
        isolated: conditions that run in processes of their own.
        sample: how many items are taken, balanced over speakers; 0 for all.
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
    not_run: tuple[NotRun, ...] = ()
    optional: tuple[NotRun, ...] = ()
    not_measured: Mapping[str, str] = field(default_factory=dict)
    unmeasured: Mapping[str, str] = field(default_factory=dict)
    isolated: frozenset[str] = frozenset()
    sample: int = 0
    degradations: tuple[Declared, ...] = ()
    normalize: float | None = None
    sample_rate: int = LOWEST_RATE
    limits: tuple[Limit, ...] = ()
    document: Mapping[str, Any] = field(default_factory=dict)
    folder: Path = Path()

    @property
    def unavailable(self) -> dict[str, str]:
        """Why conditions and metrics are missing that may be."""
        return {**{one.condition: one.reason for one in self.optional}, **self.unmeasured}

    @property
    def whole(self) -> bool:
        """Can all run here that was asked for?"""
        return not (self.not_run or self.not_measured)

    @property
    def source(self) -> str:
        """Its items, as `read_items` takes them: like decoded audio, from the suite's folder."""
        if self.items in EMBEDDED:
            return self.items
        return str(Path(self.folder, os.path.expanduser(self.items)))


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
        raise SuiteError(unknown("suite", source, suite_names(), "or a path to a .toml"))
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
    if sample < 0:
        raise SuiteError(f"{where}: sample is a number of items, 0 for all, not {sample}")
    chosen = choose_codecs(where, folder, content.get("condition", []))
    named, rate = content.get("metrics"), content.get("sample_rate", LOWEST_RATE)
    metrics, lacking = choose_metrics(where, metrics_at(rate) if named is None else named, rate)
    _check_measuring(where, degradations, (*metrics, *lacking))
    try:
        tables = content.get("limit", [])
        limits = limits_of(tables, metrics, lacking, degradations, chosen.judged)
        document = read_document(content.get("document", {}))
    except LimitError as error:
        raise SuiteError(f"{where}: {error}") from error
    return Suite(
        name=name,
        title=printable(content.get("title", name)),
        items=content.get("items", "demo"),
        codecs=tuple(chosen.codecs.values()),
        metrics=metrics,
        draws=content.get("draws", 1),
        not_run=tuple(chosen.not_run),
        optional=tuple(chosen.optional),
        not_measured={} if named is None else lacking,
        unmeasured=lacking if named is None else {},
        isolated=frozenset(chosen.isolated),
        sample=sample,
        degradations=degradations,
        normalize=content.get("normalize"),
        sample_rate=rate,
        limits=limits,
        document=document,
        folder=folder,
    )


def _check_measuring(where: str, degradations: Sequence[Declared], known: Sequence[str]) -> None:
    """Refuse metrics of a degradation that the suite has not: nothing would be measured."""
    for one in degradations:
        for name in one.metrics or ():
            if name not in known:
                raise SuiteError(f"{where}: {one.label}: {unknown('metric of it', name, known)}")
