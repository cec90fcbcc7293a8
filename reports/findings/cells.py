"""Questions about the cells of the design space at one bitrate."""

from collections.abc import Iterator, Mapping, Sequence
from itertools import combinations

from ...benchmarks.store.scores import Scores
from ..columns import headline, look
from .answers import (
    NO,
    PARTLY,
    UNDECIDED,
    YES,
    Answer,
    TextTable,
    interval,
    rounded,
    unanswered,
    verdict,
    which,
)
from .duels import Duels, details, fight, matrix, split, too_few

SIX = tuple(f"{a}2{b}" for a in ("mel", "lat") for b in ("wav", "mel", "lat"))
NINE = (*SIX, *(f"wav2{b}" for b in ("wav", "mel", "lat")))
PROPOSED, BASELINE = "mel2mel", "gan"
SHOWN = 2  # gaps at either end that a sentence names; tables have them all
CEILINGS = {"mel": "mel-oracle", "lat": "gan-oracle"}  # by the domain that the decoder makes
ORIGINAL = "pcm"


def at(codecs: Sequence[str], kbps: float) -> list[str]:
    """Conditions of these codecs at a bitrate."""
    return [f"{codec}-{kbps:g}" for codec in codecs]


def best_of_six(scores: Scores, kbps: float) -> Answer:
    """Is mel2mel the best of the paper's six cells?"""
    question = f"Is {PROPOSED} the best of the six {{mel, lat}} cells at {kbps:g} kbit/s?"
    rule = (
        f"Best in a metric: significantly better than each of the other five. Yes: {PROPOSED} is "
        "best in some metric, beaten in none; no: beaten in some, best in none; partly: both."
    )
    own, *others = at([PROPOSED, *(cell for cell in SIX if cell != PROPOSED)], kbps)
    duels = six_duels(scores, kbps)
    if own in duels.missing or duels.table.empty:
        return unanswered(question, rule, duels.missing)
    there = [name for name in others if name in scores.conditions]
    outcome = against_all(duels, own, there)
    if duels.powerless:
        sentence = too_few(scores)
    else:
        won, lost, level = split(outcome)
        beaters = [b for b in there if 1 in duels.outcome(b, own).values()]
        by = f", by {_counted(duels, beaters, own)}" if lost else ""
        sentence = (
            f"Of {len(outcome)} metrics, {own} is significantly better than all {len(there)} "
            f"others in {which(won)} and beaten in {which(lost)}{by}; {which(level)} undecided."
        )
    table = matrix(duels, [(f"− {b}", own, b) for b in there], f"{own} minus each other cell")
    shown = _with_leaders(duels, table, [own, *there])
    found = verdict(*split(outcome)[:2])
    return Answer(question, found, sentence, rule, (shown, details(duels)), duels.missing)


def six_duels(scores: Scores, kbps: float) -> Duels:
    """All pairs of the paper's six cells."""
    return fight(scores, combinations(at(SIX, kbps), 2))


def nine_duels(scores: Scores, kbps: float) -> Duels:
    """Each cell against the GAN baseline."""
    return fight(scores, [(cell, f"{BASELINE}-{kbps:g}") for cell in at(NINE, kbps)])


def against_all(duels: Duels, name: str, others: Sequence[str]) -> dict[str, int]:
    """By metric: 1 where better than all others, -1 where one of them is better, 0 otherwise."""
    found = [duels.outcome(name, other) for other in others]
    return {c: min(outcome.get(c, 0) for outcome in found) for c in duels.columns if found}


def _counted(duels: Duels, winners: Sequence[str], loser: str) -> str:
    counts = {w: len(split(duels.outcome(w, loser))[0]) for w in winners}
    return ", ".join(
        f"{name} in {count}" for name, count in sorted(counts.items(), key=lambda e: -e[1])
    )


def _with_leaders(duels: Duels, table: TextTable, cells: Sequence[str]) -> TextTable:
    """The matrix with the cells that no other beats, by metric."""
    lines = []
    for line, column in zip(table.lines, duels.columns, strict=True):
        beaten = {a for a in cells for b in cells if duels.outcome(b, a).get(column) == 1}
        lines.append((*line, ", ".join(c for c in cells if c not in beaten)))
    return table._replace(head=(*table.head, "no cell is better than"), lines=lines)


def beats_baseline(scores: Scores, kbps: float) -> Answer:
    """Does any of the nine cells beat the GAN baseline?"""
    question = f"Does any cell beat `{BASELINE}` at {kbps:g} kbit/s?"
    rule = (
        f"Yes: a cell is significantly better than {BASELINE} in some metric and worse in none; "
        f"partly: better in some, worse in others; no: no cell is better in any metric, and "
        f"{BASELINE} is better than each cell in some."
    )
    anchor = f"{BASELINE}-{kbps:g}"
    duels = nine_duels(scores, kbps)
    if duels.table.empty:
        return unanswered(question, rule, duels.missing)
    cells = [cell for cell in at(NINE, kbps) if cell in scores.conditions]
    results = {cell: duels.outcome(cell, anchor) for cell in cells}
    found, sentence = _over_baseline(results, anchor)
    if duels.powerless:
        sentence = too_few(scores)
    table = matrix(duels, [(cell, cell, anchor) for cell in cells], f"Each cell minus {anchor}")
    return Answer(question, found, sentence, rule, (table, details(duels)), duels.missing)


def _over_baseline(results: Mapping[str, dict[str, int]], anchor: str) -> tuple[str, str]:
    better = {cell: split(outcome) for cell, outcome in results.items() if 1 in outcome.values()}
    losing = [cell for cell, outcome in results.items() if -1 in outcome.values()]
    columns = list(dict.fromkeys(c for outcome in results.values() for c in outcome))
    always = [c for c in columns if all(outcome.get(c) == -1 for outcome in results.values())]
    tail = f" {anchor} is significantly better than all {len(results)} cells in {which(always)}."
    if better:
        clear = [cell for cell, (_, lost, _) in better.items() if not lost]
        parts = [
            f"{cell}, better in {which(won)}, worse in {which(lost)}"
            for cell, (won, lost, _) in better.items()
        ]
        text = f"Of {len(columns)} metrics, significantly better than {anchor} in some: "
        rest = len(results) - len(better)
        others = f"; the other {rest} in none" if rest else ""
        return YES if clear else PARTLY, text + "; ".join(parts) + others + "." + tail
    found = NO if len(losing) == len(results) else UNDECIDED
    return found, f"No cell is significantly better in any of {len(columns)} metrics." + tail


def below_ceilings(scores: Scores, kbps: float) -> Answer:
    """How far is each cell from what its back end can do?"""
    column = headline(scores.ranked)
    question = f"How far are the cells from their ceilings at {kbps:g} kbit/s?"
    rule = (
        "The ceiling of a cell that makes mels is the clean mel through the vocoder, of one that "
        "makes latents the unquantized latent through the decoder, of one that makes waveforms the "
        "original; that of an oracle is the original, too."
    )
    pairs = list(_ceilings(kbps))
    duels = fight(scores, pairs)
    fought = [(a, b) for a, b in pairs if column in duels.outcome(a, b)]
    gaps = [(a, b, *duels.difference(column, a, b)) for a, b in fought]
    gaps.sort(key=lambda gap: -scores.sign(column) * gap[2])
    coded = [gap for gap in gaps if gap[0] not in CEILINGS.values()]
    if not coded:
        return unanswered(question, rule, duels.missing)
    below = [a for a, b, *_ in coded if duels.outcome(a, b)[column] == -1]
    ends = coded if len(coded) <= 2 * SHOWN else [*coded[:SHOWN], *coded[-SHOWN:]]
    sentence = (
        f"In {look(column).short}, the nearest and the farthest, in this order: "
        f"{_gaps(column, ends)}."
    )
    if own := [gap for gap in gaps if gap not in coded]:
        sentence += f" The ceilings themselves: {_gaps(column, own)}."
    found = f"{len(below)} of {len(coded)} significantly below in {look(column).short}"
    if duels.powerless:
        found, sentence = UNDECIDED, f"{sentence} {too_few(scores)}"
    heads = [(f"{a} − {b}", a, b) for a, b, *_ in gaps]
    tables = (matrix(duels, heads, "Each minus its ceiling"), details(duels))
    return Answer(question, found, sentence, rule, tables, duels.missing)


def _gaps(column: str, gaps: Sequence[tuple[str, str, float, float, float]]) -> str:
    return "; ".join(
        f"{a} {rounded(column, d, sign=True)} {interval(column, low, high, sign=True)} from {b}"
        for a, b, d, low, high in gaps
    )


def _ceilings(kbps: float) -> Iterator[tuple[str, str]]:
    for cell in NINE:
        yield f"{cell}-{kbps:g}", CEILINGS.get(cell.partition("2")[2], ORIGINAL)
    yield f"{BASELINE}-{kbps:g}", CEILINGS["lat"]
    yield from ((oracle, ORIGINAL) for oracle in CEILINGS.values())
