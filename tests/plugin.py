"""A package with a faulty codec and a fragile metric, installed into a folder for the tests.

It comes in by entry points, as any other package's codec would: worker processes find it too. The
item of exactly 1.5 s sets each fault off; all others are coded as by `pcm`.
"""

from pathlib import Path

MODULE = '''
import os
import time
from dataclasses import dataclass
from typing import ClassVar

from nscbench.codecs.controls.pcm import Pcm
from nscbench.metrics.base import Metric, Undefined

MARK = 24_000  # samples: 1.5 s at 16 kHz


@dataclass(frozen=True)
class Faulty(Pcm):
    """Does `mode` to the item of 1.5 s; its name says which."""

    name: ClassVar[str] = "faulty"
    kind: ClassVar[str] = "codec"
    mode: str = "none"

    def encode(self, audio):
        if any(len(signal) == MARK for signal in audio):
            if self.mode == "raise":
                raise ValueError("cannot encode this")
            if self.mode == "die":
                os._exit(11)
            if self.mode == "hang":
                time.sleep(3600)
        return super().encode(audio)

    def decode(self, payloads, noise):
        audio = super().decode(payloads, noise)
        marked = [len(signal) == MARK for signal in audio]
        if self.mode == "nan":
            return [a * float("nan") if m else a for a, m in zip(audio, marked)]
        if self.mode == "short":
            return [a[:-1] if m else a for a, m in zip(audio, marked)]
        return audio


def fragile(reference, degraded):
    if len(reference) == MARK:
        os._exit(12)
    return {"fragile": 1.0}


def picky(reference, degraded):
    if len(reference) == MARK:
        raise Undefined("nothing to measure here")
    return {"picky": 2.0}


def slow(reference, degraded):
    time.sleep(0.3)
    return {"slow": 3.0}


def broken(reference, degraded):
    return {"broken": float("nan") if len(reference) == MARK else 1.0}


BROKEN = Metric(broken, {"broken": "higher"})
FRAGILE = Metric(fragile, {"fragile": "higher"})
PICKY = Metric(picky, {"picky": "higher"})
SLOW = Metric(slow, {"slow": "higher"})
'''

ENTRY_POINTS = """\
[nscbench.codecs]
faulty = nscbench_faulty:Faulty

[nscbench.metrics]
absent = nscbench_absent:METRIC
broken = nscbench_faulty:BROKEN
fragile = nscbench_faulty:FRAGILE
picky = nscbench_faulty:PICKY
slow = nscbench_faulty:SLOW
"""


def install(folder: Path) -> None:
    """Put the package where `sys.path` or PYTHONPATH finds it."""
    (folder / "nscbench_faulty.py").write_text(MODULE)
    info = folder / "nscbench_faulty-1.0.dist-info"
    info.mkdir()
    (info / "METADATA").write_text("Metadata-Version: 2.1\nName: nscbench-faulty\nVersion: 1.0\n")
    (info / "entry_points.txt").write_text(ENTRY_POINTS)
