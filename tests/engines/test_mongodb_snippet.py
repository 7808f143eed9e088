"""The aggregation for MongoDB: its arithmetic, worked by a small reader of its expressions, gives z."""

from __future__ import annotations

import json

import pytest

from modgap.calibration import Calibration
from modgap.engines.mongodb_snippet import pipeline
from modgap.engines.snippets import Names, export
from tests.engines.snippet_cases import COSINES, HOSTILE, MODALITY, THREE, expected


def value(expression: object, score: float) -> float:
    """An aggregation expression as MongoDB documents its operators; `score` is that of the vector search."""
    if not isinstance(expression, dict):
        return float(expression)  # type: ignore[arg-type]
    [(operator, arguments)] = expression.items()
    if operator == "$meta":
        assert arguments == "vectorSearchScore"
        return score
    left, right = (value(each, score) for each in arguments)
    return {"$subtract": left - right, "$multiply": left * right, "$divide": left / right if right else 0}[operator]


def parts(stages: list[dict]) -> dict[str, list[dict]]:
    """The stages of each group."""
    first = [stage for stage in stages if "$unionWith" not in stage][:4]
    found = [first, *(stage["$unionWith"]["pipeline"] for stage in stages if "$unionWith" in stage)]
    return {next(iter(part[0]["$vectorSearch"]["filter"].values()))["$eq"]: part for part in found}


def test_the_score_is_z(calibration: Calibration, query_modality: str) -> None:
    by_group = parts(pipeline(calibration.numbers(query_modality)))
    for cosine, group, z in zip(COSINES, MODALITY, expected(calibration, query_modality), strict=True):
        stage = by_group[group][1]["$score"]
        assert stage["normalization"] == "none"
        assert value(stage["score"], (1 + cosine) / 2) == pytest.approx(z, rel=1e-5, abs=1e-6)


def test_every_group_is_searched_whatever_its_name_and_the_best_are_sorted() -> None:
    text = export(THREE, "mongodb", Names(table="wares", vector="v", group="kind", k=5))
    stages = json.loads(text[text.index("\n[") : text.rindex(")")])
    assert list(parts(stages)) == list(HOSTILE)
    for part in parts(stages).values():
        search = part[0]["$vectorSearch"]
        assert (search["path"], search["index"], search["limit"]) == ("v", "v_index", 5)
        assert search["numCandidates"] >= search["limit"]
    assert stages[-2:] == [{"$sort": {"z": -1, "_id": 1}}, {"$limit": 5}]
    assert 'db.getCollection("wares").aggregate(' in text
