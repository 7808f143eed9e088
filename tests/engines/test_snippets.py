"""Exports: those that can run here run, and give the z of the calibration; requests have the documented form."""

import ast
import json
import math
import re
import sqlite3
import subprocess
import sys
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest

from modgap.calibration import Calibration
from modgap.engines.numbers import Numbers
from modgap.engines.opensearch import SCRIPT, score_offset
from modgap.engines.opensearch import request as opensearch_request
from modgap.engines.qdrant import request as qdrant_request
from modgap.engines.snippets import ENGINES, export
from modgap.errors import CalibrationError, ModgapError
from modgap.search.collection import Collection

COSINES = [0.93, 0.61, 0.35, -0.2, 1.0]
MODALITY = ["text", "image", "image", "text", "image"]


@pytest.fixture
def calibration(toy) -> Calibration:
    queries, items, modality = toy
    found = Collection.from_vectors(["t0", "t1", "i0", "i1"], modality, items, model="toy\nmodel").calibrate(queries)
    text = found.statistics["text"]
    return replace(found, statistics={**found.statistics, "image": {m: replace(s, mean=-0.1) for m, s in text.items()}})


@pytest.fixture(params=["text", "image"])
def query_modality(request: pytest.FixtureRequest) -> str:
    """The second has negative means: signs must survive."""
    return request.param


def expected(calibration: Calibration, query_modality: str) -> np.ndarray:
    return calibration.z(COSINES, np.asarray(MODALITY), query_modality=query_modality)


def body(text: str) -> dict:
    return json.loads(text[text.index("\n{") :])


def test_python_runs_with_numpy_alone(calibration: Calibration, query_modality: str, tmp_path: Path) -> None:
    script = export(calibration.numbers(query_modality), "python") + (
        f"import sys\nassert not [m for m in sys.modules if m.startswith('modgap')]\n"
        f"print(standardize({COSINES}, {MODALITY}).tolist())\nprint(rank({COSINES}, {MODALITY}, k=2).tolist())\n"
    )
    (tmp_path / "rank.py").write_text(script, encoding="utf-8")
    done = subprocess.run([sys.executable, "-I", "rank.py"], capture_output=True, text=True, cwd=tmp_path, check=False)
    assert done.returncode == 0, done.stderr
    z, best = map(ast.literal_eval, done.stdout.splitlines())
    assert z == pytest.approx(expected(calibration, query_modality), rel=1e-5)
    assert best == np.argsort(-expected(calibration, query_modality), kind="stable")[:2].tolist()


def test_sql_runs_in_sqlite(calibration: Calibration, query_modality: str) -> None:
    database = sqlite3.connect(":memory:")
    database.execute("CREATE TABLE scores (id INTEGER, modality TEXT, cosine REAL)")
    database.executemany("INSERT INTO scores VALUES (?, ?, ?)", zip(range(5), MODALITY, COSINES, strict=True))
    database.execute("INSERT INTO scores VALUES (9, 'sound', 1.0)")
    rows = database.execute(export(calibration.numbers(query_modality), "sql")).fetchall()
    z = expected(calibration, query_modality)
    assert [row[0] for row in rows] == [*np.argsort(-z, kind="stable").tolist(), 9]
    assert [row[3] for row in rows[:5]] == pytest.approx(sorted(z, reverse=True), rel=1e-5)
    assert rows[5][3] is None


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


def test_milvus_merges_two_filtered_searches_by_z(
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
    z = expected(calibration, query_modality)
    assert [hit["id"] for hit in hits] == np.argsort(-z, kind="stable")[:4].tolist()
    assert [hit["z"] for hit in hits] == pytest.approx(sorted(z, reverse=True)[:4], rel=1e-5)
    assert [request["filter"] for request in asked] == ['modality == "text"', 'modality == "image"']
    assert all(request["search_params"] == {"metric_type": "COSINE"} for request in asked)


def test_every_export_says_what_it_was_written_for_and_where_its_numbers_come_from(calibration: Calibration) -> None:
    for engine in ENGINES:
        first, second, *_ = export(calibration.numbers(), engine).splitlines()
        assert "model toy model, 2 passages, 2 pictures; for text queries." in first
        assert "Written for" in second
        assert re.search(r"\d", second) or engine == "sql"
        assert repr(calibration.statistics["text"]["image"].std) in export(calibration.numbers(), engine)


def test_an_unknown_engine_is_refused_with_the_known_ones(calibration: Calibration) -> None:
    with pytest.raises(ModgapError, match=r'no export to "solr"\. Known: python, opensearch, qdrant, milvus, sql'):
        export(calibration.numbers(), "solr")
    with pytest.raises(ModgapError, match="neither"):
        export(calibration.numbers("sound"), "sql")


def test_a_calibration_without_such_queries_is_refused(calibration: Calibration) -> None:
    only_text = replace(calibration, statistics={"text": calibration.statistics["text"]})
    with pytest.raises(CalibrationError, match="no statistics for picture queries"):
        export(only_text.numbers("image"), "sql")


HOSTILE = ("text", "image", 'it\'s "licensed" \\ --')
THREE = Numbers(
    mean=dict(zip(HOSTILE, (0.7, 0.3, 0.6), strict=True)), std=dict.fromkeys(HOSTILE, 0.1), dimension=3, origin="o"
)
Z_OF_THREE = {"text": 1.0, "image": 5.0, HOSTILE[2]: 2.0}  # of a cosine of 0.8


def test_sql_knows_a_third_group_whatever_its_name() -> None:
    database = sqlite3.connect(":memory:")
    database.execute("CREATE TABLE scores (id INTEGER, modality TEXT, cosine REAL)")
    database.executemany("INSERT INTO scores VALUES (?, ?, 0.8)", enumerate(HOSTILE))
    found = {modality: z for _, modality, _, z in database.execute(export(THREE, "sql"))}
    assert found == pytest.approx(Z_OF_THREE)


def test_python_and_milvus_know_a_third_group_whatever_its_name(monkeypatch: pytest.MonkeyPatch) -> None:
    names: dict = {}
    exec(export(THREE, "python"), names)
    assert names["standardize"]([0.8] * 3, HOSTILE) == pytest.approx(list(Z_OF_THREE.values()))

    class Client:
        def search(self, **request):
            group = json.loads(request["filter"].removeprefix("modality == "))
            return [[{"id": group, "distance": 0.8}]]

    monkeypatch.setitem(sys.modules, "pymilvus", SimpleNamespace(MilvusClient=Client))
    exec(export(THREE, "milvus"), names)
    assert {hit["id"]: hit["z"] for hit in names["search"](Client(), [1.0])} == pytest.approx(Z_OF_THREE)


def test_opensearch_and_qdrant_ask_for_every_group() -> None:
    scored = body(export(THREE, "opensearch"))["query"]["script_score"]
    groups = scored["script"]["params"]["groups"]
    assert {group: (0.8 - usual["mean"]) / usual["std"] for group, usual in groups.items()} == pytest.approx(Z_OF_THREE)
    assert [each["knn"]["embedding"]["filter"]["term"]["modality"] for each in scored["query"]["bool"]["should"]] == [
        *HOSTILE
    ]
    request = body(export(THREE, "qdrant"))
    assert [each["filter"]["must"][0]["match"]["value"] for each in request["prefetch"]] == [*HOSTILE]
    assert len(request["query"]["formula"]["sum"]) == len(request["query"]["defaults"]) == 3
