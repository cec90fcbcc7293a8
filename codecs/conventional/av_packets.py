"""Raw packets of the audio codecs that PyAV's wheel carries: no container, no stream headers."""

from collections.abc import Mapping, Sequence
from functools import lru_cache
from importlib.metadata import version
from typing import TYPE_CHECKING, Literal, cast

import numpy as np
from numpy.typing import NDArray

from ..bitstream import BitstreamError

if TYPE_CHECKING:
    from av.audio.codeccontext import AudioCodecContext


def encode(
    codec: str,
    samples: NDArray[np.int16],
    sample_rate: int,
    bit_rate: int | None = None,
    options: Mapping[str, str] | None = None,
) -> list[bytes]:
    """Packets of the mono signal [T], from a new encoder that is flushed at the end."""
    import av

    context = _context(codec, "w", sample_rate, options)
    context.format = "s16"
    if bit_rate is not None:
        context.bit_rate = bit_rate
    frame = av.AudioFrame.from_ndarray(samples.reshape(1, -1), format="s16", layout="mono")
    frame.sample_rate = sample_rate
    return [bytes(packet) for packet in [*context.encode(frame), *context.encode(None)]]


def decode(
    codec: str,
    packets: Sequence[bytes],
    sample_rate: int,
    extradata: bytes | None = None,
    options: Mapping[str, str] | None = None,
) -> NDArray[np.int16] | NDArray[np.float32]:
    """The mono signal [T] of raw packets, from a new decoder.

    Raises:
        BitstreamError: the decoder refuses a packet.
    """
    import av

    context = _context(codec, "r", sample_rate, options)
    if extradata is not None:
        context.extradata = extradata
    parts = []
    for index, packet in enumerate(packets):
        try:
            frames = context.decode(av.Packet(packet))
        except av.FFmpegError as error:
            raise BitstreamError(f"{codec} refuses packet {index}: {error}") from error
        parts += [frame.to_ndarray()[0] for frame in frames]
    return np.concatenate(parts) if parts else np.zeros(0, np.int16)


@lru_cache(maxsize=32)
def missing(encoder: str | None, decoder: str) -> str:
    """Why PyAV cannot run these two codecs, and how to get one that can; "" if it can."""
    try:
        import av
    except ImportError:
        return "PyAV is missing: pip install 'nscbench[conventional]'"
    try:
        if encoder is not None:
            av.Codec(encoder, "w")
        av.Codec(decoder, "r")
    except av.codec.codec.UnknownCodecError as error:
        return f"PyAV {av.__version__} was built without {error}: pip install 'av>=18,<19'"
    return ""


def backend(library: str) -> str:
    """Name of a codec of FFmpeg or a library inside it, with the versions that are known."""
    try:
        import av
    except ImportError:
        return library
    return f"{library} (FFmpeg {av.ffmpeg_version_info}, PyAV {version('av')})"


def _context(
    codec: str, mode: Literal["r", "w"], sample_rate: int, options: Mapping[str, str] | None
) -> "AudioCodecContext":
    import av

    context = cast("AudioCodecContext", av.CodecContext.create(codec, mode))
    context.sample_rate = sample_rate
    context.layout = "mono"
    context.options = dict(options or {})
    return context
