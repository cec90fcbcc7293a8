"""Notices Ctrl-C even when Python drops it: it cannot raise an exception within a destructor."""

import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType


class Interrupts:
    """Has an interrupt come?"""

    def __init__(self) -> None:
        self._came = False

    def check(self) -> None:
        """Raise an interrupt that Python has dropped.

        Raises:
            KeyboardInterrupt: one came, and the program has not ended since.
        """
        if self._came:
            raise KeyboardInterrupt

    def note(self, number: int, frame: FrameType | None) -> None:
        """Remember the interrupt, then raise it as Python does: the signal's handler."""
        self._came = True
        signal.default_int_handler(number, frame)


@contextmanager
def heard() -> Iterator[Interrupts]:
    """Handle interrupts by `Interrupts.note` until the end of the block."""
    interrupts = Interrupts()
    ours = threading.current_thread() is threading.main_thread()
    if not ours or signal.getsignal(signal.SIGINT) is not signal.default_int_handler:
        yield interrupts  # in the background, or in a larger program, Ctrl-C is not ours
        return
    signal.signal(signal.SIGINT, interrupts.note)
    try:
        yield interrupts
    finally:
        signal.signal(signal.SIGINT, signal.default_int_handler)
