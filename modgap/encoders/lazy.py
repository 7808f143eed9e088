"""An encoder that is loaded when it first encodes something that is not there yet.

The bundled model's sample answers before PyTorch is imported, since its vectors are shipped; an index folder opens in a
moment, and a search in it by an item or a vector needs no model at all.
"""

from __future__ import annotations

import copy
import threading
from collections.abc import Callable, Mapping
from typing import Any

from modgap.encoders.base import Encoder
from modgap.errors import ModelError
from modgap.io.vector_cache import VectorCache
from modgap.vectors import Vectors


class LazyEncoder(Encoder):
    """An `Encoder` of which only name, dimension and shipped vectors are known until it has to encode something else.

    name: of the model. dimension: d of the vectors that are there already. load: loads it, once, whatever the number of
    copies that `with_cache` makes. shipped: as for `Encoder`.
    """

    def __init__(
        self,
        name: str,
        dimension: int,
        load: Callable[[], Encoder],
        *,
        shipped: Mapping[bytes, Vectors] | None = None,
    ) -> None:
        self.name = name
        self.dimension = dimension
        self.shipped = dict(shipped or {})
        self.cache: VectorCache | None = None
        self._once = _Once(load)

    @property
    def loaded(self) -> bool:
        return self._once.loaded is not None

    @property
    def fingerprint(self) -> str:
        return self._load().fingerprint

    def wake(self) -> None:
        self._load()

    def with_cache(self, cache: VectorCache | None) -> Encoder:
        twin = copy.copy(self)
        twin.cache = cache
        return twin

    def __getattr__(self, attribute: str) -> Any:
        """Everything else is the loaded encoder's. Raises ModelError for a model of another width."""
        if attribute.startswith("__") or "_once" not in self.__dict__:  # such as those that `copy` looks for
            raise AttributeError(attribute)
        return getattr(self._load(), attribute)

    def _load(self) -> Encoder:
        loaded = self._once()
        if loaded.dimension != self.dimension:
            raise ModelError(
                f'The model "{self.name}" makes vectors of {loaded.dimension} dimensions, and those here have '
                f"{self.dimension}: give the model that made them."
            )
        return loaded


class _Once:
    """The result of a function that is called at the first use only, by one thread."""

    def __init__(self, load: Callable[[], Encoder]) -> None:
        self._load, self._lock = load, threading.Lock()
        self.loaded: Encoder | None = None

    def __call__(self) -> Encoder:
        with self._lock:
            if self.loaded is None:
                self.loaded = self._load()
            return self.loaded
