"""The snippet for Milvus merges filtered searches by z."""

import json
import sys
from types import SimpleNamespace

import numpy as np
import pytest

from modgap.calibration import Calibration
from modgap.engines.snippets import export
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
