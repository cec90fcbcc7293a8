"""Phone error rate: phones that a recognizer hears in the degraded signal and not in the reference.

    per                 errors over the phones of the reference, 0 for the reference itself: it is
                        no claim that the recognizer hears those right
    per_substitutions,  the three kinds of error apart, over the same number: invented phones are
    per_deletions,      insertions, lost ones deletions
    per_insertions

What is held against the decoded signal is what the same recognizer hears in the reference, no text:
it needs none, and its own errors on clean speech (a fifth of all phones against dictionaries) are
not counted as the codec's. Where it is wrong in the same way on both, an error of the codec may go
unseen; `wer` is held against what was said.

The recognizer is that of the package `hama` (a small CTC network, 191 symbols, Apache-2.0; what it
was trained on is not stated), decoded as the package decodes. Errors are those of the shortest edit
(Levenshtein). Rates of many items are corpus rates: errors of all over phones of all.
"""

from functools import cache
from importlib.util import find_spec
from typing import Any

import numpy as np

from .base import Column, Meaning, Metric, MetricUnavailable, Signal, Undefined
from .machinery.edits import edits
from .machinery.remember import remember

RATE = 16_000
INSTALL = "'nscbench[phones]'"
_HALF = (ImportError, OSError, RuntimeError, ValueError, KeyError)  # of a package without its files


@cache
def _recognizer() -> Any:
    """Loaded once in a process.

    Raises:
        MetricUnavailable: the package cannot run here.
    """
    try:
        from hama import ASRModel

        return ASRModel()
    except _HALF as error:
        raise MetricUnavailable(
            f"hama is installed and cannot run here ({' '.join(str(error).split())}): "
            f"pip install --force-reinstall {INSTALL}"
        ) from error


@remember(1_000_000, size=len)  # phones
def phones(signal: Signal) -> tuple[str, ...]:
    """Phones (IPA) that are heard in a signal [T] at 16 kHz."""
    found = _recognizer().transcribe_waveform(signal.astype(np.float32), sample_rate=RATE)
    return tuple(found.phonemes)


def score(reference: Signal, degraded: Signal) -> dict[str, float]:
    """Columns `per*` of two signals [T] at 16 kHz, and the number of the reference's phones.

    Raises:
        Undefined: no phone is heard in the reference.
    """
    said, heard = phones(reference), phones(degraded)
    if not said:
        raise Undefined("no phone error rate: the recognizer hears no phones in the reference")
    wrong = edits(said, heard)
    return {
        "per": wrong.total / len(said),
        "per_substitutions": wrong.substitutions / len(said),
        "per_deletions": wrong.deletions / len(said),
        "per_insertions": wrong.insertions / len(said),
        "reference_phones": float(len(said)),
    }


def unavailable() -> str:
    """Why no phones can be recognized here; "" if they can."""
    if find_spec("hama") is None:
        return f"no hama: pip install {INSTALL}"
    try:
        _recognizer()
    except MetricUnavailable as reason:
        return str(reason)
    return ""


KINDS = ("substitutions", "deletions", "insertions")
COLUMNS = (
    Column(
        "per",
        "lower",
        short="PER",
        long="phone error rate",
        digits=3,
        family="content",
        place=172,
        shown="tables",
        meaning=Meaning(
            span="0 (by construction, of the reference itself) upwards",
            mode="with reference",
            hears="phones that a recognizer heard in the reference and does not hear in the "
            "decoded signal.",
            misses="voice, intonation and quality, as long as the phones are understood.",
            traps="The recognizer's own errors on clean speech are many; one that it makes on "
            "both sides is not seen.",
        ),
    ),
    *(
        Column(
            f"per_{kind}",
            "none",
            short=f"PER-{kind[:3]}",
            long=f"phone {kind}",
            digits=3,
            family="content",
            place=173,
            shown="page",
            meaning=Meaning(
                span="0 upwards",
                mode="with reference",
                hears=f"the {kind} among the errors of `per`.",
                misses="the other kinds of errors.",
                traps="As of `per`. Invented phones (insertions) are what hallucination looks "
                "like.",
            ),
        )
        for kind in KINDS
    ),
)
METRIC = Metric(
    score=score,
    columns=COLUMNS,
    denominators={column.name: "reference_phones" for column in COLUMNS},
    packages=("hama",),
    sample_rate=RATE,
    shortest=0.5,
    longest=60.0,
    unavailable=unavailable,
    place=14,
)
