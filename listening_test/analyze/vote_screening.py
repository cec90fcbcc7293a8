"""Post-screening of the tests beside MUSHRA: which listeners' votes count.

Presets
    checks    a listener is excluded who failed an attention check, more than a quarter of the gold
              items (known answers) or of the null pairs (the reference twice), or a check that the
              test required
    strict    who failed any check of any kind, or gave every signal the same answer
    none      nobody is excluded

Votes that name no listener cannot be screened, and a note says so. Remarks exclude nobody: they are
for the reader to judge. Each rule is reported with the number of listeners whom it excludes.
"""

from collections import Counter, defaultdict
from collections.abc import Collection, Sequence
from dataclasses import replace

from ..schema import ResultsError
from ..votes import ATTENTION, GOLD, NULL_PAIR, Answer, Check, Choice, Vote, Votes
from .screening import ListenerVerdict, Screening

PRESETS = ("checks", "strict", "none")
SHARE = 0.25  # of gold items, and of null pairs, that may be missed
_FEWEST_ALIKE = 5  # equal answers, and two conditions at least: fewer say nothing

Rows = Sequence[Vote | Choice | Answer]


def screen_votes(votes: Votes, preset: str) -> Screening:
    """Apply a preset.

    Raises:
        ResultsError: no such preset.
    """
    if preset not in PRESETS:
        raise ResultsError(f"no screening preset {preset!r}; there are: {', '.join(PRESETS)}")
    rows, checks = defaultdict(list), defaultdict(list)
    for row in votes.rows:
        rows[row.listener].append(row)
    for check in votes.checks:
        checks[check.listener].append(check)
    named = [name for name in dict.fromkeys((*rows, *checks)) if name]
    most = max((len(rows[name]) for name in named), default=0)
    excluded_by: Counter[str] = Counter()
    verdicts = []
    for name in named:
        said = _broken(rows[name], checks[name])
        counted = {rule: why for rule, why in said.items() if _counts(rule, preset, votes)}
        excluded_by.update(counted.keys())
        remarks = [why for rule, why in said.items() if rule not in counted]
        if len(rows[name]) < most:
            remarks.append(f"gave {len(rows[name])} votes, others up to {most}")
        items = len({row.item for row in rows[name]})
        verdicts.append(ListenerVerdict(name, items, tuple(counted.values()), tuple(remarks)))
    notes = [
        f"rule {rule!r} excludes {count} of {len(named)} listeners"
        for rule, count in excluded_by.items()
    ]
    if any(not row.listener for row in votes.rows):
        notes.append("votes that name no listener cannot be screened")
    elif not votes.checks and preset != "none":
        notes.append("the results hold no checks of listeners (gold items, attention, ...)")
    return Screening(preset, tuple(verdicts), tuple(notes))


def _counts(rule: str, preset: str, votes: Votes) -> bool:
    loose = (ATTENTION, f"too many {GOLD}", f"too many {NULL_PAIR}", *votes.required)
    return preset == "strict" or (preset == "checks" and rule in loose)


def _broken(rows: Rows, checks: Sequence[Check]) -> dict[str, str]:
    """The rules that a listener broke, and how."""
    found = {}
    for kind in dict.fromkeys(check.kind for check in checks):
        own = [check for check in checks if check.kind == kind]
        failed = sum(not check.passed for check in own)
        if failed:
            many = kind in (GOLD, NULL_PAIR) and failed > SHARE * len(own)
            rule = f"too many {kind}" if many else kind
            found[rule] = f"failed {failed} of {len(own)} checks ({kind})"
    if alike := _same_answers(rows):
        found["same answers"] = alike
    return found


def _same_answers(rows: Rows) -> str:
    """What every vote of a listener says, whatever was heard; "" where they differ."""
    conditions = {
        name
        for row in rows
        for name in ((row.first, row.second) if isinstance(row, Choice) else (row.condition,))
    }
    said = {_place(row) for row in rows}
    if len(rows) < _FEWEST_ALIKE or len(said) > 1 or len(conditions) < 2:
        return ""
    return f"gave the answer {said.pop()} all {len(rows)} times"


def _place(row: Vote | Choice | Answer) -> str:
    """What was chosen, whatever is behind it: a category, first or second, or a word."""
    if isinstance(row, Vote):
        return f"{row.score:g}"
    if isinstance(row, Choice):
        return {row.first: "'first'", row.second: "'second'"}.get(row.choice, "'neither'")
    return repr(row.given)


def without(votes: Votes, listeners: Collection[str]) -> Votes:
    """The same without the votes of some listeners."""
    gone = frozenset(listeners)
    return replace(votes, rows=tuple(row for row in votes.rows if row.listener not in gone))
