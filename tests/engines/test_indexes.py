"""Engines by the name that a user chooses."""

import numpy as np
import pytest

from modgap.engines.exact import ExactEngine
from modgap.engines.faiss import FaissEngine
from modgap.engines.hnsw import HnswEngine
from modgap.engines.indexes import build_index, index_name
from modgap.errors import EngineError

VECTORS, GROUPS = np.eye(4, dtype=np.float32), np.asarray(["text", "image"] * 2)


@pytest.mark.parametrize(("name", "kind"), [("exact", ExactEngine), ("hnsw", HnswEngine)])
def test_a_name_gives_an_engine_that_has_that_name(name: str, kind: type) -> None:
    engine = build_index(name, VECTORS, GROUPS, {})
    assert type(engine) is kind
    assert index_name(engine) == name
    assert engine.top_k(VECTORS[:1], 1, "text").rows.tolist() == [[0]]


def test_another_engine_is_named_by_its_class() -> None:
    assert index_name(FaissEngine(VECTORS, GROUPS)) == "FaissEngine"


def test_an_unknown_name_is_refused_with_the_known_ones() -> None:
    with pytest.raises(EngineError, match="exact or hnsw"):
        build_index("ivf", VECTORS, GROUPS, {})
