"""What worker processes do: encode, decode, score.

Every function takes paths and gives small records; files are written to a temporary name first,
so that a killed process leaves no torn file. `decode` runs in a process that never saw a recording:
it gets the operating point and the paths of bitstreams.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields, replace
from hashlib import sha256
from io import BytesIO
from math import isfinite
from pathlib import Path
from typing import Any

import numpy as np
import soundfile

from ... import metrics
from ...codecs import Codec
from ...codecs.bitstream import header_for, pack
from ...codecs.noise import Noise
from ...metrics.base import MetricError, Signal, Undefined
from ...metrics.machinery import alignment, signals
from ..data.items import read_audio
from ..store.atomic import write_atomically
from .coding import decode_streams, read_for
from .identity import check_maker, check_versions
from .match import signature

SCORING_RATE = 16_000  # Hz, of the alignment and of every default metric


@dataclass(frozen=True)
class Outcome:
    """What one metric said of one pair; `error` says why `values` is empty."""

    metric: str
    values: dict[str, float]
    error: str = ""
    undefined: bool = False


def on_device(codec: Codec, device: str) -> Codec:
    """The same operating point with its networks on `device`."""
    if any(field.name == "device" for field in fields(codec)):
        return replace(codec, device=device)  # type: ignore[call-arg]
    return codec


def encode(
    codec: Codec,
    device: str,
    sources: Sequence[Path],
    items: Sequence[str],
    targets: Sequence[Path],
    planned: str | None = None,
) -> list[dict[str, Any]]:
    """Write the bitstream of each recording; its seconds, bits, digest, and what was done to it.

    `items` only name the files of audio that was decoded elsewhere.

    Raises:
        Misfit: this process has not the weights, code or libraries of the digest `planned`.
        AudioError, CodecError: a recording cannot be read, or not be encoded.
    """
    if planned is not None:
        check_maker(codec, device, planned)
    read = [read_for(codec, source) for source in sources]
    payloads = on_device(codec, device).encode_items(items, [audio for audio, _ in read])
    records = []
    for (audio, notices), payload, target in zip(read, payloads, targets, strict=True):
        header = header_for(codec, len(audio))
        stream = pack(header, payload)
        write_atomically(target, stream)
        records.append(
            {
                "seconds": len(audio) / codec.sample_rate,
                "payload_bits": 8 * len(payload),
                "container_bits": header.container_bits,
                "entropy_bits": codec.entropy_bits(payload),
                "sha256": sha256(stream).hexdigest(),
                "notices": notices,
            }
        )
    return records


def decode(
    codec: Codec,
    device: str,
    streams: Sequence[Path],
    items: Sequence[str],
    draw: int,
    targets: Sequence[Path],
    planned: str | None = None,
) -> list[dict[str, Any]]:
    """Write what each bitstream decodes to, as 16-bit FLAC at the codec's rate; its digests.

    `items` only seed the noise.

    Raises:
        Misfit: this process has not the weights, code or libraries of the digest `planned`.
        CodecError: a file is damaged, needs other weights, or decodes to too few samples or to
            what is no number.
    """
    if planned is not None:
        check_maker(codec, device, planned)
    contents = [path.read_bytes() for path in streams]
    decoded = decode_streams(on_device(codec, device), contents, Noise.of(items, draw))
    records = []
    for pcm, target in zip(decoded, targets, strict=True):
        flac = BytesIO()  # libsndfile does not report a full disk
        soundfile.write(flac, pcm, codec.sample_rate, format="FLAC", subtype="PCM_16")
        write_atomically(target, flac.getvalue())
        records.append(
            {
                "sha256": sha256(pcm.tobytes()).hexdigest(),
                "file_sha256": sha256(flac.getvalue()).hexdigest(),
            }
        )
    return records


def score(
    reference: Path,
    degraded: Path,
    names: Sequence[str],
    text: str = "",
    planned: Mapping[str, str] | None = None,
) -> tuple[list[Outcome], dict[str, str]]:
    """What each metric says of a pair of recordings, and the signatures of both.

    Decoded audio is cut or zero-padded to the reference's length; metrics that need it get the
    pair with its delay removed, or the text: what the reference says, "" if unknown.

    Raises:
        Misfit: this process has not the `planned` version of a metric.
    """
    if planned is not None:
        check_versions(planned)
    clean, coded = _load(reference), _load(degraded)
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
            signals.check_pair(metric, *at_rate)
            values = metric.score(*at_rate, *([text] if metric.needs_text else []))
            if values.keys() != set(metric.measures) or not all(map(isfinite, values.values())):
                raise MetricError(f"gave {values}, not a number for each of its columns")
            outcomes.append(Outcome(name, values))
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
