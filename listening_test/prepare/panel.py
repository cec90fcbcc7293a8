"""Listeners of a crowd: who they are to their panel, how long they have, what they get at the end.

A panel such as Prolific opens the test's link with the listener's id in a parameter, and pays those
who bring back a code. The id then stands in the records as `listener`, and the server takes one
session of each. Without a parameter's name, no id is read from the link: by default nothing
personal is known.

The code is part of the page, and shown once every answer has arrived (without a server: at the
end). Who reads a page's source finds it, so that work is accepted by the records, not by the code.
"""

import re
from dataclasses import dataclass, replace
from typing import Any

from ..schema import BuildError
from .configuration import Configuration

_PARAMETER = re.compile(r"[A-Za-z][A-Za-z0-9_.-]{0,39}")
_CODE = re.compile(r"[\w.-]{1,64}")
_LONGEST_MINUTES = 24 * 60
BLOCK_PARAMETER = "block"  # of the link: which block, from 1


@dataclass(frozen=True)
class Panel:
    """What is arranged with a panel.

    Attributes:
        parameter: of the link, with the listener's id; "" where listeners are anonymous.
        code: shown at the end; "" for none.
        minutes: from the start of a session to its end; None for no limit.
    """

    parameter: str = ""
    code: str = ""
    minutes: float | None = None

    def __post_init__(self) -> None:
        if self.parameter and not _PARAMETER.fullmatch(self.parameter):
            raise BuildError(
                f"{self.parameter!r} is no name of a link's parameter: letters, digits, _ . -"
            )
        if self.parameter == BLOCK_PARAMETER:
            raise BuildError(f"the parameter {BLOCK_PARAMETER!r} says which block a listener takes")
        if self.code and not _CODE.fullmatch(self.code):
            raise BuildError(f"{self.code!r} is no completion code: 1 to 64 letters, digits, _ . -")
        if self.minutes is not None and not 0 < self.minutes <= _LONGEST_MINUTES:
            raise BuildError(
                f"a time limit of {self.minutes:g} minutes; it is above 0, and at most "
                f"{_LONGEST_MINUTES}"
            )

    def description(self) -> dict[str, Any]:
        """As the player has it."""
        return {"parameter": self.parameter, "code": self.code, "minutes": self.minutes}


def settled(panel: Panel, configuration: Configuration) -> tuple[Panel, Configuration]:
    """One word on participants, who are the listeners of tests beside MUSHRA.

    Raises:
        BuildError: the two say different things, or one that these tests do not have.
    """
    named = configuration.participant
    if named and panel.parameter not in ("", named):
        raise BuildError(
            f"--listener-parameter {panel.parameter}, but the configuration's participant is in "
            f"{named}"
        )
    if configuration.seconds:
        raise BuildError(
            "requirements: seconds are of mushra; in other tests what is to be heard is fixed"
        )
    plain = replace(configuration, participant="", participant_required=False)
    return replace(panel, parameter=panel.parameter or named), plain
