"""Raw packets of the audio codecs that PyAV's wheel carries: no container, no stream headers."""

from collections.abc import Mapping, Sequence
from functools import lru_cache
from importlib.metadata import version
from typing import TYPE_CHECKING, Literal, TypeAlias, cast

import numpy as np
from numpy.typing import NDArray

from ..bitstream import BitstreamError

if TYPE_CHECKING:
    from av.audio.codeccontext import AudioCodecContext


Decoded: TypeAlias = NDArray[np.int16] | NDArray[np.float32]


class Encoder:
    """Packets of one mono signal."""

    def __init__(
        self,
        codec: str,
        sample_rate: int,
        bit_rate: int | None = None,
        options: Mapping[str, str] | None = None,
    ) -> None:
        self._context = _context(codec, "w", sample_rate, options)
        self._context.format = "s16"
        if bit_rate is not None:
            self._context.bit_rate = bit_rate

    def __call__(self, samples: NDArray[np.int16], last: bool) -> list[bytes]:
        """Packets that the next samples [T] complete; all that are missing if they are the last."""
        import av

        packets = []
        if samples.size:
            frame = av.AudioFrame.from_ndarray(
                np.ascontiguousarray(samples).reshape(1, -1), format="s16", layout="mono"
            )
            frame.sample_rate = self._context.sample_rate
            packets += self._context.encode(frame)
        if last:
            packets += self._context.encode(None)
        return [bytes(packet) for packet in packets]


class Decoder:
    """The mono signal of raw packets."""

    def __init__(
        self,
        codec: str,
        sample_rate: int,
        extradata: bytes | None = None,
        options: Mapping[str, str] | None = None,
    ) -> None:
        self._codec = codec
        self._context = _context(codec, "r", sample_rate, options)
        if extradata is not None:
            self._context.extradata = extradata
        self._count = 0

    def __call__(self, packets: Sequence[bytes]) -> Decoded:
        """Samples [T] of the next packets.

        Raises:
            BitstreamError: the decoder refuses a packet.
        """
        import av

        parts = []
        for packet in packets:
            try:
                frames = self._context.decode(av.Packet(packet))
            except av.FFmpegError as error:
                raise BitstreamError(
                    f"{self._codec} refuses packet {self._count}: {error}"
                ) from error
            self._count += 1
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
