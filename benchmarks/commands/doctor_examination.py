"""What `nscbench doctor` finds: what is here, what is missing, and what that switches off.

Only what any Python has, and `packaging`, is imported before the required packages are known to
work: everything else is imported within the function that looks at it. Codecs, metrics and
libraries are not looked at if a required package is broken.
"""

import os
import platform
import shutil
from collections.abc import Iterator
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from ... import __version__
from .doctor_packages import Package, dependencies

_SYSTEM_LIBRARIES = {"speex": 1, "vo-amrwbenc": 0}  # for ctypes: ABI version by name
_PROGRAMS = ("ffmpeg",)
_CGROUP = Path("/sys/fs/cgroup/memory.max")


@dataclass(frozen=True)
class Examination:
    """All that the doctor found.

    Attributes:
        nscbench: version.
        system: of the machine: processor, cores, memory, threads, accelerator.
        required: dependencies without which nscbench does not work as it says.
        extras: what is missing of each extra, and what is installed.
        looked_further: was the rest looked at? Not if something required is broken.
        libraries: shared libraries and programs: version, path, or "" where there is none.
        codecs_on: codecs that run here.
        codecs_off: why the others do not, and what gets what they lack.
        metrics_on: metrics that run here.
        metrics_off: why the others do not, and what gets what they lack.
        weights_folder: where codecs and metrics look for weights.
        foreign_weights: files there that are not the published ones.
        plugins_left_out: why plug-ins of other packages cannot be used, by entry point.
    """

    nscbench: str
    system: dict[str, Any]
    required: list[Package]
    extras: dict[str, list[Package]]
    looked_further: bool = True
    libraries: dict[str, str] = field(default_factory=dict)
    codecs_on: list[str] = field(default_factory=list)
    codecs_off: dict[str, str] = field(default_factory=dict)
    metrics_on: list[str] = field(default_factory=list)
    metrics_off: dict[str, str] = field(default_factory=dict)
    weights_folder: str = ""
    foreign_weights: list[str] = field(default_factory=list)
    plugins_left_out: dict[str, str] = field(default_factory=dict)

    @property
    def broken(self) -> list[Package]:
        """Required dependencies with a problem."""
        return [package for package in self.required if package.problem]

    def as_json(self) -> dict[str, Any]:
        """Everything, of plain types."""
        return {**asdict(self), "broken": [package.name for package in self.broken]}


def examine() -> Examination:
    """Look at this machine."""
    required, extras = dependencies()
    if any(package.problem for package in required):
        return Examination(__version__, _machine(), required, extras, looked_further=False)
    from ... import metrics
    from ...codecs import available, registry
    from ...metrics.machinery import weights
    from ...reports import figures
    from .. import degradations

    codecs = {name: codec.unavailable() for name, codec in available().items()}
    measures = {name: metric.unavailable() for name, metric in metrics.available().items()}
    return Examination(
        nscbench=__version__,
        system=_machine() | _accelerator(),
        required=required,
        extras=extras,
        libraries=_libraries(),
        codecs_on=[name for name, why in codecs.items() if not why],
        codecs_off={name: why for name, why in codecs.items() if why},
        metrics_on=[name for name, why in measures.items() if not why],
        metrics_off={name: why for name, why in measures.items() if why},
        weights_folder=str(weights.folder()),
        foreign_weights=list(_foreign()),
        plugins_left_out=dict(
            entry
            for kind in (registry, metrics, degradations, figures)
            for entry in kind.REGISTRY.found.left_out.items()
        ),
    )


def _machine() -> dict[str, Any]:
    return {
        "system": platform.platform(),
        "python": platform.python_version(),
        "cores": os.cpu_count(),
        "memory_gib": round(_memory() / 2**30, 1),
    }


def _accelerator() -> dict[str, Any]:
    """Processor, threads of this process and what limits them, GPU."""
    import torch

    from ...codecs.hardware import hardware
    from ..workers.pool import ONE_THREAD

    gpu = torch.cuda.is_available()
    found = {
        "processor": hardware("cpu")["processor"],
        "torch_threads": torch.get_num_threads(),
        "thread_limits": {name: os.environ[name] for name in ONE_THREAD if name in os.environ},
        "cuda_of_torch": torch.version.cuda or "",
        "gpu": torch.cuda.get_device_name() if gpu else "",
    }
    if gpu:
        found["gpu_memory_gib"] = round(torch.cuda.mem_get_info()[1] / 2**30, 1)
    return found


def _memory() -> int:
    """Bytes that may be used: of the machine, or of its container if that has fewer."""
    whole = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
    limit = _CGROUP.read_text().strip() if _CGROUP.is_file() else "max"
    return min(whole, int(limit)) if limit.isdigit() else whole


def _libraries() -> dict[str, str]:
    """Versions of libraries within packages; file names of the system's; paths of programs."""
    import soundfile
    import soxr

    from ...codecs.conventional.native import find

    found = {
        "libsndfile": soundfile.__libsndfile_version__,
        "libsoxr": soxr.__libsoxr_version__,
        "FFmpeg (PyAV)": _ffmpeg(),
    }
    found |= {f"lib{name}": find(name, soname) for name, soname in _SYSTEM_LIBRARIES.items()}
    return found | {name: shutil.which(name) or "" for name in _PROGRAMS}


def _ffmpeg() -> str:
    try:
        import av
    except ImportError:
        return ""
    return str(av.ffmpeg_version_info)


def _foreign() -> Iterator[str]:
    from ..data.published_weights import table

    for entry in table().values():
        yield from (str(entry.weights.path(file)) for file in entry.weights.foreign())
