"""Plugins: methods, engines and encoders of one's own, found by the entry points of installed packages.

A package names them in its pyproject.toml, and modgap then knows them by that name everywhere:

    [project.entry-points."modgap.methods"]
    halved = "my_package:Halved"

What ships is named in the same way, as an `EntryPoint` in code, since a Space runs from files without being installed.
"""

from __future__ import annotations

import functools
import warnings
from collections.abc import Iterable, Iterator, Mapping, MutableMapping
from importlib.metadata import EntryPoint, entry_points
from typing import Any, TypeVar

from modgap.errors import ModgapError

T = TypeVar("T")
METHODS, ENGINES, ENCODERS = "modgap.methods", "modgap.engines", "modgap.encoders"


@functools.cache
def plugins(group: str) -> dict[str, EntryPoint]:
    """The entry points of a group that installed packages name, by name; the first of equal names."""
    found: dict[str, EntryPoint] = {}
    for each in entry_points(group=group):
        found.setdefault(each.name, each)
    return found


def load_plugin(point: EntryPoint) -> Any:
    """What an entry point names. Raises ModgapError, naming its package, for one that cannot be imported."""
    try:
        return point.load()
    except Exception as error:  # a stranger's module may raise anything while it is imported
        raise ModgapError(
            f'"{point.name}" of {point.group} ({point.value}) cannot be loaded: {type(error).__name__}: {error}. '
            f"Repair or uninstall {point.dist.name if point.dist else 'its package'}."
        ) from error


class Registry(MutableMapping[str, T]):
    """What ships, and after it the plugins of a group, by name; another can be set by hand for this process.

    Plugins are loaded when somebody first asks for more than what ships: their modules import modgap, too.
    """

    def __init__(self, group: str, shipped: Mapping[str, T]) -> None:
        self._group, self._shipped = group, dict(shipped)

    @functools.cached_property
    def _all(self) -> dict[str, T]:
        return {**self._shipped, **usable_plugins(self._group, self._shipped)}

    def __setitem__(self, name: str, made: T) -> None:
        """As a plugin would be. Raises ModgapError for the name of what ships.

        >>> numbers = Registry("nobody.names.this", {"one": 1})
        >>> numbers["two"] = 2
        >>> dict(numbers)
        {'one': 1, 'two': 2}
        """
        if name in self._shipped:
            raise ModgapError(f'"{name}" ships with modgap: take another name.')
        self._all[name] = made

    def __delitem__(self, name: str) -> None:
        del self._all[name]

    def __getitem__(self, name: str) -> T:
        return self._shipped[name] if name in self._shipped else self._all[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self._all)

    def __len__(self) -> int:
        return len(self._all)


def usable_plugins(group: str, taken: Iterable[str]) -> dict[str, Any]:
    """What the plugins of a group name, loaded, by name.

    taken: names that modgap has itself. A plugin of such a name, and one that cannot be loaded, is left out with a
    warning, so that one bad package does not stop the rest.
    """
    shipped, loaded = set(taken), {}
    for name, point in plugins(group).items():
        if name in shipped:
            warnings.warn(f'The plugin "{name}" of {group} is not used: modgap has one of that name.', stacklevel=2)
            continue
        try:
            loaded[name] = load_plugin(point)
        except ModgapError as error:
            warnings.warn(str(error), stacklevel=2)
    return loaded
