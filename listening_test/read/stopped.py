"""What the sequential tests of ABX listeners decided."""

from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence

from ..prepare.stopping import Stopping
from .imported import finite_number
from .judged_key import Judged, JudgedKey


def decisions(key: JudgedKey, judged: Sequence[Judged]) -> Iterator[str]:
    """A line on them; none where the number of trials was fixed."""
    if key.stopping != "sequential":
        return
    pairs: dict[tuple[str, frozenset[str]], list[Judged]] = defaultdict(list)
    for one in judged:
        if one.key.role == "rated":
            pairs[one.listener, frozenset(one.key.conditions)].append(one)
    rule = Stopping(sequential=True)
    found = Counter(
        rule.decided([one.answer in one.key.expected for one in sorted(answers, key=_position)])
        for answers in pairs.values()
    )
    yield (
        f"abx was stopped sequentially (Wald: {rule.guessing:g} against {rule.hearing:g} right, "
        f"errors of {100 * rule.error:g} %): of {found.total()} listeners and pairs, "
        f"{found['heard']} are decided as heard, {found['guessed']} as guessed, {found['']} are "
        "not decided; a binomial p-value of all answers does not hold after such stopping"
    )


def _position(one: Judged) -> float:
    return finite_number(one.data.get("position")) or 0.0
