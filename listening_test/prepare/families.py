"""Which of a run's codecs a trial is for, where it cannot have all.

Listeners are to say what metrics cannot: how unlike kinds of codecs compare. So the best of each
family goes in first, by the objective metric: of diffusion codecs, of the other neural ones, of the
conventional, of the published. A codec that is not ours (a program, a folder of decoded audio,
another package's) is a family of its own: it is what the run is about.

Where families are more than the places, they are thinned evenly along the metric, so that both ends
of the scale stay. Where they are fewer, each further place goes to what lies farthest from those
that are in, so that the scale is used.
"""

import math
from collections.abc import Sequence
from statistics import fmean

from ...codecs import registry
from ...codecs.neural.diffusion_codec import DiffusionCodec
from .coded_speech import CodedSpeech

_HIGHER_IS_BETTER = ("visqol", "pesq_wb")
_OURS = ("conventional", "neural", "published")  # folders of `codecs`


def family_of(codec: str) -> str:
    """The family of a codec's name."""
    found = registry.available().get(codec)
    if found is None:
        return codec
    if issubclass(found, DiffusionCodec):
        return "diffusion"
    folder = found.__module__.split(".")[-2]
    return folder if folder in _OURS else codec


def represent(
    speech: CodedSpeech, codecs: Sequence[str], places: int
) -> tuple[list[str], list[str]]:
    """At most `places` of a run's conditions, in its order, and a remark on those left out."""
    if len(codecs) <= places:
        return list(codecs), []
    quality = {name: _quality(speech, name) for name in codecs}
    best: dict[str, str] = {}
    for name in sorted(codecs, key=lambda name: -quality[name]):  # stable: the run's order
        best.setdefault(family_of(speech.codecs.get(name, name)), name)
    firsts = [name for name in codecs if name in best.values()]
    chosen = _thinned(firsts, quality, places) if len(firsts) > places else firsts
    while len(chosen) < places:
        left = [name for name in codecs if name not in chosen]
        chosen = [*chosen, max(left, key=lambda name: _distance(name, chosen, quality))]
    dropped = [name for name in codecs if name not in chosen]
    by = f" by {speech.column}" if speech.column else ""
    remark = (
        f"{len(chosen)} of {len(codecs)} codecs: the best of each family{by} "
        f"({', '.join(best)}), and what is farthest from these; left out: {', '.join(dropped)} "
        "(--conditions chooses)"
    )
    return [name for name in codecs if name in chosen], [remark]


def _thinned(names: Sequence[str], quality: dict[str, float], places: int) -> list[str]:
    """Evenly along the metric."""
    ranked = sorted(names, key=lambda name: quality[name])
    step = (len(ranked) - 1) / (places - 1) if places > 1 else 0.0
    return [ranked[round(place * step)] for place in range(places)]


def _distance(name: str, chosen: Sequence[str], quality: dict[str, float]) -> float:
    """From the nearest of those chosen; 0 where a value is missing."""
    distances = [abs(quality[name] - quality[other]) for other in chosen]
    nearest = min(distances, default=0.0)
    return nearest if math.isfinite(nearest) else 0.0


def _quality(speech: CodedSpeech, condition: str) -> float:
    """The metric's mean over items, turned so that more is better; none is worst."""
    values = [
        speech.scores[condition, item.id]
        for item in speech.items
        if (condition, item.id) in speech.scores
    ]
    sign = 1 if speech.column in _HIGHER_IS_BETTER else -1
    return sign * fmean(values) if values else -math.inf
