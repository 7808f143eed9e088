"""Qdrant's request has the documented form, and its own client ranks by z."""

import json
import math

import numpy as np
import pytest

from modgap.calibration import Calibration
from modgap.engines.qdrant_snippet import request as qdrant_request
from modgap.engines.snippets import export
from tests.engines.snippet_cases import COSINES, HOSTILE, MODALITY, THREE, body, expected


def test_qdrants_formula_is_z(calibration: Calibration, query_modality: str) -> None:
    formula = body(export(calibration.numbers(query_modality), "qdrant"))["query"]["formula"]

    def value(node, scores: dict[str, float], modality: str) -> float:
        """Qdrant's expressions as documented: constant, variable, condition, sum, mult, div."""
        if isinstance(node, float):
            return node
        if isinstance(node, str):
            return scores[node]
        if "key" in node:
            return float(node["match"]["value"] == modality)
        if "sum" in node:
            return sum(value(part, scores, modality) for part in node["sum"])
        if "mult" in node:
            return math.prod(value(part, scores, modality) for part in node["mult"])
        return value(node["div"]["left"], scores, modality) / value(node["div"]["right"], scores, modality)

    for cosine, modality, z in zip(COSINES, MODALITY, expected(calibration, query_modality), strict=True):
        scores = {
            "$score[0]": cosine if modality == "text" else 0.0,
            "$score[1]": cosine if modality == "image" else 0.0,
        }
        assert value(formula, scores, modality) == pytest.approx(z, rel=1e-5)


def test_qdrant_ranks_by_z(calibration: Calibration) -> None:
    client_of = pytest.importorskip("qdrant_client", reason="checks the request against Qdrant's own client")
    models = client_of.models
    rng = np.random.default_rng(0)
    vectors = rng.normal(size=(40, 3))
    vectors /= np.linalg.norm(vectors, axis=1, keepdims=True)
    modality = ["text"] * 20 + ["image"] * 20
    client = client_of.QdrantClient(":memory:")
    client.create_collection("items", vectors_config=models.VectorParams(size=3, distance=models.Distance.COSINE))
    client.upsert(
        "items",
        [models.PointStruct(id=i, vector=vectors[i].tolist(), payload={"modality": modality[i]}) for i in range(40)],
    )
    document = json.dumps(qdrant_request(calibration.numbers("text")))
    asked = models.QueryRequest.model_validate_json(document.replace('"QUERY_VECTOR"', json.dumps(vectors[3].tolist())))
    found = client.query_points("items", prefetch=asked.prefetch, query=asked.query, limit=asked.limit).points
    z = calibration.z(vectors @ vectors[3], np.asarray(modality))
    assert [point.id for point in found] == np.argsort(-z)[:10].tolist()
    assert [point.score for point in found] == pytest.approx(np.sort(z)[::-1][:10], rel=1e-4, abs=1e-4)


def test_qdrant_asks_for_every_group() -> None:
    request = body(export(THREE, "qdrant"))
    assert [each["filter"]["must"][0]["match"]["value"] for each in request["prefetch"]] == [*HOSTILE]
    assert len(request["query"]["formula"]["sum"]) == len(request["query"]["defaults"]) == 3
