"""Speaker similarity: cosine of the speaker embeddings of both signals, -1 to 1.

The embeddings are WavLM base+'s, finetuned for speaker verification (Chen et al., "WavLM:
Large-Scale Self-Supervised Pre-Training for Full Stack Speech Processing", JSTSP 16, 2022), an
x-vector of 512 numbers by `transformers`. Its model card takes two signals for one speaker's above
0.86. Values of other networks (WavLM-large, ECAPA-TDNN) are on other scales: do not compare them.
"""

from functools import lru_cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

from .base import Column, Meaning, Metric, Signal
from .machinery.remember import remember
from .machinery.weights import Weights, needs, network

RATE = 16_000
WEIGHTS = Weights(
    "wavlm-base-plus-sv",
    "https://huggingface.co/microsoft/wavlm-base-plus-sv/resolve/"
    "feb593a6c23c1cc3d9510425c29b0a14d2b07b1e",
    ("config.json", "preprocessor_config.json", "pytorch_model.bin"),
    megabytes=405,
    licence="CC BY-SA 3.0",
)


@remember(4096)
def _embedding(signal: Signal, folder: str) -> NDArray[np.float64]:
    """Unit vector of the speaker of a signal [T], by the network of a folder."""
    import torch

    extract, model = _loaded(folder)
    inputs = extract(signal.astype(np.float32), sampling_rate=RATE, return_tensors="pt")
    with torch.inference_mode():
        embedding = model(inputs.input_values).embeddings[0].numpy().astype(np.float64)
    return np.asarray(embedding / np.linalg.norm(embedding))


@lru_cache(maxsize=1)
def _loaded(folder: str) -> tuple[Any, Any]:
    """Feature extractor and network of a folder. Loaded once in a process."""
    from transformers import AutoModelForAudioXVector, Wav2Vec2FeatureExtractor
    from transformers.utils.logging import disable_progress_bar

    disable_progress_bar()  # the run has its own

    with WEIGHTS.reading():
        return (
            Wav2Vec2FeatureExtractor.from_pretrained(folder, local_files_only=True),
            network(AutoModelForAudioXVector, folder),
        )


def score(reference: Signal, degraded: Signal) -> dict[str, float]:
    """Column `speaker_similarity` of two signals [T] at 16 kHz."""
    ours, theirs = (_embedding(s, str(WEIGHTS.folder)) for s in (reference, degraded))
    return {"speaker_similarity": float(np.clip(ours @ theirs, -1, 1))}


METRIC = Metric(
    score=score,
    columns=(
        Column(
            "speaker_similarity",
            "higher",
            short="SIM",
            long="speaker similarity",
            digits=3,
            family="speaker",
            place=180,
            shown="tables",
            meaning=Meaning(
                span=("-1 to 1 (the same signal); two recordings of one speaker above about 0.86"),
                mode="with reference",
                hears="whether the voice is still that speaker's.",
                misses="quality, words and intonation.",
                traps=(
                    "Networks have scales of their own: a similarity by WavLM-large or "
                    "ECAPA-TDNN is another number."
                ),
            ),
        ),
    ),
    packages=("transformers", "torch"),
    weights=WEIGHTS,
    sample_rate=RATE,
    shortest=0.5,
    longest=60.0,
    unavailable=needs(WEIGHTS, ("transformers",), "'nscbench[speaker]'"),
    place=11,
)
