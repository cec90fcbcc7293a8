"""Which analysis a test has, and the margin within which it calls two conditions equivalent."""

from collections.abc import Callable, Mapping

from ..schema import ResultsError
from ..votes import Votes
from .categories import conclude as categories
from .conclusion import Conclusion
from .preference import conclude as preference
from .words import conclude as words

_ANALYSES: Mapping[str, tuple[Callable[[Votes, float], Conclusion], float, float]] = {
    "acr": (categories.conclude, categories.MARGIN, 4.0),
    "dcr": (categories.conclude, categories.MARGIN, 4.0),
    "ccr": (categories.conclude, categories.MARGIN, 3.0),
    "ab": (preference.conclude_preference, preference.MARGIN, 0.5),
    "abx": (preference.conclude_discrimination, preference.MARGIN, 0.5),
    "drt": (words.conclude, words.MARGIN, 100.0),
    "mrt": (words.conclude, words.MARGIN, 100.0),
}
UNITS: Mapping[str, str] = {
    **dict.fromkeys(("acr", "dcr", "ccr"), "categories"),
    "ab": "of net preference",
    "abx": "of right answers",
    **dict.fromkeys(("drt", "mrt"), "adjusted %"),
}


def conclude(votes: Votes, margin: float) -> Conclusion:
    """The analysis of the votes' test."""
    return _ANALYSES[votes.test][0](votes, margin)


def margin_of(test: str, stated: float | None) -> float:
    """The margin that was stated, or the test's own.

    Raises:
        ResultsError: it is not between nothing and the whole scale.
    """
    _, usual, most = _ANALYSES[test]
    margin = usual if stated is None else stated
    if not 0 < margin < most:
        raise ResultsError(f"a margin of {margin:g} for {test}; it lies between 0 and {most:g}")
    return margin
