"""Runs a robustness suite: the clean run first, then one run for each degradation.

    DIR/clean              the run of the suite's conditions on its items
    DIR/LABEL              the run of one degradation, such as `noise-babble-10dB`
    DIR/LABEL/recordings   what the codecs were given, where recordings are degraded; 24-bit FLAC
    DIR/robustness.csv     every difference to the clean run, with its interval
    DIR/robustness.md      the same as tables

Each is a run like any other, with its leaderboard and its report; conditions and items go by the
same names in all of them.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial
from io import BytesIO
from pathlib import Path

import numpy as np
import soundfile

from ... import metrics
from ...codecs import Codec
from ...metrics.base import Signal
from ...metrics.machinery.signals import resample
from ..data.items import Item, open_items, read_audio
from ..data.manifest import Listing
from ..degradations import ChannelDegradation, DegradationError, RecordingDegradation
from ..degradations.base import NotApplicable, Place
from ..degradations.declared import Declared
from ..store.atomic import write_atomically
from ..store.contents import check_content
from ..store.run_directory import RunDirectory
from .suite import Suite

CLEAN = "clean"


@dataclass(frozen=True)
class SuitePart:
    """One run of a robustness suite.

    Attributes:
        label: its folder: `CLEAN`, or the degradation's.
        suite: what is run; None where the degradation applies to no condition.
        items: of it.
        not_applicable: reason by condition.
    """

    label: str
    suite: Suite | None
    items: Sequence[Item]
    not_applicable: Mapping[str, str]


def parts(suite: Suite, items: Sequence[Item], directory: RunDirectory) -> Iterator[SuitePart]:
    """The runs of a suite, one after the other; each writes its recordings when it is asked for.

    Raises:
        DegradationError: a recording cannot be degraded as the suite wants it.
        ContentError, AudioError: a recording has changed, or cannot be read.
        OSError: a degraded recording cannot be written.
    """
    plain = replace(suite, degradations=())
    yield SuitePart(CLEAN, replace(plain, name=f"{suite.name}-{CLEAN}"), items, {})
    for declared in suite.degradations:
        yield _part(plain, declared, items, directory)


def _part(
    suite: Suite, declared: Declared, items: Sequence[Item], directory: RunDirectory
) -> SuitePart:
    degradation, label = declared.degradation, declared.label
    given: Sequence[Item] = items[: declared.items]
    codecs: Sequence[Codec] = suite.codecs
    not_applicable: dict[str, str] = {}
    if isinstance(degradation, RecordingDegradation):
        given = _recorded(declared, given, items, directory.root / label / "recordings")
    else:
        assert isinstance(degradation, ChannelDegradation)
        _keep_patterns(degradation, given, suite.draws, directory.root / label)
        codecs = list(_wrapped(degradation, suite.codecs, not_applicable))
    unmeasured = dict(suite.unmeasured)
    names = tuple(_measuring(suite, declared, given, unmeasured))
    if not codecs or not names:
        return SuitePart(label, None, given, not_applicable)
    own = replace(
        suite,
        name=f"{suite.name}-{label}",
        title=f"{suite.title}: {label}",
        codecs=tuple(codecs),
        metrics=names,
        unmeasured=unmeasured,
        limits=(),
    )
    return SuitePart(label, own, given, not_applicable)


def _wrapped(
    degradation: ChannelDegradation, codecs: Sequence[Codec], not_applicable: dict[str, str]
) -> Iterator[Codec]:
    for codec in codecs:
        try:
            yield degradation.wrap(codec)
        except NotApplicable as error:
            not_applicable[codec.condition] = str(error)


def _measuring(
    suite: Suite, declared: Declared, items: Sequence[Item], unmeasured: dict[str, str]
) -> Iterator[str]:
    """The metrics of a part: those wanted, if its shortest item is long enough for them."""
    shortest = min(item.seconds for item in items)
    for name in suite.metrics:
        if declared.metrics is not None and name not in declared.metrics:
            continue
        if (needed := metrics.get(name).shortest) > shortest:
            unmeasured[name] = f"needs {needed:g} s, the shortest item has {shortest:.3g} s"
        else:
            yield name


def _recorded(
    declared: Declared, items: Sequence[Item], everything: Sequence[Item], folder: Path
) -> list[Item]:
    """Degraded recordings, written into a folder; ids, speakers and texts are the items'."""
    degradation, listings = declared.degradation, []
    assert isinstance(degradation, RecordingDegradation)
    _begin(folder.parent)
    for item in items:
        signal, rate = _read(item)
        rest = [other for other in everything if other.id != item.id]
        place = Place(
            item.id,
            [partial(_read_at, other) for other in rest],
            item.speaker,
            [other.speaker for other in rest],
        )
        degraded = degradation.apply(signal, rate, place)
        if not len(degraded) or np.abs(degraded).max() > 1:
            raise DegradationError(f"{degradation.label}: {item.id} does not fit full scale")
        flac = BytesIO()
        soundfile.write(flac, degraded, rate, format="FLAC", subtype="PCM_24")
        path = folder / f"{item.id}.flac"
        write_atomically(path, flac.getvalue())
        clean = item.compared if declared.clean else None
        listings.append(
            Listing(
                item.id, path.absolute(), item.speaker, item.sex, item.text,
                language=item.language,
                columns=item.columns,
                reference=clean.path if clean else None,
                reference_sha256=clean.sha256 if clean else "",
            )
        )  # fmt: skip
    return open_items(listings)


def _keep_patterns(
    degradation: ChannelDegradation, items: Sequence[Item], draws: int, folder: Path
) -> None:
    """Write what the channel does to every item and draw, whatever the codec."""
    for item in items:
        for draw in range(draws):
            if pattern := degradation.record(item.id, item.seconds, draw):
                _begin(folder)
                name = f"{item.id}@{draw}.g192" if draw else f"{item.id}.g192"
                write_atomically(folder / "patterns" / name, pattern)


def _begin(folder: Path) -> None:
    """A run's folder, which it is before anything else lies in it."""
    folder.mkdir(parents=True, exist_ok=True)
    RunDirectory(folder).journal.touch()


def _read_at(item: Item, rate: int) -> Signal:
    return resample(*_read(item), rate)


def _read(item: Item) -> tuple[Signal, int]:
    check_content(item.path, item.sha256)
    signal, rate, _ = read_audio(item.path)
    return signal, rate
