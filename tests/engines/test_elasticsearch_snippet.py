"""The request for Elasticsearch has the documented form, and its script gives z lifted above 0."""

from types import SimpleNamespace

import pytest

from modgap.calibration import Calibration
from modgap.engines.elasticsearch_snippet import SCRIPT, request
from modgap.engines.opensearch_snippet import score_offset
from modgap.engines.snippets import Names, export
from tests.engines.snippet_cases import COSINES, HOSTILE, MODALITY, THREE, body, expected


def test_scores_are_z_lifted_above_0(calibration: Calibration, query_modality: str) -> None:
    numbers = calibration.numbers(query_modality)
    parameters = request(numbers)["query"]["script_score"]["script"]["params"]
    formula = SCRIPT.split("return ")[1].rstrip(";").replace("Math.max", "max")
    for cosine, modality, z in zip(COSINES, MODALITY, expected(calibration, query_modality), strict=True):
        usual = SimpleNamespace(**parameters["groups"][modality])
        names = {"cosine": cosine, "usual": usual, "params": SimpleNamespace(**parameters)}
        assert eval(formula, {"max": max}, names) == pytest.approx(z + score_offset(numbers), rel=1e-5)


def test_it_asks_for_the_nearest_of_every_group_under_the_names_given() -> None:
    text = export(THREE, "elasticsearch", Names(table="wares", vector="v", group="kind", k=5))
    found = body(text)
    nearest = [each["knn"] for each in found["query"]["script_score"]["query"]["bool"]["should"]]
    assert [each["filter"]["term"]["kind"] for each in nearest] == [*HOSTILE]
    assert {each["field"] for each in nearest} == {"v"}
    assert found["size"] == 5
    assert "\nGET /wares/_search\n" in text
