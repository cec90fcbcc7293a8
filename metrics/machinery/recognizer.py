"""What a speech recognizer hears: HuBERT-large, finetuned on the 960 hours of LibriSpeech.

Hsu et al., "HuBERT: Self-Supervised Speech Representation Learning by Masked Prediction of Hidden
Units" (TASLP 29, 2021), by `transformers`. The best symbol of every frame, repeats and blanks taken
out, is the transcript (CTC, Graves et al. 2006): no language model, no beam, no prompt and no
sampling, so that the same signal always gives the same words, and none that nobody said to fill a
gap. It knows the 26 English letters and the apostrophe.

`normalize` is what texts and transcripts go through before they are compared, and never changes
without a new version of the metrics that use it:
    accents off (NFKD, combining marks left out), lower case, typographic apostrophes to '
    all but letters, digits and apostrophes within a word is a space
Numbers, abbreviations and spelling variants are left alone: a text that has "12" or "Mr." where the
recognizer writes "twelve" or "mister" counts as an error, for the references as for every codec.
"""

import re
import unicodedata
from functools import lru_cache
from typing import Any

import numpy as np

from ..base import Signal
from .remember import remember
from .weights import Weights, needs, network

RATE = 16_000
LANGUAGES = ("en",)  # of LibriSpeech
WEIGHTS = Weights(
    "hubert-large-ls960-ft",
    "https://huggingface.co/facebook/hubert-large-ls960-ft/resolve/"
    "ece5fabbf034c1073acae96d5401b25be96709d8",
    (
        "config.json",
        "preprocessor_config.json",
        "pytorch_model.bin",
        "special_tokens_map.json",
        "tokenizer_config.json",
        "vocab.json",
    ),
    {"pytorch_model.bin": "9cf43abec3f0410ad6854afa4d376c69ccb364b48ddddfd25c4c5aa16398eab0"},
    megabytes=1262,
    licence="Apache-2.0",
)

unavailable = needs(WEIGHTS, ("transformers", "jiwer"), "'nscbench[wer]'")


def normalize(text: str) -> str:
    """A text as it is compared: lower case words of letters, digits and apostrophes."""
    decomposed = unicodedata.normalize("NFKD", text)
    plain = "".join(c for c in decomposed if not unicodedata.combining(c)).lower()
    plain = re.sub("[\u2018\u2019\u02bc\uff07]", "'", plain)
    return " ".join(re.findall(r"[^\W_]+(?:'[^\W_]+)*", plain))


def transcribe(signal: Signal) -> str:
    """The words, normalized, that are heard in a signal [T] at 16 kHz."""
    return _transcribe(signal, str(WEIGHTS.folder))


@remember(100_000, size=len)  # characters
def _transcribe(signal: Signal, folder: str) -> str:
    import torch

    extract, model, tokenizer = _loaded(folder)
    inputs = extract(signal.astype(np.float32), sampling_rate=RATE, return_tensors="pt")
    with torch.inference_mode():
        best = model(inputs.input_values).logits[0].argmax(dim=-1)
    return normalize(tokenizer.decode(best, skip_special_tokens=True))


@lru_cache(maxsize=1)
def _loaded(folder: str) -> tuple[Any, Any, Any]:
    """Feature extractor, network and tokenizer of a folder. Loaded once in a process."""
    from transformers import AutoModelForCTC, Wav2Vec2CTCTokenizer, Wav2Vec2FeatureExtractor
    from transformers.utils.logging import disable_progress_bar

    disable_progress_bar()  # the run has its own

    with WEIGHTS.reading():
        return (
            Wav2Vec2FeatureExtractor.from_pretrained(folder, local_files_only=True),
            network(AutoModelForCTC, folder),
            Wav2Vec2CTCTokenizer.from_pretrained(folder, local_files_only=True),
        )
