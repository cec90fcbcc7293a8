"""Reads ratings of a listening test in any format, as `Opinions`."""

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from ..analyze.opinion_scores import OpinionScores
from ..analyze.screening import Screening, screen
from ..analyze.vote_screening import screen_votes, without
from ..read.any_votes import holds_own_votes, read_any_votes
from ..read.blind_key import read_key
from ..read.p808_votes import is_votes_per_clip
from ..read.results_files import read_results
from ..read.validation import valid_ratings
from ..read.vote_files import read_votes
from ..schema import ResultsError
from .opinions import Opinions

SCREENING = "none"  # unless told: a plain table may be of any test, and of screened ratings
VOTES = ("acr", "dcr")  # of which a condition has a mean on one scale


def read_opinions(
    paths: Sequence[Path], key: Path | None = None, screening: str = SCREENING
) -> Opinions:
    """The opinions of files of one test: results of MUSHRA, votes, or plain tables of either.

    Votes are records of our player of acr and dcr, `votes_per_clip.csv` of P.808, and what else
    `nscbench listen analyze` takes for categories of them.

    Args:
        paths: files, or folders of results.
        key: of blind results.
        screening: a preset, for tests with named listeners: one of `analyze.screening` for
            MUSHRA and tables, one of `analyze.vote_screening` for votes.

    Raises:
        ResultsError: nothing can be read; files of different kinds; blind results without a key.
    """
    votes = [path for path in paths if _holds_votes(path)]
    if not votes:
        return _rated(paths, key, screening)
    if len(votes) < len(paths):
        other = next(path for path in paths if path not in votes)
        raise ResultsError(f"{votes[0]} has votes and {other} has not: give one test only")
    return _voted(votes, key, screening)


def _holds_votes(path: Path) -> bool:
    """Are there votes in a file or folder? A table's scores say whether they are categories."""
    if is_votes_per_clip(path) or holds_own_votes(path):
        return True
    if path.suffix.lower() != ".csv" or not path.is_file():
        return False
    try:
        return bool(read_votes([path]).rows)
    except ResultsError:
        return False  # whoever reads it as ratings says what is wrong


def _voted(paths: Sequence[Path], key: Path | None, screening: str) -> Opinions:
    votes = read_any_votes(paths, key=key)
    if votes.test not in VOTES:
        raise ResultsError(f"votes of {votes.test}: those of {' and '.join(VOTES)} can be used")
    notes = votes.notes
    if screening != SCREENING:
        if not any(row.listener for row in votes.rows):
            raise ResultsError(f"screening by {screening}: {paths[0]} names no listener to exclude")
        verdict = screen_votes(votes, screening)
        votes = without(votes, verdict.excluded)
        notes += (_excluded(screening, verdict), *verdict.notes)
        if not votes.rows:
            raise ResultsError(f"post-screening ({screening}) leaves no listener")
    return replace(
        Opinions.of(votes.test, list(votes.of_categories())),
        rejected=votes.rejected,
        notes=notes,
        sources=votes.sources,
    )


def _excluded(screening: str, verdict: Screening) -> str:
    who = f": {', '.join(sorted(verdict.excluded))}" if verdict.excluded else ""
    return (
        f"Post-screening ({screening}) excludes {len(verdict.excluded)} of "
        f"{len(verdict.verdicts)} listeners{who}"
    )


def _rated(paths: Sequence[Path], key_path: Path | None, screening: str) -> Opinions:
    key = read_key(key_path) if key_path else None
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
        notes += (_excluded(screening, verdict), *verdict.notes)
        if not ratings:
            raise ResultsError(f"post-screening ({screening}) leaves no listener")
    return replace(
        Opinions.of("mushra", ratings),
        rejected=rejected,
        notes=notes,
        sources=tuple(imported.sources),
    )
