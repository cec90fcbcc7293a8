"""ViSQOL in audio mode: predicted MOS of 48 kHz audio, 1 to about 4.73 (an identical pair).

ViSQOL v3 (Chinen et al., QoMEX 2020) as visqol-python, a port of Google's ViSQOL 3.3.3, measures
it: gammatone spectrograms of 32 bands up to 24 kHz, patches of 0.6 s over the whole signal, silence
included, and the support vector regression that maps their similarity to MOS. It was trained on
music and speech coded at full band; the speech mode (`visqol`) hears up to 8 kHz only.

Suites have it from `sample_rate = 48000` on: below, the bands that it compares are empty on both
sides, which reads as a good match.
"""

from functools import lru_cache
from importlib.util import find_spec
from typing import Any

from .base import Column, Meaning, Metric, MetricError, Signal

RATE = 48_000


@lru_cache(maxsize=1)
def _api() -> Any:
    """Loaded once in a process."""
    from visqol.api import VisqolApi

    api = VisqolApi()
    api.create(mode="audio")
    return api


def score(reference: Signal, degraded: Signal) -> dict[str, float]:
    """Column `visqol_audio` of one pair [T] at 48 kHz.

    Raises:
        MetricError: no patch of the degraded signal can be compared.
    """
    value = float(_api().measure_from_arrays(reference.copy(), degraded.copy(), RATE).moslqo)
    if not value >= 1.0:
        raise MetricError(f"ViSQOL gave {value}: the pair cannot be compared")
    return {"visqol_audio": value}


def unavailable() -> str:
    """Why it cannot run here; "" if it can."""
    packages = {"visqol": "visqol-python", "libsvm": "libsvm-official"}
    missing = [package for module, package in packages.items() if find_spec(module) is None]
    return f"pip install {' '.join(missing)}" if missing else ""


METRIC = Metric(
    score=score,
    columns=(
        Column(
            "visqol_audio",
            "higher",
            short="ViSQOL audio",
            long="ViSQOL audio",
            unit="MOS-LQO",
            place=21,
            meaning=Meaning(
                span="1 to about 4.73 (an identical pair)",
                mode="with reference",
                hears=(
                    "the similarity of gammatone spectrograms up to 24 kHz, patch by patch: "
                    "noise, missing bands, smeared detail."
                ),
                misses="phase, small shifts in time, and whether words are the right ones.",
                traps=(
                    "A low-pass that few listeners hear costs points, silence counts as signal, "
                    "and values are no values of the speech mode. Only suites of 48 kHz have it."
                ),
            ),
        ),
    ),
    packages=("visqol-python", "libsvm-official"),
    sample_rate=RATE,
    needs_rate=True,
    shortest=1.0,
    needs_degraded_activity=True,
    unavailable=unavailable,
    place=4,
)
