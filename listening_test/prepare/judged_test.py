"""A listening test beside MUSHRA: what is asked for, and what is made of it."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from .clips import Clip
from .configuration import PLAIN, Configuration
from .designs import Heard, Presentation
from .panel import Panel
from .stimuli import Samples, Treatment
from .stopping import Stopping

USUAL_MINUTES = 20.0  # of a session: P.800 asks for breaks after that


@dataclass(frozen=True)
class Request:
    """What is asked for; `conditions` of the run, all its codecs if none is named.

    `items` clips, as many as are usual if None; `against` the condition that others are compared
    with; `tie` whether ab may prefer neither; `minutes` of a session; `clip_seconds` shortest and
    longest clip, the test's if None; `words` the manifest of drt and mrt.
    """

    test: str
    conditions: tuple[str, ...] = ()
    items: int | None = None
    mnru: tuple[int, ...] = ()
    seed: int = 0
    against: str = ""
    tie: bool = False
    minutes: float = USUAL_MINUTES
    clip_seconds: tuple[float, float] | None = None
    words: Path | None = None
    stopping: Stopping = field(default_factory=Stopping)
    panel: Panel = field(default_factory=Panel)
    configuration: Configuration = PLAIN


@dataclass(frozen=True)
class JudgedTrial:
    """One trial: its id, which says nothing; and the blind ids of what is heard, in order."""

    id: str
    presentation: Presentation
    order: tuple[str, ...]
    words: tuple[str, ...] = ()


@dataclass(frozen=True)
class JudgedTest:
    """A test that is ready to be written.

    Attributes:
        conditions: that are judged; `against` is what they are compared with, "" if each other.
        column: objective metric that the clips are spread over.
        clips: by id.
        trials: training first.
        blocks: ids of the trials of each, training left out, checks included.
        heard: what each blind id is.
        signals: 16 bit [T], by blind id.
        treatments: of a clip's items, by clip and condition.
    """

    id: str
    request: Request
    rate: int
    conditions: tuple[str, ...]
    against: str
    column: str
    clips: Mapping[str, Clip]
    trials: tuple[JudgedTrial, ...]
    blocks: tuple[tuple[str, ...], ...]
    heard: Mapping[str, Heard]
    signals: Mapping[str, Samples]
    treatments: Mapping[tuple[str, str], tuple[Treatment, ...]]
    remarks: tuple[str, ...]
