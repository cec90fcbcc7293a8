"""Ctrl-C is heard, whatever Python does when it comes."""

import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType


class Interrupts:
    """What came so far."""

    def __init__(self) -> None:
        self._came = False

    def check(self) -> None:
        """Raise what was lost.

        Raises:
            KeyboardInterrupt: there was an interrupt, and the program is still at work.
        """
        if self._came:
            raise KeyboardInterrupt

    def note(self, number: int, frame: FrameType | None) -> None:
        """Do as Python does, and remember it."""
        self._came = True
        signal.default_int_handler(number, frame)


@contextmanager
def heard() -> Iterator[Interrupts]:
    """Remember interrupts: Python drops one that it has to raise within a destructor."""
    interrupts = Interrupts()
    ours = threading.current_thread() is threading.main_thread()
    if not ours or signal.getsignal(signal.SIGINT) is not signal.default_int_handler:
        yield interrupts  # a program started in the background, or a part of one, is not asked
        return
    signal.signal(signal.SIGINT, interrupts.note)
    try:
        yield interrupts
    finally:
        signal.signal(signal.SIGINT, signal.default_int_handler)
