"""`nscbench encode` and `nscbench decode`: one recording, one bitstream file."""

import argparse
import sys
from collections.abc import Callable
from io import BytesIO
from pathlib import Path
from typing import Any

import soundfile

from ...codecs import CodecError, get
from ...codecs.audio.folders import composition, on_disk
from ...codecs.bitstream import MAGIC, BitstreamError, header_for, pack, unpack
from ...codecs.noise import Noise, seed_for
from ..data.items import AudioError
from ..run.coding import decode_streams, read_for
from ..store.outputs import OutputError, OutputFile
from ..store.printable import file_fault

STREAMS = (".nsc", ".bin")
FORMATS = {".wav": "WAV", ".wave": "WAV", ".flac": "FLAC"}


def add_parser(subparsers: Any) -> None:
    """Add `nscbench encode` and `nscbench decode`."""
    encoder = subparsers.add_parser("encode", help="encode one recording to a bitstream file")
    encoder.add_argument("codec", help='condition, such as "opus-6" (see `nscbench list codecs`)')
    encoder.add_argument("audio", type=Path, help="recording: WAV, FLAC, OGG, ...; any rate")
    encoder.add_argument("stream", type=Path, help="bitstream to write (.nsc)")
    encoder.set_defaults(command=_reporting(encode))
    decoder = subparsers.add_parser("decode", help="decode a bitstream file")
    decoder.add_argument("stream", type=Path, help="bitstream (.nsc); it names its codec")
    decoder.add_argument("audio", type=Path, help=".wav or .flac to write, at the codec's rate")
    decoder.add_argument("--draw", type=int, default=0, help="random draw of a stochastic codec")
    decoder.set_defaults(command=_reporting(decode))


def _reporting(work: Callable[[argparse.Namespace], None]) -> Callable[[argparse.Namespace], int]:
    def command(arguments: argparse.Namespace) -> int:
        try:
            work(arguments)
        except (AudioError, CodecError, OutputError) as error:
            print(f"nscbench: {error}", file=sys.stderr)
            return 2
        except OSError as error:
            print(f"nscbench: {file_fault(error)}", file=sys.stderr)
            return 2
        return 0

    return command


def encode(arguments: argparse.Namespace) -> None:
    """Write the bitstream of a recording and say what it measures."""
    recording = on_disk(arguments.audio)
    output = OutputFile(arguments.stream, STREAMS, [recording])
    codec = get(arguments.codec)
    audio, notices, _ = read_for(codec, recording)
    renamed = composition([str(recording)] if recording != arguments.audio else [])
    for notice in (*renamed, *notices):
        print(f"{arguments.audio}: {notice}", file=sys.stderr)
    (payload,) = codec.encode([audio])
    header = header_for(codec, len(audio))
    output.write(pack(header, payload))
    seconds = len(audio) / codec.sample_rate
    print(
        f"{arguments.stream}: {codec.condition}, {seconds:.2f} s, "
        f"payload {8 * len(payload) / seconds / 1000:.2f} kbit/s, "
        f"container {header.container_bits // 8} bytes",
        file=sys.stderr if output.is_stdout else sys.stdout,
    )


def decode(arguments: argparse.Namespace) -> None:
    """Write what a bitstream decodes to, as 16-bit WAV or FLAC.

    Raises:
        BitstreamError: the file is damaged, foreign, or needs other weights.
    """
    output = OutputFile(arguments.audio, tuple(FORMATS), [arguments.stream])
    try:
        stream = _read(arguments.stream)
        codec = get(unpack(stream)[0].condition)
        # The same bytes give the same audio whatever the file is called.
        ((pcm, notices),) = decode_streams(codec, [stream], Noise([seed_for("", arguments.draw)]))
    except CodecError as error:
        raise BitstreamError(f"{arguments.stream}: {error}") from error
    for notice in notices:
        print(f"{arguments.audio}: {notice}", file=sys.stderr)
    content = BytesIO()
    container = FORMATS.get(arguments.audio.suffix.lower(), "WAV")
    soundfile.write(content, pcm, codec.sample_rate, "PCM_16", format=container)
    output.write(content.getvalue())
    print(
        f"{arguments.audio}: {codec.condition}, {len(pcm) / codec.sample_rate:.2f} s",
        file=sys.stderr if output.is_stdout else sys.stdout,
    )


def _read(path: Path) -> bytes:
    """All bytes of a bitstream; of anything else, which may be endless, only the first."""
    with path.open("rb") as file:
        head = file.read(len(MAGIC))
        return head + file.read() if head == MAGIC else head
