"""The request for OpenSearch has the documented form, and its script gives z lifted above 0."""

import json
import re
from types import SimpleNamespace

import pytest

from modgap.calibration import Calibration
from modgap.engines.opensearch_snippet import SCRIPT, score_offset
from modgap.engines.opensearch_snippet import request as opensearch_request
from modgap.engines.snippets import Names, export
from tests.engines.snippet_cases import COSINES, HOSTILE, MODALITY, THREE, Z_OF_THREE, body, expected


def test_opensearch_request_has_the_documented_form(calibration: Calibration, query_modality: str) -> None:
    text = export(calibration.numbers(query_modality), "opensearch")
    scored = body(text)["query"]["script_score"]
    nearest = [clause["knn"]["embedding"] for clause in scored["query"]["bool"]["should"]]
    assert [each["filter"] for each in nearest] == [{"term": {"modality": m}} for m in ("text", "image")]
    assert all(each["vector"] == "QUERY_VECTOR" and each["k"] >= 10 for each in nearest)
    script = scored["script"]
    assert script["lang"] == "painless"
    used = set(re.findall(r"params\.(\w+)", script["source"]))
    assert used == script["params"].keys()
    assert script["params"]["groups"]["text"].keys() == {"mean", "std"}
    assert "\nGET /items/_search\n" in text


def test_opensearch_scores_are_z_lifted_above_0(calibration: Calibration, query_modality: str) -> None:
    """The script's arithmetic, read as Python: OpenSearch refuses a negative score."""
    numbers = calibration.numbers(query_modality)
    params = opensearch_request(numbers)["query"]["script_score"]["script"]["params"]
    formula = SCRIPT.split("return ")[1].rstrip(";").replace("Math.max", "max")
    for cosine, modality, z in zip(COSINES, MODALITY, expected(calibration, query_modality), strict=True):
        names = {
            "cosine": cosine,
            "usual": SimpleNamespace(**params["groups"][modality]),
            "params": SimpleNamespace(**params),
        }
        assert eval(formula, {"max": max}, names) == pytest.approx(z + score_offset(numbers), rel=1e-5)
    worst = min((-1 - numbers.mean[m]) / numbers.std[m] for m in ("text", "image"))
    assert 0 <= worst + score_offset(numbers) < 1


def test_opensearch_asks_for_every_group() -> None:
    scored = body(export(THREE, "opensearch"))["query"]["script_score"]
    groups = scored["script"]["params"]["groups"]
    assert {group: (0.8 - usual["mean"]) / usual["std"] for group, usual in groups.items()} == pytest.approx(Z_OF_THREE)
    nearest = [each["knn"]["embedding"]["filter"] for each in scored["query"]["bool"]["should"]]
    assert [each["term"]["modality"] for each in nearest] == [*HOSTILE]


def test_the_pipeline_gives_the_same_line_of_z_for_every_group(calibration: Calibration, query_modality: str) -> None:
    """The documented formula of min_max with clipped bounds, for a clause of each group: (z + 8) / 16."""
    numbers = calibration.numbers(query_modality)
    text = export(numbers, "opensearch-pipeline", Names(table="wares", group="kind", k=4))
    first, second = text[text.index("PUT") :].split("\n\n")
    processor = json.loads(first.partition("\n")[2])["phase_results_processors"][0]["normalization-processor"]
    bounds = processor["normalization"]["parameters"]
    for cosine, group, z in zip(COSINES, MODALITY, expected(calibration, query_modality), strict=True):
        place = numbers.groups.index(group)
        lower = bounds["lower_bounds"][place]["min_score"]
        upper = bounds["upper_bounds"][place]["max_score"]
        score = min(max(((1 + cosine) / 2 - lower) / (upper - lower), 0), 1)
        assert score == pytest.approx(min(max((z + 8) / 16, 0), 1), abs=1e-5)
    queries = json.loads(second.partition("\n")[2])["query"]["hybrid"]["queries"]
    assert [each["knn"]["embedding"]["filter"]["term"]["kind"] for each in queries] == list(numbers.groups)
    assert second.startswith("GET /wares/_search?search_pipeline=modgap")
