"""What a run shows while it goes on: a bar, what is done right now, and how long it will last."""

import sys
import time
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from math import ceil
from types import TracebackType
from typing import Any, Self

from tqdm import tqdm

from ..store.cache import Stage
from .pace import Pace, in_words
from .pieces import Decoding, Encoding
from .plan import Plan

Piece = Encoding | Decoding

_PATIENCE = 60.0  # seconds after which the whole time is told, though a condition has not begun


class Progress:
    """The progress of a run; a context manager.

    Args:
        plan: what is done.
        recorded: what coding took before: see `Pace`.
        finished: is called with a condition as soon as all of it is done, if any of it was new.
    """

    def __init__(
        self,
        plan: Plan,
        recorded: Mapping[str, Mapping[Stage, float]] | None = None,
        finished: Callable[[str], object] = lambda condition: None,
    ) -> None:
        audio = sum(item.seconds for item in plan.items)
        draws = {codec.condition: len(plan.draws(codec)) for codec in plan.suite.codecs}
        self._pace = Pace(
            {
                name: {"encode": audio, "decode": audio * count, "score": audio * count}
                for name, count in draws.items()
            },
            recorded,
        )
        self._to_do = Counter({name: count * len(plan.items) for name, count in draws.items()})
        self._total = ceil(audio * sum(draws.values()))
        self._new: set[str] = set()  # conditions of which something was done and not found
        self._told = False
        self._finished = finished
        self._began = time.monotonic()

    def __enter__(self) -> Self:
        self._bar: tqdm[Any] = tqdm(
            total=self._total,
            desc="audio",
            bar_format="{desc} {percentage:3.0f}% |{bar:30}| {n:.0f}/{total:.0f} s "
            "[{elapsed}{postfix}]",
            mininterval=0.2 if sys.stderr.isatty() else 15,
        )
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._show("")
        self._bar.close()

    def now(self, coding: str, scoring: str) -> None:
        """Show which conditions are coded and scored at this moment, and the time that is left."""
        left = self._pace.left(time.monotonic())
        both = (("coding", coding), ("scoring", scoring))
        doing = [f"{what} {name}" for what, name in both if name]
        said = "" if left is None else f"{in_words(left)} left"
        self._show(", ".join(filter(None, (said, *doing))))
        over = time.monotonic() - self._began
        if left is not None and not self._told and (self._pace.known or over > _PATIENCE):
            self._told = True
            tqdm.write(f"estimate: {in_words(over + left)} in all, {in_words(left)} of them left")

    def _show(self, text: str) -> None:
        self._bar.set_postfix_str(text, refresh=False)

    def took(self, stage: Stage, pieces: Sequence[Piece], seconds: float | None) -> None:
        """Count a task that coded pieces of one condition; no seconds where nobody knows them."""
        name = pieces[0].codec.condition
        self._new.add(name)
        audio = sum(piece.item.seconds for piece in pieces)
        self._pace.took(name, stage, audio, seconds, time.monotonic())

    def found(self, stage: Stage, pieces: Iterable[Piece]) -> None:
        """Count what was done before, or is not done at all."""
        for piece in pieces:
            now = time.monotonic()
            self._pace.took(piece.codec.condition, stage, piece.item.seconds, None, now)

    def advance(self, piece: Piece, seconds: float | None = None) -> None:
        """Count a draw of an item that is scored, or has failed.

        Args:
            piece: of the item.
            seconds: that scoring took; None where it took none, or nobody knows.
        """
        name, audio = piece.codec.condition, piece.item.seconds
        self._pace.took(name, "score", audio, seconds, time.monotonic())
        self._bar.update(audio)
        self._to_do[name] -= 1
        if not self._to_do[name] and name in self._new:
            self._finished(name)
