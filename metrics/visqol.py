"""ViSQOL in speech mode: predicted MOS of 16 kHz speech, 1 to about 4.5 (an identical pair).

Hines et al. (2015), ViSQOL v3 (Chinen et al. 2020), measured as visqol-python, a port of
Google's ViSQOL 3.3.3, measures it: gammatone spectrograms of 21 bands, patches of 0.4 s where
the reference is active, each matched to the most similar degraded patch, and the deep lattice
that maps their similarity to MOS. Without its lattice the port silently maps with a polynomial
that reads 0.5 MOS higher; here that is an error.

`machinery.visqol` does the port's work at a fraction of its cost, with equal values.
"""

from importlib.util import find_spec

from .base import Column, Meaning, Metric, MetricError, Signal


def score(reference: Signal, degraded: Signal) -> dict[str, float]:
    """Column `visqol` of one pair [T] at 16 kHz.

    Raises:
        MetricError: no patch of the degraded signal can be compared.
    """
    from .machinery.visqol.measure import mos  # numba compiles, or loads what it compiled

    value = mos(reference, degraded)
    if not value >= 1.0:
        raise MetricError(f"ViSQOL gave {value}: the pair cannot be compared")
    return {"visqol": value}


def unavailable() -> str:
    """Why ViSQOL cannot run here; "" if it can."""
    packages = {"visqol": "visqol-python", "ai_edge_litert": "ai-edge-litert", "numba": "numba"}
    missing = [package for module, package in packages.items() if find_spec(module) is None]
    return f"pip install {' '.join(missing)}" if missing else ""


METRIC = Metric(
    score=score,
    columns=(
        Column(
            "visqol",
            "higher",
            short="ViSQOL",
            long="ViSQOL speech",
            unit="MOS-LQO",
            place=20,
            headline=True,
            meaning=Meaning(
                span="1 to about 4.6 (an identical pair)",
                mode="with reference",
                hears=(
                    "the similarity of gammatone spectrograms up to 8 kHz, patch by "
                    "patch: noise, missing bands, smeared detail."
                ),
                misses="phase, and small shifts in time.",
                traps=(
                    "Speech mode is not audio mode, and with the polynomial in place of "
                    "the lattice every value is higher. Clock drift and a poor resampler "
                    "alone cost tenths."
                ),
            ),
        ),
    ),
    packages=("visqol-python", "ai-edge-litert", "numba"),
    aligned=False,  # it aligns by itself, and again within every patch
    shortest=1.0,  # the port fails below 0.65 s, on fewer frames than one patch
    needs_degraded_activity=True,
    unavailable=unavailable,
    place=3,
    misled={"quiet": "ViSQOL rises", "DC offset": "ViSQOL falls", "narrow": "ViSQOL rises"},
)
