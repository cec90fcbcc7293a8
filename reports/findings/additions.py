"""What is added: by sampling, by the excitation of a voice, by one design to another.

Each question names pairs of conditions; each pair gets a verdict over all metrics that rank.
"""

from collections.abc import Callable, Sequence
from itertools import product

from ...benchmarks.store.scores import Scores
from ..tables.nfe import nfe_points
from ..wording import listed
from .answers import YES, Answer, unanswered, verdict
from .cells import BASELINE, NINE, PROPOSED, at
from .duels import Duels, details, fight, matrix, sides, split, too_few

REGRESSION, VOCODER = "mel-regression", "mel-vocoder"
WAVES, PLAIN = "mel2wav", "mel2wav-plain"
PUBLISHED = ("mbd", "ladiff")
YARDSTICKS = {
    "lyra-3.2": "Lyra V2 at 3.2 kbit/s",
    "opus-nolace-6": "Opus at 6 kbit/s with NoLACE",
}
Fought = tuple[str, str, dict[str, int]]  # two conditions, and who is better by metric
RULE = (
    "Yes: significantly better in some metric and worse in none; no: worse in some and better in "
    "none; partly: both."
)


def diffusion_adds(scores: Scores, kbps: float) -> Answer:
    """What does sampling add over the same network's mean, and over no decoder at all?"""
    question = (
        f"What does diffusion add at {kbps:g} kbit/s over a regression decoder, "
        "and over the vocoder alone?"
    )
    own, regression, vocoder = at([PROPOSED, REGRESSION, VOCODER], kbps)
    return _one_by_one(scores, question, [(own, regression), (own, vocoder), (regression, vocoder)])


def diffusion_by_nfe(scores: Scores, kbps: float) -> Answer:
    """The same network with 1, 2, ... evaluations against it without diffusion, with one."""
    question = f"With how many evaluations does diffusion add something at {kbps:g} kbit/s?"
    regression = f"{REGRESSION}-{kbps:g}"
    points = nfe_points(scores)
    own = points[
        (points["codec"] == PROPOSED) & (points["sampler"] == "euler") & (points["kbps"] == kbps)
    ].sort_values("nfe")
    if own["nfe"].nunique() < 2:
        reason = f"{PROPOSED} was not decoded with several NFE at this bitrate."
        return unanswered(question, RULE, [], reason)
    return _one_by_one(scores, question, [(name, regression) for name in own["condition"]])


def excitation_adds(scores: Scores, kbps: float) -> Answer:
    """Where a waveform is made: what is diffusion's share, and what the excitation's?"""
    question = (
        f"What do diffusion, and the excitation and envelope that it runs beside, add to {WAVES} "
        f"at {kbps:g} kbit/s?"
    )
    own, regression, plain = at([WAVES, f"{WAVES}-regression", PLAIN], kbps)
    return _one_by_one(scores, question, [(own, regression), (own, plain), (regression, plain)])


def against_published(scores: Scores, kbps: float) -> Answer:
    """How do mel2mel and the GAN baseline stand against diffusion codecs of the literature?"""
    question = (
        f"Is {PROPOSED} better than the published diffusion codecs {listed(PUBLISHED)} at "
        f"{kbps:g} kbit/s, and is {BASELINE}?"
    )
    ours = at([PROPOSED, BASELINE], kbps)
    return _one_by_one(scores, question, list(product(ours, at(PUBLISHED, kbps))))


def against_yardsticks(scores: Scores, kbps: float) -> Answer:
    """How far are all from a codec trained on thousands of hours, and from what calls have?"""
    question = (
        f"Is {BASELINE} or any cell at {kbps:g} kbit/s better than "
        f"{listed(list(YARDSTICKS.values()))}?"
    )
    pairs = list(product(at([BASELINE, *NINE], kbps), YARDSTICKS))
    duels = fight(scores, pairs)
    return _answer(question, duels, pairs, _by_rival)


def _one_by_one(scores: Scores, question: str, pairs: Sequence[tuple[str, str]]) -> Answer:
    """An answer that has a verdict and a sentence for each pair."""
    return _answer(question, fight(scores, pairs), pairs, _by_pair)


def _answer(
    question: str,
    duels: Duels,
    pairs: Sequence[tuple[str, str]],
    tell: Callable[[Sequence[Fought]], tuple[str, list[str]]],
) -> Answer:
    if duels.table.empty:
        return unanswered(question, RULE, duels.missing)
    fought = [(a, b, outcome) for a, b in pairs if (outcome := duels.outcome(a, b))]
    found, words = tell(fought)
    sentence = too_few(duels.scores) if duels.powerless else " ".join(words)
    heads = [(f"{a} − {b}", a, b) for a, b, _ in fought]
    tables = (matrix(duels, heads, "Differences"), details(duels))
    return Answer(question, found, sentence, RULE, tables, duels.missing)


def _by_pair(fought: Sequence[Fought]) -> tuple[str, list[str]]:
    told = [(f"{a} over {b}: {verdict(*split(o)[:2])}", o) for a, b, o in fought]
    words = []
    for count in sorted({len(outcome) for _, outcome in told}, reverse=True):
        own = [f"{found}, {sides(outcome)}" for found, outcome in told if len(outcome) == count]
        words.append(f"Of {count} metrics: {'; '.join(own)}.")
    verdicts = {verdict(*split(o)[:2]) for _, _, o in fought}
    if len(told) > 1 and len(verdicts) == 1:
        return f"{verdicts.pop()}, in all {len(told)} pairs", words
    return "; ".join(found for found, _ in told), words


def _by_rival(fought: Sequence[Fought]) -> tuple[str, list[str]]:
    """For each rival: who is better in some metric and worse in none; wins and losses of all."""
    verdicts, words = [], []
    for rival in dict.fromkeys(b for _, b, _ in fought):
        own = [(a, *split(outcome)) for a, b, outcome in fought if b == rival]
        clear = [a for a, won, lost, _ in own if verdict(won, lost) == YES]
        verdicts.append(f"over {rival}: {len(clear)} of {len(own)}")
        metrics = sum(map(len, own[0][1:]))
        counts = [f"{a} in {len(won)} and {len(lost)}" for a, won, lost, _ in own]
        words.append(f"Better and worse than {rival}, of {metrics} metrics: {listed(counts)}.")
    return "; ".join(verdicts), words
