"""Which conditions of a table are the hidden reference and the anchors.

A key says it; so do the words of `schema`. Tables of others have words of their own, and a hidden
reference that is taken for a system would be ranked, would escape the screening, and would stretch
every correlation. So what only looks like one of them is asked about.
"""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from ..schema import (
    ANCHOR,
    LOW_ANCHOR,
    MID_ANCHOR,
    MNRU,
    REFERENCE,
    ResultsError,
    condition_of,
    is_system,
)

NONE = "none"

_LIKE_REFERENCE = re.compile(
    r"(?<![a-z])reference|hidden|^(ref|orig|original)([_ .-]|$)", re.IGNORECASE
)
_LIKE_ANCHOR = re.compile(r"anchor|low.?pass|^lp[_ .-]?\d", re.IGNORECASE)


@dataclass(frozen=True)
class Roles:
    """Our word of each condition that has a role, and whether roles of a kind were told at all."""

    words: Mapping[str, str] = field(default_factory=dict)
    reference_told: bool = False
    anchors_told: bool = False

    def condition(self, name: str) -> str:
        """The condition that a table's name stands for."""
        return self.words.get(name.strip(), condition_of(name))

    def check(self, names: Iterable[str]) -> None:
        """Refuse names of a table that leave open what they are.

        Raises:
            ResultsError: with the option that settles it; or a name that was told is not there.
        """
        found = sorted(set(names))
        if lacking := [name for name in self.words if name not in {n.strip() for n in found}]:
            raise ResultsError(
                f"no condition is called {lacking[0]!r}; there are: {', '.join(found)}"
            )
        references = [name for name in found if self.condition(name) == REFERENCE]
        if len({name.strip().casefold() for name in references}) > 1:
            raise ResultsError(f"two conditions are the reference: {', '.join(references)}")
        systems = [name for name in found if is_system(self.condition(name))]
        doubtful = [name for name in systems if _LIKE_REFERENCE.search(name)]
        if doubtful and not self.reference_told:
            raise ResultsError(
                f"is {doubtful[0]!r} the hidden reference? --reference {_shell(doubtful[0])} says "
                f"so; --reference {NONE} says that it is a system under test"
            )
        doubtful = [name for name in systems if _LIKE_ANCHOR.search(name)]
        if doubtful and not self.anchors_told:
            raise ResultsError(
                f"is {doubtful[0]!r} an anchor? --anchors {_shell(doubtful[0])} says so, with "
                f"={LOW_ANCHOR} or ={MID_ANCHOR} behind it for one of 3.5 or 7 kHz; "
                f"--anchors {NONE} says that it is a system under test"
            )


PLAIN = Roles()


def doubtful_names(names: Iterable[str]) -> list[str]:
    """A note on each system that looks like the hidden reference or an anchor."""
    found = []
    for name in sorted({name for name in names if is_system(name)}):
        for like, what, word in (
            (_LIKE_REFERENCE, "the hidden reference", REFERENCE),
            (_LIKE_ANCHOR, "an anchor", f"{ANCHOR}NAME"),
        ):
            if like.search(name):
                found.append(
                    f"{name!r} is taken for a system under test; if it is {what}, call it {word}"
                )
                break
    return found


def parse_roles(reference: str | None, anchors: Sequence[str] | None) -> Roles:
    """What `--reference` and `--anchors` say.

    Raises:
        ResultsError: an anchor's word that is none, or a condition with two roles.
    """
    words: dict[str, str] = {}
    if reference is not None and reference != NONE:
        words[reference.strip()] = REFERENCE
    for entry in anchors or ():
        if list(anchors or ()) == [NONE]:
            break
        name, sign, word = entry.rpartition("=")
        if not sign:
            name, word = entry, _anchor(entry)
        name, word = name.strip(), word.strip().casefold()
        if not name or word == REFERENCE or is_system(word):
            raise ResultsError(
                f"--anchors {entry!r}: it is NAME, or NAME={LOW_ANCHOR}, NAME={MID_ANCHOR} or "
                f"NAME={MNRU}Q"
            )
        if name in words:
            raise ResultsError(f"{name!r} is named as reference or anchor twice")
        words[name] = word
    return Roles(words, reference is not None, anchors is not None)


def _anchor(name: str) -> str:
    """Our word of an anchor that no rule knows."""
    if not is_system(condition_of(name)):
        return condition_of(name)
    return ANCHOR + re.sub(r"^(anchor)?[_ .-]*", "", name.strip().casefold())


def _shell(name: str) -> str:
    return name if re.fullmatch(r"[\w.=-]+", name) else f'"{name}"'
