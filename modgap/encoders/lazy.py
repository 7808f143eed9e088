"""An encoder that is loaded when it first encodes something.

An index folder opens in a moment, and a search in it by an item or a vector needs no model at all.
"""

from __future__ import annotations

import copy
import threading
from collections.abc import Callable
from typing import Any

from modgap.encoders.base import Encoder
from modgap.errors import ModelError
from modgap.io.vector_cache import VectorCache


class LazyEncoder(Encoder):
    """An `Encoder` of which only name and dimension are known until it is used.

    name: of the model. dimension: d of the vectors that are there already. load: loads it, at the first use.
    """

    def __init__(self, name: str, dimension: int, load: Callable[[], Encoder]) -> None:
        self.name = name
        self.dimension = dimension
        self.cache: VectorCache | None = None
        self._load = load
        self._loading = threading.Lock()

    def __getattr__(self, attribute: str) -> Any:
        """Everything else is the loaded encoder's. Raises ModelError for a model of another width."""
        if attribute.startswith("__") or "_load" not in self.__dict__:  # such as those that `copy` looks for
            raise AttributeError(attribute)
        with self._loading:
            if "_model" not in self.__dict__:
                loaded = self._load()
                if loaded.dimension != self.dimension:
                    raise ModelError(
                        f'The model "{self.name}" makes vectors of {loaded.dimension} dimensions, and those here have '
                        f"{self.dimension}: give the model that made them."
                    )
                self.__dict__.update({k: v for k, v in loaded.__dict__.items() if k not in self.__dict__})
        try:
            return self.__dict__[attribute]
        except KeyError:
            raise AttributeError(attribute) from None

    def with_cache(self, cache: VectorCache | None) -> Encoder:
        twin = copy.copy(self)
        twin.cache = cache
        return twin
