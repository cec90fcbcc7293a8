"""DNSMOS Pro: predicted MOS of speech, 1 to 5, and the spread of its votes, without a reference.

Cumlin, Liang, Ungureanu, Reddy, Schueldt & Chatterjee, "DNSMOS Pro: A Reduced-Size DNN for
Probabilistic MOS of Speech" (Interspeech 2024). The network is the authors' TorchScript file that
was trained on NISQA's simulated transmission, run as it is on what their `utils.stft` gives:
magnitudes of 320 samples, Hann, every 160, zeros around the signal, their logarithm to base 10,
from -7 to 7. (Theirs for voice conversion and synthesis, BVCC and VCC2018, are other metrics.)

    dnsmos_pro     mean of the normal distribution that is predicted for the votes
    dnsmos_pro_sd  its standard deviation, in MOS

It takes the maximum over time, and was trained on 10 s.
"""

import warnings
from functools import lru_cache
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from .base import Column, Meaning, Metric, Signal
from .machinery import spectra
from .machinery.weights import Weights, needs

RATE = 16_000
SIZE, HOP = 320, 160
QUIETEST, LOUDEST = 1e-7, 1e7  # magnitude
FILE = "model_best.pt"
WEIGHTS = Weights(
    "dnsmospro",
    "https://raw.githubusercontent.com/fcumlin/DNSMOSPro/"
    "f9da568ad8fac5d7037781cb1f7e07f05fa8eebb/runs/NISQA",
    (FILE,),
    {FILE: "04b280a24ad9f0d3c2507140b69b1ae6ccbdba8cfc2ed6f2bec9c821e4794959"},
    sizes={FILE: 341_198},
    megabytes=0.3,
    licence="MIT",
)


@lru_cache(maxsize=1)
def _loaded(path: Path) -> Any:
    """The network of a file. Loaded once in a process."""
    import torch

    from .machinery import checkpoint

    with WEIGHTS.reading(), warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)  # it is published as TorchScript
        network = torch.jit.load(path, map_location="cpu").eval()  # type: ignore[no-untyped-call]
        checkpoint.refuse_broken(network.state_dict())
        return network


def log_spectrogram(signal: Signal) -> NDArray[np.float32]:
    """Logarithms to base 10 of magnitudes [1 + T // 160, 161] of a signal [T] at 16 kHz."""
    padded = np.pad(signal, SIZE // 2)
    magnitudes = np.sqrt(spectra.power_spectra(padded, spectra.hann(SIZE), HOP))
    return np.asarray(np.log10(np.clip(magnitudes, QUIETEST, LOUDEST)), dtype=np.float32)


def score(reference: Signal, degraded: Signal) -> dict[str, float]:
    """Columns `dnsmos_pro*` of the degraded signal [T] at 16 kHz, the reference unseen."""
    import torch

    network = _loaded(WEIGHTS.path(FILE))
    with torch.inference_mode():
        ((mean, variance),) = network(torch.from_numpy(log_spectrogram(degraded))[None, None])
    return {"dnsmos_pro": mean.item(), "dnsmos_pro_sd": variance.sqrt().item()}


METRIC = Metric(
    score=score,
    columns=(
        Column(
            "dnsmos_pro",
            "higher",
            short="DNSMOS-Pro",
            long="DNSMOS Pro",
            place=93,
            shown="tables",
            meaning=Meaning(
                span="1 to 5",
                mode="without reference",
                hears="the quality that listeners of simulated transmission would vote for, on "
                "average.",
                misses="what was said and who said it.",
                traps="It hears rounding to 16 bits, which every condition shares. It was "
                "trained on 10 s.",
            ),
        ),
        Column(
            "dnsmos_pro_sd",
            "none",
            short="DNSMOS-Pro sd",
            long="spread of votes by DNSMOS Pro",
            place=94,
            shown="page",
            meaning=Meaning(
                span="0 upwards",
                mode="without reference",
                hears="how much votes on this signal would differ, as the network predicts it.",
                misses="how good the signal is.",
                traps="Neither more nor less is better.",
            ),
        ),
    ),
    packages=("torch",),
    weights=WEIGHTS,
    sample_rate=RATE,
    shortest=0.5,
    longest=60.0,
    needs_reference_activity=False,
    unavailable=needs(WEIGHTS, ("torch",), "torch"),
    place=12,
)
