"""Frames of AMR as its libraries pass them (RFC 4867, octet-aligned storage format).

    contents  1 byte before each frame: frame type << 3 | quality bit << 2
    speech    the bits of the mode, most significant first, filled to whole bytes

The contents byte is the same in every frame of a constant mode without DTX: no part of a payload.
"""

from collections.abc import Sequence

import numpy as np

from ..coding.framed import Frames, Lost


def without_contents(packets: Sequence[bytes]) -> Frames:
    """Speech bytes [N, size] of packets of one mode."""
    if not packets:
        return np.zeros((0, 0), np.uint8)
    return np.frombuffer(b"".join(packets), np.uint8).reshape(len(packets), -1)[:, 1:]


def with_contents(frames: Frames, mode: int) -> list[bytes]:
    """Packets of the speech bytes [N, size] of a mode, undamaged."""
    contents = bytes([mode << 3 | 1 << 2])
    return [contents + frame.tobytes() for frame in frames]


def without_lost(packets: Sequence[bytes], lost: Lost, frame_type: int) -> list[bytes]:
    """The packets, those `lost` [N] replaced by the contents byte of a frame that never came."""
    contents = bytes([frame_type << 3 | 1 << 2])
    return [contents if gone else packet for packet, gone in zip(packets, lost, strict=True)]
