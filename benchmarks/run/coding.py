"""Recordings as codecs take them, and bitstream files to samples: what the stages and the commands
`encode` and `decode` share."""

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
from numpy.typing import NDArray

from ...codecs import Codec, CodecError
from ...codecs.audio.reading import AudioError, read_unscaled, to_full_scale
from ...codecs.bitstream import BitstreamError, check_length, check_weights, unpack
from ...codecs.coding.pcm16 import to_pcm16
from ...codecs.noise import Noise
from ...metrics.base import Signal
from ...metrics.machinery.ranges import traits
from ...metrics.machinery.signals import resample

if TYPE_CHECKING:
    from torch import Tensor


class Prepared(NamedTuple):
    """A recording as a codec takes it: mono float32 [T], what was done to it, and by which gain its
    peak was brought to full scale."""

    audio: "Tensor"
    notices: tuple[str, ...]
    gain: float


class DecodedStream(NamedTuple):
    """What a bitstream decodes to: 16-bit samples [T], and what was done to them."""

    samples: NDArray[np.int16]
    notices: tuple[str, ...]


def read_for(codec: Codec, path: Path) -> Prepared:
    """A recording as the codec takes it; its notices say, too, what in it misleads metrics.

    Raises:
        AudioError: it cannot be read, or is shorter than a sample at the codec's rate.
    """
    found = read_unscaled(path)
    signal, gain, scaled = to_full_scale(found.signal)
    resampled, overshot = resampled_within(signal, found.rate, codec.sample_rate)
    if not len(resampled):
        raise AudioError(
            f"{path}: {len(signal)} samples at {found.rate} Hz are none at the codec's rate"
        )
    notices = (*found.notices, *scaled)
    if found.rate != codec.sample_rate:
        notices += (f"resampled from {found.rate} to {codec.sample_rate} Hz", *overshot)
    notices += traits(signal, found.rate)
    import torch

    return Prepared(torch.from_numpy(resampled.astype(np.float32)), notices, gain)


def resampled_within(signal: Signal, rate: int, target: int) -> tuple[Signal, tuple[str, ...]]:
    """A signal [T] at another rate within [-1, 1], and a notice where it had to be cut for that."""
    resampled = resample(signal, rate, target)
    peak = float(np.abs(resampled).max(initial=0))
    if peak <= 1:
        return resampled, ()
    notice = (
        f"peak of {20 * np.log10(peak):+.2f} dBFS after resampling to {target} Hz cut to full scale"
    )
    return np.clip(resampled, -1, 1), (notice,)


def decode_streams(codec: Codec, streams: Sequence[bytes], noise: Noise) -> list[DecodedStream]:
    """What bitstream files decode to that this very operating point made.

    Raises:
        BitstreamError: a file is damaged, of another operating point or of other weights, or
            holds fewer samples than it promises.
        CodecError: decoded samples are not finite, or not as many as a declared codec may give.
    """
    import torch

    contents = [unpack(stream) for stream in streams]
    for header, payload in contents:
        check_weights(header, codec)
        check_length(header, payload, codec)
    decoded = codec.decode_items([payload for _, payload in contents], noise)
    samples = []
    for (header, _), (signal, told) in zip(contents, decoded, strict=True):
        fitting, notices = codec.fit(signal, header.samples)
        if len(fitting) < header.samples:
            raise BitstreamError(
                f"decodes to {len(signal)} samples, its header promises {header.samples}"
            )
        if not torch.isfinite(signal).all():
            raise CodecError("decodes to NaN or infinite samples")
        samples.append(DecodedStream(np.frombuffer(to_pcm16(fitting), "<i2"), (*told, *notices)))
    return samples
