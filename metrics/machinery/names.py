"""What to say of a name that nothing has: the nearest one, and all that there are.

It stands in the lowest layer since whatever is found by name, up to the commands, says it so.
"""

from collections.abc import Iterable
from difflib import get_close_matches

_LIKE = 0.6  # of the characters, as difflib counts them
_NAMED = 60  # more names are no help


def nearest(name: str, known: Iterable[str]) -> str:
    """The known name that is most like this one, whatever its case; "" where none is like it."""
    folded = {other.casefold(): other for other in known}
    found = get_close_matches(name.casefold(), folded, 1, _LIKE)
    return folded[found[0]] if found else ""


def unknown(noun: str, name: str, known: Iterable[str], also: str = "") -> str:
    """One line on a name that nothing of this kind has.

    Args:
        noun: what messages call one: "codec".
        name: the one that was given.
        known: all that there are, in their order.
        also: what else would do, to end the list with.
    """
    names = list(dict.fromkeys(known))
    near = nearest(name, names)
    guess = f"did you mean {near}? " if near else ""
    more = f", and {len(names) - _NAMED} more" if len(names) > _NAMED else ""
    listed = ", ".join(names[:_NAMED]) + more + (f", {also}" if also else "")
    return f"no {noun} is called {name!r}; {guess}there are: {listed or 'none'}"
