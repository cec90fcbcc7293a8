"""Payloads of token codecs: quantizer indices, frame by frame, in fixed-width bits or range-coded.

Conventions
    fixed   all stages of frame 0, then of frame 1, ..., each index in its full width; as many
            frames as whole ones fit
    range   number of frames as a base-128 integer (seven bits a byte, least significant first, the
            top bit set on all but the last byte), then the indices under the shipped model
    signal  zero-padded to whole frames, and to `SHORTEST` frames, which the reflect padding of the
            STFT needs; no sample gives no byte
"""

from typing import Literal

import torch
from torch import Tensor
from torch.nn import functional as F

from ..bitstream import BitstreamError
from .entropy import IndexModel
from .packing import pack, unpack, whole

Coding = Literal["fixed", "range"]
CODINGS: tuple[Coding, ...] = ("fixed", "range")
SHORTEST = 2  # frames
LONGEST = 1 << 24  # frames that a range-coded payload may announce


def whole_frames(audio: Tensor, hop: int) -> Tensor:
    """The signal [T] followed by zeros, as [1, k * hop]."""
    frames = max(SHORTEST, -(-len(audio) // hop))
    return F.pad(audio, (0, frames * hop - len(audio)))[None]


def write_indices(indices: Tensor, entries: int, model: IndexModel | None) -> bytes:
    """Payload of indices [stages, T]; range-coded if a model is given."""
    if model is None:
        return pack(indices.T.reshape(-1).numpy(), _width(entries))
    return _write_count(indices.shape[1]) + model.encode(indices)


def count_frames(payload: bytes, stages: int, entries: int, model: IndexModel | None) -> int:
    """Frames that a payload has, or says to have if it is range-coded.

    Raises:
        BitstreamError: the payload is not one of `stages` stages.
    """
    if not payload:
        return 0
    return whole(payload, _width(entries) * stages) if model is None else _read_count(payload)[0]


def read_indices(payload: bytes, stages: int, entries: int, model: IndexModel | None) -> Tensor:
    """Indices [stages, T] of a payload.

    Raises:
        BitstreamError: the payload is not one of `stages` stages.
    """
    width = _width(entries)
    if model is None:
        frames = whole(payload, width * stages)
        values = unpack(payload, width, frames * stages)
        return torch.from_numpy(values).reshape(frames, stages).T
    frames, start = _read_count(payload)
    indices = model.decode(payload[start:], stages, frames)
    if write_indices(indices, entries, model) != payload:
        raise BitstreamError("the range-coded indices are truncated or damaged")
    return indices


def _width(entries: int) -> int:
    return (entries - 1).bit_length()


def _write_count(count: int) -> bytes:
    digits = bytearray()
    while count >= 128:
        digits.append(count % 128 + 128)
        count //= 128
    return bytes([*digits, count])


def _read_count(data: bytes) -> tuple[int, int]:
    """A base-128 integer and the bytes that it took."""
    count = 0
    for place, digit in enumerate(data[:4]):
        count |= (digit & 127) << (7 * place)
        if digit < 128:
            if count > min(LONGEST, 64 * (len(data) + 1)):
                break
            return count, place + 1
    raise BitstreamError("the number of frames is missing or too large for the payload")
