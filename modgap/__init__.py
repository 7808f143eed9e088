"""modgap: one search box over pictures and passages, ranked fairly, with no labels.

    corpus = modgap.read_corpus("trip/")
    collection = modgap.Collection.encode(corpus, modgap.load_encoder())
    collection.calibrate()
    collection.search("windmills by the sea")

`import modgap` loads nothing heavy: each name below is imported when it is first used.
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any

__version__ = "0.2.0"

_MODULE_OF = {
    "Calibration": "modgap.calibration",
    "Collection": "modgap.search.collection",
    "Hit": "modgap.items",
    "Item": "modgap.items",
    "MixedQuery": "modgap.search.mixed_query",
    "Modality": "modgap.items",
    "ModgapError": "modgap.errors",
    "SimilarityStandardizer": "modgap.methods",
    "connect": "modgap.search.live_collection",
    "VectorCache": "modgap.io.vector_cache",
    "load_encoder": "modgap.encoders",
    "read_corpus": "modgap.corpus",
    "read_queries": "modgap.corpus",
}

__all__ = [*_MODULE_OF, "__version__"]  # noqa: PLE0604 - the keys are names

if TYPE_CHECKING:
    from modgap.calibration import Calibration as Calibration
    from modgap.corpus import read_corpus as read_corpus
    from modgap.corpus import read_queries as read_queries
    from modgap.encoders import load_encoder as load_encoder
    from modgap.errors import ModgapError as ModgapError
    from modgap.io.vector_cache import VectorCache as VectorCache
    from modgap.items import Hit as Hit
    from modgap.items import Item as Item
    from modgap.items import Modality as Modality
    from modgap.methods import SimilarityStandardizer as SimilarityStandardizer
    from modgap.search.collection import Collection as Collection
    from modgap.search.live_collection import connect as connect
    from modgap.search.mixed_query import MixedQuery as MixedQuery


def __getattr__(name: str) -> Any:
    if name in _MODULE_OF:
        return getattr(importlib.import_module(_MODULE_OF[name]), name)
    raise AttributeError(f"module 'modgap' has no attribute '{name}'")


def __dir__() -> list[str]:
    return sorted(__all__)
