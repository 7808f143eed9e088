"""The snippet for Milvus merges filtered searches by z."""

import json
import sys
from types import SimpleNamespace

import numpy as np
import pytest

from modgap.calibration import Calibration
from modgap.engines.connect import open_engine
from modgap.engines.snippets import Names, export
from modgap.search.collection import Collection
from modgap.vectors import unit_vectors
from tests.engines.live_laws import stored
from tests.engines.snippet_cases import COSINES, MODALITY, THREE, Z_OF_THREE, calibrated, expected


def test_milvus_merges_two_filtered_searches_by_the_calibrated_score(
    calibration: Calibration, query_modality: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """With a stand-in for the client that answers as pymilvus does."""
    asked = []

    class Client:
        def search(self, **request):
            asked.append(request)
            wanted = request["filter"].split('"')[1]
            hits = [
                {"id": i, "distance": c} for i, (c, m) in enumerate(zip(COSINES, MODALITY, strict=True)) if m == wanted
            ]
            return [sorted(hits, key=lambda hit: -hit["distance"])[: request["limit"]]]

    monkeypatch.setitem(sys.modules, "pymilvus", SimpleNamespace(MilvusClient=Client))
    names: dict = {}
    exec(export(calibration.numbers(query_modality), "milvus"), names)
    hits = names["search"](Client(), [1.0, 0.0, 0.0], k=4)
    scores, z = calibrated(calibration, query_modality), expected(calibration, query_modality)
    best = np.argsort(-scores, kind="stable")[:4].tolist()
    assert [hit["id"] for hit in hits] == best
    assert [hit["calibrated"] for hit in hits] == pytest.approx(scores[best], rel=1e-5)
    assert [hit["z"] for hit in hits] == pytest.approx(z[best], rel=1e-5)
    assert [request["filter"] for request in asked] == ['modality == "text"', 'modality == "image"']
    assert all(request["search_params"] == {"metric_type": "COSINE"} for request in asked)


def test_milvus_knows_a_third_group_whatever_its_name(monkeypatch: pytest.MonkeyPatch) -> None:
    class Client:
        def search(self, **request):
            group = json.loads(request["filter"].removeprefix("modality == "))
            return [[{"id": group, "distance": 0.8}]]

    monkeypatch.setitem(sys.modules, "pymilvus", SimpleNamespace(MilvusClient=Client))
    names: dict = {}
    exec(export(THREE, "milvus"), names)
    assert {hit["id"]: hit["z"] for hit in names["search"](Client(), [1.0])} == pytest.approx(Z_OF_THREE)


def test_it_runs_on_milvus_lite_with_names_of_ones_own(tmp_path) -> None:
    from pymilvus import MilvusClient

    items = stored(40)
    ids, groups = [each.id for each in items], [each.group for each in items]
    collection = Collection.from_vectors(ids, groups, np.stack([each.vector for each in items]))
    queries = unit_vectors(np.stack([each.vector for each in items[:30:3]]) + 0.1)
    calibration = collection.calibrate(queries)
    url = f"milvus://{tmp_path}/own.db?collection=wares&vector=v&group=kind"
    engine = open_engine(url)
    engine.push(items)
    names: dict = {}
    own = Names(table="wares", vector="v", group="kind", k=6)
    exec(export(calibration.numbers(), "milvus", own), names)
    for vector in queries[:3]:
        found = names["search"](MilvusClient(f"{tmp_path}/own.db"), vector.tolist())
        right = collection.search(vector, 6)
        assert [hit["id"] for hit in found] == [hit.id for hit in right]
        assert [hit["calibrated"] for hit in found] == pytest.approx([hit.value for hit in right], abs=2e-3)
