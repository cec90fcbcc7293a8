"""What is installed here, what is missing, and what that switches off.

Required are the dependencies that nscbench's own metadata names without an extra: one that is not
installed, has a version that is not allowed, or cannot be imported, is broken. All else is
optional: what lacks it is off, and everything else runs.

Only what any Python has, and `packaging`, is imported before the required packages are known to
work; codecs, metrics and libraries are not looked at if one does not.
"""

import os
import platform
import shutil
from collections.abc import Iterator
from dataclasses import asdict, dataclass, field
from functools import cache
from importlib import import_module
from importlib.metadata import PackageNotFoundError, packages_distributions, requires, version
from pathlib import Path
from typing import Any

from packaging.requirements import Requirement

from ... import __version__

_SYSTEM_LIBRARIES = {"speex": 1, "vo-amrwbenc": 0}  # for ctypes: ABI version by name
_PROGRAMS = ("ffmpeg", "curl")
_CGROUP = Path("/sys/fs/cgroup/memory.max")
_IMPORT_ERRORS = (
    *(ImportError, OSError),  # a module, a name in it, a shared library or a data file is missing
    *(SyntaxError, NameError),  # it is for another Python
    *(AttributeError, TypeError, ValueError),  # it is for another version of what it imports
    *(RuntimeError, SystemError, LookupError),  # its compiled part or its setting up gives up
)


@dataclass(frozen=True)
class Package:
    """A dependency: `problem` says what is wrong with it and what mends it; "" if nothing is."""

    name: str
    wanted: str
    version: str
    problem: str


@dataclass(frozen=True)
class Findings:
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


def examine() -> Findings:
    """Look at this machine."""
    required, extras = _dependencies()
    if any(package.problem for package in required):
        return Findings(__version__, _machine(), required, extras, looked_further=False)
    from ... import metrics
    from ...codecs import available, registry
    from ...metrics.machinery import weights
    from .. import degradations

    codecs = {name: codec.unavailable() for name, codec in available().items()}
    measures = {name: metric.unavailable() for name, metric in metrics.available().items()}
    return Findings(
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
        foreign_weights=list(dict.fromkeys(_foreign())),
        plugins_left_out=dict(
            entry
            for kind in (registry, metrics, degradations)
            for entry in kind.REGISTRY.found.left_out.items()
        ),
    )


def _dependencies() -> tuple[list[Package], dict[str, list[Package]]]:
    """The required packages, and those of each extra but the developers'."""
    required: list[Package] = []
    extras: dict[str, list[Package]] = {}
    for text in requires("nscbench") or ():
        requirement = Requirement(text)
        if requirement.marker is None or requirement.marker.evaluate({"extra": ""}):
            required.append(examine_package(requirement, "pip install"))
            continue
        extra = _extra_of(requirement)
        if extra not in ("", "all", "dev", "test", "fuzz"):
            command = f"pip install 'nscbench[{extra}]': it needs"
            extras.setdefault(extra, []).append(examine_package(requirement, command))
    return required, extras


def _extra_of(requirement: Requirement) -> str:
    """The extra that asks for a requirement: `extra == "wer"` in its marker."""
    words = str(requirement.marker).replace("'", '"').partition('extra == "')[2]
    return words.partition('"')[0]


def examine_package(requirement: Requirement, command: str) -> Package:
    """A dependency: is it installed, in an allowed version, and can it be imported?

    Args:
        requirement: name and allowed versions.
        command: what mends it, without the requirement.
    """
    wanted = f"{requirement.name}{requirement.specifier}"
    try:
        found = version(requirement.name)
    except PackageNotFoundError:
        return Package(requirement.name, wanted, "", f"not installed: {command} '{wanted}'")
    problem = ""
    if not requirement.specifier.contains(found, prereleases=True):
        problem = f"{found} is not allowed: {command} '{wanted}'"
    elif error := _import_error(requirement.name):
        problem = f"cannot be imported ({error}): pip install --force-reinstall '{wanted}'"
    return Package(requirement.name, wanted, found, problem)


@cache
def _modules() -> dict[str, list[str]]:
    """Top-level modules by the name of the distribution that brings them."""
    found: dict[str, list[str]] = {}
    for module, distributions in packages_distributions().items():
        for name in distributions:
            found.setdefault(name.lower().replace("_", "-"), []).append(module)
    return found


def _import_error(distribution: str) -> str:
    """What importing the module of the distribution's name, or its first one, dies of."""
    name = distribution.lower().replace("_", "-")
    public = [module for module in _modules().get(name, ()) if not module.startswith("_")]
    chosen = [m for m in public if m.lower().replace("_", "-") == name] or public
    try:
        for module in chosen[:1]:
            import_module(module)
    except _IMPORT_ERRORS as error:
        return f"{type(error).__name__}: {' '.join(str(error).split())}"
    return ""


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

    from ..workers.pool import ONE_THREAD
    from .provenance import hardware

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
    from ... import metrics

    for metric in metrics.available().values():
        if metric.weights:
            yield from (str(metric.weights.path(file)) for file in metric.weights.foreign())
