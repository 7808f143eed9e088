"""The engines that hold a corpus's vectors themselves, by the name that a user chooses: exact, or hnsw."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray

from modgap.engines.base import Engine
from modgap.engines.exact import ExactEngine
from modgap.engines.hnsw import HnswEngine
from modgap.errors import EngineError
from modgap.progress import Progress, silent
from modgap.vectors import Vectors

INDEXES: dict[str, type[ExactEngine]] = {"exact": ExactEngine, "hnsw": HnswEngine}


def build_index(
    name: str,
    vectors: Vectors,
    item_groups: NDArray[np.str_],
    group_modality: Mapping[str, str],
    *,
    progress: Progress = silent,
) -> ExactEngine:
    """An engine of a name over vectors (n, d), ready to search. Raises EngineError for an unknown name.

    >>> build_index("exact", np.eye(2, dtype=np.float32), np.asarray(["text", "image"]), {}).count("text")
    1
    """
    if name not in INDEXES:
        raise EngineError(f'There is no index "{name}": {" or ".join(INDEXES)}.')
    engine = INDEXES[name](vectors, item_groups, group_modality=group_modality)
    return engine.build(progress=progress) if isinstance(engine, HnswEngine) else engine


def index_name(engine: Engine) -> str:
    """The name of an engine's index; of an engine that is not listed here, its class's."""
    return next((name for name, kind in INDEXES.items() if type(engine) is kind), type(engine).__name__)
