"""UTMOS: predicted MOS of the naturalness of speech, 1 to 5, without a reference.

Saeki et al., "UTMOS: UTokyo-SaruLab System for VoiceMOS Challenge 2022" (Interspeech 2022), its
strong learner alone, as papers on codecs report it. The network is an ONNX export of the port in
`tarepan/SpeechMOS`, which holds all that stands before and after it; its input is 16 kHz, level as
it is, one signal at a time: no padding beyond the reference's length, as it shifts the values.

It was trained on English and Chinese text-to-speech and judges how natural speech sounds, not what
was said: codecs that lose words may gain UTMOS. Read it beside `wer`.
"""

import numpy as np

from .base import Column, Meaning, Metric, Signal
from .machinery import onnx_graph
from .machinery.weights import Weights, needs

FILE = "utmos22_strong.onnx"
WEIGHTS = Weights(
    "utmos",
    "https://huggingface.co/TigreGotico/utmos-onnx/resolve/"
    "ff41b8f440cb12ecda18261f9ff7326d058275ce",
    (FILE,),
    {FILE: "ece7ddb0999d0f12ffe8d7586b3618b8b6fa89269b5152288e4440d686409f69"},
    megabytes=400,
    licence="MIT",
)


def score(reference: Signal, degraded: Signal) -> dict[str, float]:
    """Column `utmos` of the degraded signal [T] at 16 kHz; the reference is not looked at."""
    signal = degraded.astype(np.float32)[None]
    return {"utmos": onnx_graph.infer(WEIGHTS, signal).item()}


METRIC = Metric(
    score=score,
    columns=(
        Column(
            "utmos",
            "higher",
            short="UTMOS",
            long="UTMOS",
            place=120,
            shown="tables",
            meaning=Meaning(
                span="1 to 5",
                mode="without reference",
                hears="how natural speech sounds.",
                misses="what was said and who said it: codecs that lose words may gain.",
                traps=(
                    "Trained on English and Chinese text-to-speech. Silence at the ends "
                    "moves it. Read it beside `wer`."
                ),
            ),
        ),
    ),
    packages=("onnxruntime",),
    weights=WEIGHTS,
    shortest=0.5,
    longest=60.0,
    needs_reference_activity=False,
    unavailable=needs(WEIGHTS, ("onnxruntime",), "onnxruntime"),
    place=8,
)
