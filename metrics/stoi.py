"""STOI and ESTOI: predicted intelligibility, up to 1 (an identical pair).

Taal et al. (IEEE TASLP 2011) and Jensen & Taal (IEEE TASLP 2016), as `pystoi` computes them.
Both look below 5 kHz only, at the frames within 40 dB of the reference's loudest, and take the
signals as aligned: a delay of 20 ms reads as a STOI of 0.63.

The package returns 1e-5, with a warning, where fewer than 30 frames (0.4 s) are left; here that
is an error. It also dithers ESTOI with NumPy's global generator, at the level of rounding;
here the dither comes from a fixed seed, and the generator is left as it was.
"""

import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from importlib.util import find_spec

import numpy as np

from .base import Column, Meaning, Metric, MetricError, Signal

RATE = 16_000


@contextmanager
def _fixed_dither() -> Iterator[None]:
    state = np.random.get_state()  # noqa: NPY002, pystoi draws from it
    np.random.seed(0)  # noqa: NPY002
    try:
        yield
    finally:
        np.random.set_state(state)  # noqa: NPY002


def score(reference: Signal, degraded: Signal) -> dict[str, float]:
    """Columns `stoi` and `estoi` of one aligned pair [T] at 16 kHz.

    Raises:
        MetricError: too little of the reference is active.
    """
    from pystoi.stoi import FS, stoi
    from pystoi.utils import resample_oct

    pair = [resample_oct(signal, FS, RATE) for signal in (reference, degraded)]
    with warnings.catch_warnings(), _fixed_dither():
        warnings.filterwarnings("error", "Not enough STFT frames", RuntimeWarning)
        try:
            return {
                "stoi": float(stoi(*pair, FS)),
                "estoi": float(stoi(*pair, FS, extended=True)),
            }
        except RuntimeWarning as warning:
            raise MetricError(
                "STOI needs 30 frames (0.4 s) of the reference within 40 dB of its loudest"
            ) from warning


def unavailable() -> str:
    """Why STOI cannot run here; "" if it can."""
    return "" if find_spec("pystoi") else "pip install pystoi"


METRIC = Metric(
    score=score,
    columns=(
        Column(
            "stoi",
            "higher",
            short="STOI",
            long="STOI",
            digits=3,
            family="intelligibility",
            place=30,
            shown="tables",
            meaning=Meaning(
                span="about 0 to 1 (an identical pair)",
                mode="with reference",
                hears=(
                    "how well the envelopes of 15 bands are kept, at the frames where "
                    "the reference speaks: whether words could be understood."
                ),
                misses=(
                    "everything above 5 kHz, and how pleasant it sounds; among good "
                    "codecs all have nearly 1."
                ),
                traps=(
                    "A delay of 20 ms reads as 0.63: it is removed first, drift is not. "
                    "It was fitted to noise and its reduction, not to codecs that invent "
                    "speech: plausible other words score by their envelopes."
                ),
            ),
        ),
        Column(
            "estoi",
            "higher",
            short="ESTOI",
            long="ESTOI",
            digits=3,
            family="intelligibility",
            place=40,
            meaning=Meaning(
                span="about 0 to 1 (an identical pair)",
                mode="with reference",
                hears=(
                    "as STOI, but with the correlation of bands with each other: spreads "
                    "further than STOI where noise comes and goes."
                ),
                misses="everything above 5 kHz, and how pleasant it sounds.",
                traps=(
                    "As STOI's; values of ESTOI stand below those of STOI and are not "
                    "comparable with them."
                ),
            ),
        ),
    ),
    packages=("pystoi",),
    aligned=True,
    shortest=0.5,
    needs_degraded_activity=True,
    unavailable=unavailable,
    place=2,
)
