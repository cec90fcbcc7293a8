"""How codecs, metrics and degradations are found: one loader for all of them.

    folder       a module of one of the registry's folders that defines the registry's attribute
                 (`METRIC = ...`) is a plug-in; the folder is the list
    entry point  another package names a plug-in under the registry's group

The module stands in the lowest layer since every registry above it loads by it. What lies in our
own folders must load: a fault there is raised. What another package brings is foreign code and may
fail in any way, `sys.exit` included: then it alone is left out, with a warning, and `left_out`
keeps the reason for `nscbench list` and `nscbench doctor`.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from functools import cached_property
from importlib import import_module
from importlib.metadata import entry_points
from pkgutil import iter_modules
from typing import Any, Generic, TypeVar
from warnings import warn

Plugin = TypeVar("Plugin")


@dataclass(frozen=True)
class Found(Generic[Plugin]):
    """What a search found.

    Attributes:
        plugins: by name: those of the folders, in their order, then those of entry points.
        left_out: why an entry point gave none, by its value (`package.module:NAME`).
    """

    plugins: dict[str, Plugin] = field(default_factory=dict)
    left_out: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Registry(Generic[Plugin]):
    """Plug-ins of one kind: where they are looked for, and what they must be.

    Attributes:
        noun: what messages call one.
        group: of entry points.
        folders: packages whose modules may define one.
        attributes: names under which a module defines one, or a tuple of several.
        checked: gives the plug-in that an object is; a `TypeError` says why it is none.
        name_of: name of a plug-in, from it and the name of its file or entry point.
        tried: asks one of another package what every command asks it, so that it fails here.
    """

    noun: str
    group: str
    folders: tuple[str, ...]
    attributes: tuple[str, ...]
    checked: Callable[[Any], Plugin]
    name_of: Callable[[Plugin, str], str]
    tried: Callable[[Plugin], object] = lambda plugin: None

    @cached_property
    def found(self) -> Found[Plugin]:
        """All plug-ins; looked for once."""
        return self.search()

    def search(self) -> Found[Plugin]:
        """All plug-ins, looked for anew.

        Raises:
            TypeError: what a module of the folders defines is no plug-in of this kind.
        """
        found = Found[Plugin]()
        for name, plugin in self._own():
            found.plugins[self.name_of(plugin, name)] = plugin
        for point in entry_points(group=self.group):
            try:
                plugin = self.checked(point.load())
                self.tried(plugin)
                name = self.name_of(plugin, point.name)
                if name in found.plugins:
                    raise ValueError(f"there is a {self.noun} {name!r} already")
            except (Exception, SystemExit) as error:  # noqa: BLE001  foreign code fails in any way
                ended = isinstance(error, SystemExit) or not str(error)  # an exit says a number
                reason = repr(error) if ended else str(error)
                found.left_out[point.value] = reason
                warn(f"the {self.noun} {point.value} is left out: {reason}", stacklevel=2)
            else:
                found.plugins[name] = plugin
        return found

    def forget(self) -> None:
        """Look anew at the next question."""
        self.__dict__.pop("found", None)

    def _own(self) -> Iterator[tuple[str, Plugin]]:
        """Names of files of the folders, and the plug-ins that they define."""
        for folder in self.folders:
            package = import_module(folder)
            for name in sorted(info.name for info in iter_modules(package.__path__)):
                content = vars(import_module(f"{folder}.{name}"))
                for value in (content[a] for a in self.attributes if a in content):
                    try:
                        several = value if isinstance(value, tuple) else (value,)
                        plugins = [self.checked(one) for one in several]
                    except TypeError as error:
                        raise TypeError(f"{folder}.{name}: {error}") from error
                    yield from ((name, plugin) for plugin in plugins)


def concrete_class(value: Any, base: type, called: str, name: str) -> Any:
    """The object as a class that can be instantiated.

    Args:
        value: the object.
        base: what it must be a subclass of.
        called: the base, for messages.
        name: of the class attribute that names it.

    Raises:
        TypeError: it is no such class, has no name, or lacks what every one has.
    """
    if not (isinstance(value, type) and issubclass(value, base)):
        raise TypeError(f"it is no subclass of {called}")
    if not isinstance(getattr(value, name, None), str):
        raise TypeError(f"it has no {name}")
    if lost := sorted(getattr(value, "__abstractmethods__", ())):
        raise TypeError(f"it does not define {', '.join(lost)}")
    return value
