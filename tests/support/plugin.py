"""A package with a faulty codec and a fragile metric, installed into a folder for the tests.

It comes in by entry points, as any other package's codec would: worker processes find it too. The
item of exactly 1.5 s sets each fault off; all others are coded as by `pcm`. Where the variable
NSCBENCH_TEST_ARMED names a file, faults of the codec need that it is there. Where NSCBENCH_TEST_LOG
does, each call of the codec and of the metric `slow` adds a line to it, with the process's number
last. Where NSCBENCH_TEST_GATE names a file, it holds a number: calls of `slow` beyond that number
wait until the file is gone.
"""

from pathlib import Path

MODULE = '''
import os
import time
import zlib
from dataclasses import dataclass
from pathlib import Path
from typing import ClassVar

from nscbench.codecs.controls.pcm import Pcm
from nscbench.metrics.base import Metric, Undefined

MARK = 24_000  # samples: 1.5 s at 16 kHz


def armed():
    switch = os.environ.get("NSCBENCH_TEST_ARMED")
    return not switch or Path(switch).exists()


def log(*words):
    """Which call of its kind it was."""
    if path := os.environ.get("NSCBENCH_TEST_LOG"):
        with open(path, "ab") as file:
            file.write(" ".join(map(str, (*words, os.getpid()))).encode() + b"\\n")
            file.flush()
            lines = Path(path).read_bytes()[: file.tell()].decode().splitlines()
        return sum(line.split()[0] == words[0] for line in lines)


def gate():
    """So many calls may pass; None where nothing is shut."""
    try:
        return int(Path(os.environ["NSCBENCH_TEST_GATE"]).read_text())
    except (KeyError, FileNotFoundError):
        return None


@dataclass(frozen=True)
class Faulty(Pcm):
    """Does `mode` to the item of 1.5 s; its name says which."""

    name: ClassVar[str] = "faulty"
    kind: ClassVar[str] = "codec"
    mode: str = "none"

    def encode(self, audio):
        for signal in audio:
            log("encode", len(signal))
        if armed() and any(len(signal) == MARK for signal in audio):
            if self.mode == "raise":
                raise ValueError("cannot encode this")
            if self.mode == "die":
                os._exit(11)
            if self.mode == "hang":
                time.sleep(3600)
            if self.mode == "exhaust":
                hoard = []
                while True:
                    hoard.append(bytearray(1 << 28))
        return super().encode(audio)

    def decode(self, payloads, noise):
        audio = super().decode(payloads, noise)
        for signal in audio:
            log("decode", len(signal))
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
    number = log("slow", len(reference), zlib.crc32(degraded.tobytes()))
    while (passing := gate()) is not None and number > passing:
        time.sleep(0.02)
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
