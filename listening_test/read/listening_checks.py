"""Did listeners hear what they rated, and with headphones? Told for every listener who counts.

headphone        the player's check: passed, not passed, or skipped; by the last record that has
                 it. Listeners of other tools have none
listening time   each signal was heard for as long as the test asked for
"""

from collections.abc import Sequence

from ..schema import HeadphoneCheck, Rating, Submission
from ..votes import HEADPHONES, LISTENING_TIME, Check
from .blind_key import Requirements

_ROUNDED = 0.0005  # seconds, of a time in records


def listening_checks(
    submissions: Sequence[Submission], ratings: Sequence[Rating], required: Requirements
) -> tuple[Check, ...]:
    """A check of each kind for every listener of these ratings, as far as the results tell."""
    ours = {s.listener for s in submissions if s.blind}
    heard = {s.listener: s.headphones for s in submissions if s.headphones}
    listeners = list(dict.fromkeys(rating.listener for rating in ratings))
    found = [_headphones(name, heard.get(name)) for name in listeners if name in ours]
    if required.seconds:
        found += [_time(name, ratings, required.seconds) for name in listeners if name in ours]
    return tuple(found)


def excluding(required: Requirements) -> frozenset[str]:
    """Kinds of checks that a listener must have passed to count."""
    kinds = {HEADPHONES} if required.headphones != "offered" else set()
    return frozenset(kinds | ({LISTENING_TIME} if required.seconds else set()))


def _headphones(listener: str, check: HeadphoneCheck | None) -> Check:
    if check is None:
        return Check(listener, HEADPHONES, False, "skipped the headphone check")
    verb = "passed" if check.is_passed else "did not pass"
    told = f"{verb} the headphone check ({check.correct} of {check.rounds} right)"
    return Check(listener, HEADPHONES, check.is_passed, told)


def _time(listener: str, ratings: Sequence[Rating], seconds: float) -> Check:
    own = [rating for rating in ratings if rating.listener == listener]
    short = [r for r in own if r.seconds is None or r.seconds < seconds - _ROUNDED]
    told = f"heard {len(short)} of {len(own)} signals for less than {seconds:g} s"
    return Check(listener, LISTENING_TIME, not short, told)
