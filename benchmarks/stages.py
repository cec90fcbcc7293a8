"""What worker processes do: encode, decode, score.

Every function takes paths and gives small records; files are written to a temporary name first,
so that a killed process leaves no torn file. `decode` gets the paths of bitstreams and nothing
else: what it needs to know is in their bytes.
"""

from collections.abc import Sequence
from dataclasses import dataclass, fields, replace
from functools import lru_cache
from hashlib import sha256
from io import BytesIO
from pathlib import Path
from typing import Any

import numpy as np
import soundfile
import torch

from .. import metrics
from ..codecs import Codec, CodecError, get
from ..codecs.bitstream import BitstreamError, check_weights, header_for, pack, unpack
from ..codecs.controls.pcm import to_pcm16
from ..codecs.noise import Noise
from ..metrics import alignment, signals
from ..metrics.base import Signal, Undefined
from .atomic import write_atomically
from .items import read_audio
from .match import signature

SCORING_RATE = 16_000  # Hz, of the alignment and of every default metric
_REFERENCES = 32  # resampled references that a worker keeps: 32 of 10 s are 40 MB


@dataclass(frozen=True)
class Outcome:
    """What one metric said of one pair; `error` says why `values` is empty."""

    metric: str
    values: dict[str, float]
    error: str = ""
    undefined: bool = False


def on_device(codec: Codec, device: str) -> Codec:
    """The same operating point with its networks on `device`."""
    if any(field.name == "device" for field in fields(codec)):  # type: ignore[arg-type]
        return replace(codec, device=device)  # type: ignore[type-var]
    return codec


def encode(
    codec: Codec, device: str, sources: Sequence[Path], targets: Sequence[Path]
) -> list[dict[str, Any]]:
    """Write the bitstream of each recording; its samples, bits and digest."""
    audio = []
    for source in sources:
        signal, rate, _ = read_audio(source)
        resampled = np.clip(signals.resample(signal, rate, codec.sample_rate), -1, 1)
        audio.append(torch.from_numpy(resampled.astype(np.float32)))
    payloads = on_device(codec, device).encode(audio)
    records = []
    for coded, payload, target in zip(audio, payloads, targets, strict=True):
        header = header_for(codec, len(coded))
        stream = pack(header, payload)
        write_atomically(target, stream)
        records.append(
            {
                "seconds": len(coded) / codec.sample_rate,
                "payload_bits": 8 * len(payload),
                "container_bits": header.container_bits,
                "sha256": sha256(stream).hexdigest(),
            }
        )
    return records


def decode(
    streams: Sequence[Path], items: Sequence[str], draw: int, device: str, targets: Sequence[Path]
) -> list[dict[str, Any]]:
    """Write what each bitstream decodes to, as 16-bit FLAC at the codec's rate; its digests.

    All bitstreams are of one operating point; `items` only seed the noise.

    Raises:
        BitstreamError: a file is damaged, needs other weights, or holds too few samples.
    """
    contents = [unpack(path.read_bytes()) for path in streams]
    codec = on_device(get(contents[0][0].condition), device)
    for header, _ in contents:
        check_weights(header, codec)
    decoded = codec.decode([payload for _, payload in contents], Noise.of(items, draw))
    return [
        _write_flac(target, signal, header.samples, codec.sample_rate)
        for (header, _), signal, target in zip(contents, decoded, targets, strict=True)
    ]


def _write_flac(path: Path, signal: torch.Tensor, samples: int, rate: int) -> dict[str, str]:
    if len(signal) < samples:
        raise BitstreamError(f"decodes to {len(signal)} samples, its header promises {samples}")
    if not torch.isfinite(signal).all():
        raise CodecError("decodes to NaN or infinite samples")
    pcm = np.frombuffer(to_pcm16(signal[:samples]), "<i2")
    flac = BytesIO()  # libsndfile does not report a full disk
    soundfile.write(flac, pcm, rate, format="FLAC", subtype="PCM_16")
    write_atomically(path, flac.getvalue())
    return {
        "sha256": sha256(pcm.tobytes()).hexdigest(),
        "file_sha256": sha256(flac.getvalue()).hexdigest(),
    }


def score(
    reference: Path, degraded: Path, names: Sequence[str]
) -> tuple[list[Outcome], dict[str, str]]:
    """What each metric says of a pair of recordings, and the signatures of both.

    Decoded audio is cut or zero-padded to the reference's length; metrics that need it get the
    pair with its delay removed.
    """
    clean = _reference(reference)
    coded = _load(degraded)
    coded = np.pad(coded, (0, max(0, len(clean) - len(coded))))[: len(clean)]
    outcomes = []
    aligned: tuple[Signal, Signal] | None = None
    for name in names:
        metric = metrics.get(name)
        pair = (clean, coded)
        try:
            if metric.aligned:
                aligned = aligned or alignment.align(clean, coded, SCORING_RATE)
                pair = aligned
            at_rate = [signals.resample(s, SCORING_RATE, metric.sample_rate) for s in pair]
            signals.check(metric, *at_rate)
            outcomes.append(Outcome(name, metric.score(*at_rate)))
        except Undefined as error:
            outcomes.append(Outcome(name, {}, str(error), undefined=True))
        except Exception as error:  # noqa: BLE001  whatever a metric dies of is one row
            outcomes.append(Outcome(name, {}, f"{type(error).__name__}: {error}"))
    return outcomes, {
        "reference": signature(clean, SCORING_RATE),
        "degraded": signature(coded, SCORING_RATE),
    }


def _load(path: Path) -> Signal:
    signal, rate, _ = read_audio(path)
    return np.clip(signals.resample(signal, rate, SCORING_RATE), -1, 1)


@lru_cache(maxsize=_REFERENCES)
def _reference(path: Path) -> Signal:
    signal = _load(path)
    signal.setflags(write=False)
    return signal
