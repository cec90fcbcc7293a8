"""Energy meters of the machine: RAPL of the processor, NVML of an NVIDIA GPU.

Both count joules of the whole chip since some moment, whoever used them: what is measured is what
the machine spent while a codec ran, idle power and other programs included.
"""

import ctypes
import re
from abc import ABC, abstractmethod
from collections.abc import Sequence
from pathlib import Path

import torch

RAPL = Path("/sys/class/powercap")
_PACKAGE = re.compile(r"intel-rapl:\d+")  # AMD's processors have the same name; no sub-domains
_NVML = "libnvidia-ml.so.1"


class NoMeter(OSError):
    """Energy cannot be measured here: the message says why."""


class Meter(ABC):
    """A counter of energy."""

    name: str

    @abstractmethod
    def joules(self) -> float:
        """Energy since the meter was made."""


class Rapl(Meter):
    """All packages of a processor, from Linux' powercap folder.

    Raises:
        NoMeter: there is none, or it may not be read.
    """

    name = "RAPL"

    def __init__(self, folder: Path = RAPL) -> None:
        zones = folder.iterdir() if folder.is_dir() else ()
        self._zones = sorted(zone for zone in zones if _PACKAGE.fullmatch(zone.name))
        if not self._zones:
            raise NoMeter(f"no RAPL: {folder} holds no package of a processor")
        try:
            self._ranges = [int((z / "max_energy_range_uj").read_text()) for z in self._zones]
            self._last = self._read()
        except OSError as error:
            raise NoMeter(f"no RAPL: {error.filename}: {error.strerror}") from error
        self._total = 0

    def joules(self) -> float:
        """Energy; to be asked more often than the counters wrap around, in about a minute."""
        now = self._read()
        for new, old, size in zip(now, self._last, self._ranges, strict=True):
            self._total += (new - old) % (size + 1)
        self._last = now
        return self._total / 1e6

    def _read(self) -> Sequence[int]:
        return [int((zone / "energy_uj").read_text()) for zone in self._zones]


class Nvml(Meter):
    """The GPU that torch uses.

    Raises:
        NoMeter: there is no driver, or the GPU has no counter (before Volta).
    """

    name = "NVML"

    def __init__(self) -> None:
        try:
            self._library = ctypes.CDLL(_NVML)
        except OSError as error:
            raise NoMeter(f"no NVML: {error}") from error
        self._handle = ctypes.c_void_p()
        uuid = f"GPU-{torch.cuda.get_device_properties(0).uuid}".encode()
        self._call("nvmlInit_v2")
        self._call("nvmlDeviceGetHandleByUUID", uuid, ctypes.byref(self._handle))
        self._first = self._read()

    def joules(self) -> float:
        """Energy; the counter has 64 bits."""
        return (self._read() - self._first) / 1e3

    def _read(self) -> int:
        millijoules = ctypes.c_ulonglong()
        self._call("nvmlDeviceGetTotalEnergyConsumption", self._handle, ctypes.byref(millijoules))
        return millijoules.value

    def _call(self, function: str, *arguments: object) -> None:
        if status := getattr(self._library, function)(*arguments):
            raise NoMeter(f"no NVML: {function} fails with status {status}")


def find(device: str) -> Meter:
    """The meter of what computes on a device.

    Raises:
        NoMeter: there is none.
    """
    return Nvml() if device == "cuda" else Rapl()
