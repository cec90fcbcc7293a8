"""Digests of what decides a result beside its input: codec, weights, code, libraries, versions.

Keys are made of them. A worker computes them again before it starts a task: if the weights have
changed since the run began, or its machine has other versions, the run stops, and no result is
stored under a wrong key.
"""

from collections.abc import Mapping
from functools import lru_cache
from hashlib import sha256
from inspect import getsourcefile
from pathlib import Path

from ... import __version__
from ...codecs import Codec
from ..store.journal import key_of
from ..workers.failures import Misfit
from .provenance import metric_version, package_version


def maker(codec: Codec, device: str) -> str:
    """Digest of what decides a bitstream and what it decodes to, beside the recording."""
    soxr = package_version("soxr")
    parts = (codec, codec.fingerprint, codec.backend, _code(type(codec)), soxr, device)
    inside = codec.wrapped
    others = [part for other in codec.partners for part in (other, maker(other, device))]
    return key_of("maker", *parts, *([_code(type(inside))] if inside else []), *others)


def check_maker(codec: Codec, device: str, planned: str) -> None:
    """Refuse to encode or decode with anything but what was planned.

    Raises:
        Misfit: weights, code, library or resampler are others here.
    """
    if maker(codec, device) != planned:
        raise Misfit(
            f"{codec.condition}: weights, code or libraries are not those that the run began with "
            f"(here: weights {codec.fingerprint[:16] or 'none'}, {codec.backend or 'no library'}, "
            f"nscbench {__version__})"
        )


def check_versions(planned: Mapping[str, str], level: float | None, rate: int) -> None:
    """Refuse to measure with other versions than planned, by metric, at this level and rate.

    Raises:
        Misfit: naming the metric and both versions.
    """
    for name, version in planned.items():
        if (here := _version(name, level, rate)) != version:
            raise Misfit(f"{name}: the run began with {version}, here is {here}")


@lru_cache
def _version(metric: str, level: float | None, rate: int) -> str:
    return metric_version(metric, level, rate)


@lru_cache
def _code(codec: type[Codec]) -> str:
    """Digest of the files that define a codec's class and those that it is made from.

    What these files import is not in it: nscbench's version stands for its own modules, `backend`
    for libraries.
    """
    sources = [getsourcefile(base) for base in codec.__mro__ if issubclass(base, Codec)]
    digest = sha256(__version__.encode())
    for source in dict.fromkeys(filter(None, sources)):
        digest.update(Path(source).read_bytes())
    return digest.hexdigest()
