"""Where metrics contradict each other, whom did listeners prove right on other codecs?

Tests of other codecs say which metric to believe, as far as they go: tables that `nscbench listen
validity` made of them, with Spearman's rho of conditions and its interval over other conditions.
"""

import csv
import math
from collections.abc import Mapping, Sequence
from itertools import combinations
from pathlib import Path
from typing import NamedTuple

from ...benchmarks.store.run_directory import RunError
from ...benchmarks.store.scores import Scores
from ..columns import look
from ..wording import listed
from .answers import Answer, TextTable, unanswered
from .cells import NINE, at
from .duels import fight
from .orders import at_odds, contradictions

FILE = "coefficients.csv"
RULE = (
    "Two metrics are at odds where they order a pair of cells against each other, as in the "
    "question before. A listening test proves one right where its Spearman correlation with the "
    "means of the test's conditions, positive where it agrees, is higher and the 95 % intervals of "
    "both over other conditions do not overlap. Its codecs are not the cells."
)
_NAMED = 3  # metrics of a test that a sentence names, and pairs


class Agreement(NamedTuple):
    """Spearman's rho with listeners, positive where the metric agrees, and its 95 % interval."""

    value: float
    low: float
    high: float


Test = Mapping[str, Agreement]  # by column


def read_tests(folders: Sequence[Path]) -> dict[str, Test]:
    """The tests that folders of `nscbench listen validity` hold, by the folder's name.

    Raises:
        RunError: one is no such folder, or two have one name.
    """
    tests: dict[str, Test] = {}
    for folder in folders:
        name = folder.resolve().name
        if name in tests:
            raise RunError(f"two folders of listeners are called {name}; the page needs two names")
        tests[name] = read_agreements(folder)
    return tests


def read_agreements(folder: Path) -> Test:
    """What a folder of `nscbench listen validity` says of each column over conditions.

    Raises:
        RunError: it is no such folder.
    """
    path = folder / FILE
    try:
        with path.open(encoding="utf-8", newline="") as file:
            lines = [line for line in csv.DictReader(file) if line["kind"] == "spearman"]
        found = {
            line["column"]: _agreement(line) for line in lines if line["level"] == "conditions"
        }
    except (OSError, KeyError, ValueError, csv.Error) as error:
        raise RunError(
            f"{folder} is no folder that `nscbench listen validity` wrote: {FILE}: {error}"
        ) from error
    if not found:
        raise RunError(
            f"{folder} is no folder that `nscbench listen validity` wrote: {FILE} has no Spearman "
            "correlation over conditions"
        )
    return found


def _agreement(line: Mapping[str, str]) -> Agreement:
    sign = 1 if line["better"] == "higher" else -1
    value, low, high = (
        float(line[name] or "nan") for name in ("value", "conditions_low", "conditions_high")
    )
    return Agreement(sign * value, *((low, high) if sign > 0 else (-high, -low)))


def whom_to_believe(scores: Scores, kbps: float, tests: Mapping[str, Test]) -> Answer:
    """For every two metrics that contradict each other on the cells, what each test says."""
    question = f"Where metrics are at odds at {kbps:g} kbit/s, whom did listeners prove right?"
    if not tests:
        return unanswered(question, RULE, (), "No listening test was given (`--listeners`).")
    pairs = list(combinations(at(NINE, kbps), 2))
    duels = fight(scores, pairs)
    found, _ = contradictions(duels, pairs)
    odds = at_odds(found)
    if not odds:
        reason = "No two metrics order a pair of cells against each other."
        return unanswered(question, RULE, duels.missing, reason)
    proven = {
        name: {pair: right for pair in odds if (right := _right(test, pair))}
        for name, test in tests.items()
    }
    verdict = "; ".join(
        f"{name}: in {len(own)} of {len(odds)} pairs of metrics" for name, own in proven.items()
    )
    sentences = [
        _of_test(name, _seen(tests[name], duels.columns), own) for name, own in proven.items()
    ]
    lines = [
        (look(a).short, look(b).short, f"{count}", *_cells(tests, proven, (a, b)))
        for (a, b), count in odds.most_common()
    ]
    head = ("a", "b", "pairs of cells", *(cell for name in tests for cell in _head(name)))
    table = TextTable("Metrics at odds, and listeners", head, lines)
    return Answer(question, verdict, " ".join(sentences), RULE, (table,), duels.missing)


def _right(test: Test, pair: tuple[str, str]) -> str:
    """The column of the two that this test proves right; "" for neither."""
    if any(column not in test for column in pair):
        return ""
    a, b = (test[column] for column in pair)
    return pair[0] if a.low > b.high else pair[1] if b.low > a.high else ""


def _seen(test: Test, columns: Sequence[str]) -> Test:
    """What it says of these columns, where it says anything."""
    return {c: test[c] for c in columns if c in test and math.isfinite(test[c].value)}


def _of_test(name: str, test: Test, proven: Mapping[tuple[str, str], str]) -> str:
    """Which metrics agree best and least with this test, and whom it proves right."""
    if not test:
        return f"{name} says nothing of these metrics."
    order = sorted(test, key=lambda column: -test[column].value)
    text = f"In {name}, from best to least agreement: {_values(test, order)}"
    if len(order) > 2 * _NAMED:
        best, least = order[:_NAMED], order[-_NAMED:]
        text = f"In {name}, {_values(test, best)} agree best and {_values(test, least)} least"
    wins = [
        f"{look(right).short} over {look(a if right == b else b).short}"
        for (a, b), right in list(proven.items())[:_NAMED]
    ]
    if not wins:
        return f"{text}; all intervals of metrics at odds overlap."
    more = len(proven) - len(wins)
    others = [f"{more} more"] if more else []
    return f"{text}; proven right: {listed([*wins, *others])}."


def _values(test: Test, columns: Sequence[str]) -> str:
    return listed([f"{look(column).short} {test[column].value:.2f}" for column in columns])


def _head(name: str) -> tuple[str, str, str]:
    return f"a in {name}", f"b in {name}", f"right in {name}"


def _cells(
    tests: Mapping[str, Test],
    proven: Mapping[str, Mapping[tuple[str, str], str]],
    pair: tuple[str, str],
) -> list[str]:
    """Both coefficients with their intervals and who is right, for each test."""
    cells = []
    for name, test in tests.items():
        right = proven[name].get(pair, "")
        cells += [*(_shown(test.get(c)) for c in pair), look(right).short if right else "·"]
    return cells


def _shown(one: Agreement | None) -> str:
    return f"{one.value:.2f} [{one.low:.2f}, {one.high:.2f}]" if one else "–"
