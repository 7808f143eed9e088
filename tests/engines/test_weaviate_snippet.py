"""The snippet for Weaviate, with a stand-in for its client that answers as documented."""

from __future__ import annotations

import sys
from types import ModuleType, SimpleNamespace

import numpy as np
import pytest

from modgap.calibration import Calibration
from modgap.engines.snippets import Names, export
from tests.engines.snippet_cases import COSINES, MODALITY, calibrated


@pytest.fixture
def client(monkeypatch: pytest.MonkeyPatch) -> SimpleNamespace:
    asked: list[dict] = []

    class Filter:
        @staticmethod
        def by_property(name: str) -> SimpleNamespace:
            return SimpleNamespace(equal=lambda value: (name, value))

    def near_vector(**request) -> SimpleNamespace:
        asked.append(request)
        wanted = request["filters"][1]
        inside = [(i, c) for i, (c, m) in enumerate(zip(COSINES, MODALITY, strict=True)) if m == wanted]
        best = sorted(inside, key=lambda hit: -hit[1])[: request["limit"]]
        return SimpleNamespace(
            objects=[SimpleNamespace(uuid=i, metadata=SimpleNamespace(distance=1 - c)) for i, c in best]
        )

    query = ModuleType("weaviate.classes.query")
    query.Filter, query.MetadataQuery = Filter, dict  # type: ignore[attr-defined]
    collections = ModuleType("weaviate.collections")
    collections.Collection = object  # type: ignore[attr-defined]
    for name, module in {
        "weaviate": ModuleType("weaviate"),
        "weaviate.classes": ModuleType("weaviate.classes"),
        "weaviate.classes.query": query,
        "weaviate.collections": collections,
    }.items():
        monkeypatch.setitem(sys.modules, name, module)
    return SimpleNamespace(query=SimpleNamespace(near_vector=near_vector), asked=asked)


def test_it_merges_filtered_searches(calibration: Calibration, query_modality: str, client: SimpleNamespace) -> None:
    names: dict = {}
    exec(export(calibration.numbers(query_modality), "weaviate", Names(vector="v", group="kind", k=4)), names)
    hits = names["search"](client, [1.0, 0.0, 0.0])
    scores = calibrated(calibration, query_modality)
    best = np.argsort(-scores, kind="stable")[:4].tolist()
    assert [hit["id"] for hit in hits] == [str(i) for i in best]
    assert [hit["calibrated"] for hit in hits] == pytest.approx(scores[best], rel=1e-5)
    assert [request["filters"] for request in client.asked] == [("kind", "text"), ("kind", "image")]
    assert {request["target_vector"] for request in client.asked} == {"v"}
