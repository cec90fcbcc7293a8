"""PESQ, wideband: predicted MOS of 16 kHz speech, about 1 to 4.64 (an identical pair).

ITU-T P.862 with the wideband filter and mapping of P.862.2, as the ITU's code in the package
`pesq` computes it. It removes delay and level differences by itself.

Long signals. The ITU's code holds 50 utterances and writes past its arrays from the 51st on,
which crashes the process or, worse, does not. Two utterances begin at least 97 of its windows
of 4 ms apart (50 of speech, 47 of the pause left between them), so that 19 s cannot hold 51.
Signals up to 19 s are one call. Longer ones are cut into pieces of equal length, 16 s or less,
give or take 1.5 s so that each cut falls where the reference is quietest, and the column is
the mean of the pieces, weighted by their lengths, without those where the reference is silent.
On 20 to 35 s of read speech that is within 0.04 of one call on the whole. P.862.3 wants 8 to
30 s in a call.
"""

from importlib.util import find_spec
from itertools import pairwise

import numpy as np

from .base import Column, Meaning, Metric, MetricError, Signal
from .machinery.signals import QUIETEST_RMS, rms

RATE = 16_000
LONGEST = 19 * RATE  # samples of one call
PIECE, SLACK = 16 * RATE, RATE * 3 // 2
PAUSE = RATE // 5  # samples over which quietness is measured


def cuts(reference: Signal) -> list[int]:
    """Samples at which the pieces of a signal [T] begin and end, from 0 to T."""
    samples = len(reference)
    if samples <= LONGEST:
        return [0, samples]
    pieces = -(-samples // PIECE)
    energy = np.concatenate([[0.0], np.cumsum(reference**2)])
    found = []
    for number in range(1, pieces):
        first = samples * number // pieces - SLACK
        starts = np.arange(first, first + 2 * SLACK - PAUSE)
        quietest = np.argmin(energy[starts + PAUSE] - energy[starts])
        found.append(int(starts[quietest]) + PAUSE // 2)
    return [0, *found, samples]


def score(reference: Signal, degraded: Signal) -> dict[str, float]:
    """Column `pesq_wb` of one pair [T] at 16 kHz.

    Raises:
        MetricError: PESQ finds no utterance in the reference, or another fault with the pair.
    """
    from pesq import PesqError, pesq

    total = weight = 0.0
    for start, end in pairwise(cuts(reference)):
        if rms(reference[start:end]) < QUIETEST_RMS:
            continue  # a pause as long as a piece has no quality
        try:
            value = pesq(RATE, reference[start:end], degraded[start:end], "wb")
        except (PesqError, ValueError) as error:
            reason = error.args[0]  # the package's own are bytes
            text = reason.decode() if isinstance(reason, bytes) else reason
            raise MetricError(f"PESQ: {text}") from error
        total += value * (end - start)
        weight += end - start
    if not weight:
        raise MetricError("the reference is silent in every piece")
    return {"pesq_wb": total / weight}


def unavailable() -> str:
    """Why PESQ cannot run here; "" if it can."""
    return "" if find_spec("pesq") else "pip install pesq (it compiles C: gcc or clang)"


METRIC = Metric(
    score=score,
    columns=(
        Column(
            "pesq_wb",
            "higher",
            short="PESQ",
            long="PESQ-WB",
            unit="MOS-LQO",
            place=10,
            meaning=Meaning(
                span="about 1 to 4.64 (an identical pair)",
                mode="with reference",
                hears=(
                    "coding noise, missing bands, clipping, and discontinuities, weighted by "
                    "an ear model, after it has removed delay and level differences."
                ),
                misses=(
                    "what lies above 7 kHz, nearly; who speaks, and whether the words are "
                    "the right ones, beyond what the spectrum shows."
                ),
                traps=(
                    "It was made for codecs that keep the waveform and underrates generative "
                    "ones. Narrowband and raw PESQ are other scales. Digital silence put "
                    "before or behind both signals raises it."
                ),
            ),
        ),
    ),
    packages=("pesq",),
    shortest=0.25,  # PESQ refuses less
    needs_degraded_activity=True,
    unavailable=unavailable,
    place=1,
)
