"""Peak memory of a process that does nothing but load a codec and code one signal.

On Linux it is the high-water mark of the resident set, which is set back first: it would otherwise
hold what importing took for a moment, and that of `getrusage` even what the parent process held.
Elsewhere it is the largest resident set that the system reports.

All sizes are in bytes.
"""

import resource
import sys
from dataclasses import dataclass
from pathlib import Path

import torch
from torch import Tensor

from ...codecs import Codec
from ...codecs.noise import Noise

_STATUS = Path("/proc/self/status")
_CLEAR = Path("/proc/self/clear_refs")


@dataclass(frozen=True)
class Memory:
    """What a codec took.

    Attributes:
        peak: of the whole process, its interpreter and libraries included.
        added: of it, above what the process held before the codec ran.
        cuda: peak that torch's allocator held on the device; None without one.
    """

    peak: int
    added: int
    cuda: int | None


def measure_memory(codec: Codec, device: str, signal: Tensor) -> Memory:
    """Memory of loading a codec and of coding a signal [T], in this process, once."""
    torch.set_num_threads(1)
    before = _set_back()
    codec = codec.on(device)
    codec.decode(codec.encode([signal]), Noise.of(["0"]))
    peak = _peak()
    cuda = torch.cuda.max_memory_allocated() if device == "cuda" else None
    return Memory(peak, peak - before, cuda)


def _set_back() -> int:
    """Forget earlier peaks, where the system can; the peak from then on, without the codec."""
    if _CLEAR.exists():
        _CLEAR.write_text("5")  # proc(5): resets the peak resident set size
    return _peak()


def _peak() -> int:
    if _STATUS.exists():
        lines = _STATUS.read_text().splitlines()
        mark = next(line for line in lines if line.startswith("VmHWM:"))
        return 1024 * int(mark.split()[1])
    unit = 1 if sys.platform == "darwin" else 1024
    return unit * resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
