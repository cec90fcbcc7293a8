"""Containers of one header and then samples: AU, and NIST SPHERE."""

import re
import struct
from typing import BinaryIO

from .sound import LENGTH_UNSTATED, Sound, Untrusted, check_rest

_AU_UNSTATED = 0xFFFFFFFF


def examine_au(file: BinaryIO, size: int) -> Sound:
    """The sound of an AU file: magic, place and size of the samples, 32 bits each.

    Raises:
        Untrusted: less of it than promised, or more.
    """
    file.seek(0)
    head = file.read(24)
    if len(head) < 24:
        raise Untrusted("cut off within its header")
    order = ">" if head.startswith(b".snd") else "<"
    start, stated = struct.unpack(f"{order}4x2I", head[:12])
    there = size - start
    if there > 0 and (stated == 0 or stated == _AU_UNSTATED):
        if there >= _AU_UNSTATED:
            raise Untrusted("does not state its length, and is longer than its header can")
        file.seek(0)
        content = bytearray(file.read(size))
        struct.pack_into(f"{order}I", content, 8, there)
        return Sound(parts=(bytes(content),), notices=(LENGTH_UNSTATED,))
    return Sound(notices=_checked(file, size, start, stated))


def examine_nist(file: BinaryIO, size: int) -> Sound:
    """The sound of a SPHERE file: a header of text, `NAME -TYPE VALUE` a line, then samples.

    Raises:
        Untrusted: less of it than promised, or more; a header that does not say how much.
    """
    file.seek(0)
    head = file.read(1 << 16).decode("latin-1")
    size_of_head = re.match(r"NIST_1A\s+(\d{1,9})\s", head)
    if not size_of_head:
        raise Untrusted("has a damaged SPHERE header")
    start = int(size_of_head[1])
    packed = re.search(r"^sample_coding -s\d+ .*(shorten|wavpack|shortpack)", head, re.MULTILINE)
    if packed:
        raise Untrusted(f"is packed by {packed[1]}, which is not read here: sph2pipe unpacks it")
    stated = dict(re.findall(r"^(\w+) -i (\d{1,18})\s*$", head[:start], re.MULTILINE))
    try:
        frames = int(stated["sample_count"])
        width = int(stated["channel_count"]) * int(stated["sample_n_bytes"])
    except KeyError as error:
        raise Untrusted(f"has a SPHERE header without {error.args[0]}") from error
    if not frames and size > start:
        raise Untrusted("states no samples, though there are some: its header was never completed")
    notices = _checked(file, size, start, frames * width)
    file.seek(0)
    sound = file.read(start + frames * width)  # libsndfile reads to the file's end
    return Sound((sound,) if len(sound) < size else (), frames, notices)


def _checked(file: BinaryIO, size: int, start: int, stated: int) -> tuple[str, ...]:
    if start + stated > size:
        raise Untrusted(
            f"cut off: its sound should have {stated} bytes, {max(0, size - start)} are there"
        )
    file.seek(start + stated)
    return check_rest(file.read(1 << 20), size - start - stated)
