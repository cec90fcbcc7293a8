"""Reads ratings of a listening test in any format, as `Opinions`."""

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from ..analyze.opinion_scores import OpinionScores
from ..analyze.screening import screen
from ..read.blind_key import Key
from ..read.results_files import read_results
from ..read.validation import valid_ratings
from ..schema import ResultsError
from .opinions import Opinions
from .votes_per_clip import is_votes_per_clip, read_votes_per_clip

SCREENING = "none"  # unless told: a plain table may be of any test, and of screened ratings


def read_opinions(
    paths: Sequence[Path], key: Key | None = None, screening: str = SCREENING
) -> Opinions:
    """The opinions of files of one test: results of MUSHRA, P.808 votes, or plain long tables.

    Args:
        paths: files, or folders of results of MUSHRA.
        key: of blind results.
        screening: a preset of `analyze.screening`, for tests with named listeners.

    Raises:
        ResultsError: nothing can be read; files of different kinds; blind results without a key.
    """
    votes = [path for path in paths if is_votes_per_clip(path)]
    if not votes:
        return _rated(paths, key, screening)
    if len(votes) < len(paths):
        other = next(path for path in paths if path not in votes)
        raise ResultsError(f"{votes[0]} has votes of P.808 and {other} has not: give one test only")
    if screening != SCREENING:
        raise ResultsError(f"screening by {screening}: {votes[0]} names no listener to exclude")
    read = [read_votes_per_clip(path) for path in votes]
    rows = [vote for one in read for vote in one.of_categories()]
    if not rows:
        raise ResultsError(f"no vote in {', '.join(map(str, votes))}")
    return replace(
        Opinions.of(read[0].test, rows),
        rejected=tuple(entry for one in read for entry in one.rejected),
        notes=tuple(note for one in read for note in one.notes),
        sources=tuple(source for one in read for source in one.sources),
    )


def _rated(paths: Sequence[Path], key: Key | None, screening: str) -> Opinions:
    imported = read_results(paths)
    reading = valid_ratings(imported.submissions, key)
    ratings, notes = reading.ratings, (*imported.notes, *reading.notes)
    rejected = (*imported.rejected, *reading.rejected)
    if not ratings:
        why = "".join(f"; {note}" for note in notes) + (f"; {rejected[0]}" if rejected else "")
        raise ResultsError(f"no rating in {', '.join(imported.sources)}{why}")
    if screening != SCREENING:
        inaudible = key.inaudible if key else frozenset()
        verdict = screen(OpinionScores.of(ratings), screening, ratings, inaudible)
        out = set(verdict.excluded)
        ratings = tuple(rating for rating in ratings if rating.listener not in out)
        who = f": {', '.join(sorted(out))}" if out else ""
        notes += (
            f"Post-screening ({screening}) excludes {len(out)} of {len(verdict.verdicts)} "
            f"listeners{who}",
            *verdict.notes,
        )
        if not ratings:
            raise ResultsError(f"post-screening ({screening}) leaves no listener")
    return replace(
        Opinions.of("mushra", ratings),
        rejected=rejected,
        notes=notes,
        sources=tuple(imported.sources),
    )
