"""Weights that come inside another package, which is not imported.

The packages of some metrics ask for versions of others that do not go together, or for a second
copy of torch. Their wheels are installed without what they ask for (`pip install --no-deps`); only
the file of weights in them is read, and the network stands here.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path

from ..base import MetricUnavailable
from .weights import DAMAGED


@dataclass(frozen=True)
class PackagedWeights:
    """One file of weights in an installed package.

    Attributes:
        package: name of its folder.
        file: within that folder.
        requirement: what pip installs it by.
        licence: of the weights.
    """

    package: str
    file: str
    requirement: str
    licence: str

    @property
    def command(self) -> str:
        """A command that installs the package, and nothing else."""
        return f"pip install --no-deps {self.requirement}"

    @property
    def path(self) -> Path:
        """Where the file lies.

        Raises:
            MetricUnavailable: the package is not installed, or lacks the file.
        """
        if missing := self.missing():
            raise MetricUnavailable(missing)
        return self._found()[0]

    def _found(self) -> list[Path]:
        spec = find_spec(self.package)
        folders = (spec.submodule_search_locations or ()) if spec else ()
        return [path for folder in folders if (path := Path(folder) / self.file).is_file()]

    def missing(self) -> str:
        """What is not here and what installs it; "" if the file is."""
        if find_spec(self.package) is None:
            return f"no {self.package}: {self.command}"
        if not self._found():
            return f"{self.package} lacks {self.file}: {self.command} --force-reinstall"
        return ""

    @contextmanager
    def reading(self) -> Iterator[None]:
        """What is loaded within comes from this file; a failure names it.

        Raises:
            MetricUnavailable: it cannot be loaded.
        """
        try:
            yield
        except MetricUnavailable:
            raise
        except DAMAGED as error:
            raise MetricUnavailable(
                f"{self.path} cannot be loaded: {' '.join(str(error).split())}. Another version, "
                f"or half of one? Install it anew: {self.command} --force-reinstall"
            ) from error
