"""Recordings as codecs take them, and bitstream files to samples: what the stages and the commands
`encode` and `decode` share."""

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from ...codecs import Codec, CodecError
from ...codecs.bitstream import BitstreamError, check_length, check_weights, unpack
from ...codecs.coding.pcm16 import to_pcm16
from ...codecs.noise import Noise
from ...metrics.machinery.ranges import traits
from ...metrics.machinery.signals import resample
from ..data.items import AudioError, read_audio


def read_for(codec: Codec, path: Path) -> tuple[Tensor, tuple[str, ...]]:
    """A recording as the codec takes it, mono float32 [T]; what was done to it, and what in it
    misleads metrics.

    Raises:
        AudioError: it cannot be read, or is shorter than a sample at the codec's rate.
    """
    signal, rate, notices = read_audio(path)
    resampled = np.clip(resample(signal, rate, codec.sample_rate), -1, 1)
    if not len(resampled):
        raise AudioError(f"{path}: {len(signal)} samples at {rate} Hz are none at the codec's rate")
    if rate != codec.sample_rate:
        notices = (*notices, f"resampled from {rate} to {codec.sample_rate} Hz")
    notices = (*notices, *traits(signal, rate))
    return torch.from_numpy(resampled.astype(np.float32)), notices


def decode_streams(codec: Codec, streams: Sequence[bytes], noise: Noise) -> list[NDArray[np.int16]]:
    """The 16-bit samples [T] of bitstream files that this very operating point made.

    Raises:
        BitstreamError: a file is damaged, of another operating point or of other weights, or
            holds fewer samples than it promises.
        CodecError: decoded samples are not finite.
    """
    contents = [unpack(stream) for stream in streams]
    for header, payload in contents:
        check_weights(header, codec)
        check_length(header, payload, codec)
    decoded = codec.decode([payload for _, payload in contents], noise)
    samples = []
    for (header, _), signal in zip(contents, decoded, strict=True):
        if len(signal) < header.samples:
            raise BitstreamError(
                f"decodes to {len(signal)} samples, its header promises {header.samples}"
            )
        if not torch.isfinite(signal).all():
            raise CodecError("decodes to NaN or infinite samples")
        samples.append(np.frombuffer(to_pcm16(signal[: header.samples]), "<i2"))
    return samples
