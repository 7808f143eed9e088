"""Milvus, in Milvus Lite: a real engine in a file."""

from __future__ import annotations

from pathlib import Path

import pytest

from modgap.engines.connect import open_engine
from modgap.errors import EngineError
from tests.engines.live_laws import check_empty, check_hits, check_rows_and_scores, stored


@pytest.fixture
def url(tmp_path: Path) -> str:
    return f"milvus://{tmp_path}/items.db?collection=wares"


def test_rows_scores_and_a_second_push(url: str) -> None:
    check_rows_and_scores(url)


def test_hits_are_those_of_a_collection(url: str) -> None:
    check_hits(url)


def test_a_missing_collection_and_a_wrong_field(url: str) -> None:
    check_empty(open_engine(url))
    open_engine(url).push(stored(3), model="a model")
    assert open_engine(url).model == "a model"
    with pytest.raises(EngineError, match=r'no field "kind" for group. It has: id, modality, vector, text'):
        _ = open_engine(url + "&group=kind").groups


@pytest.mark.parametrize("metric", ["COSINE", "IP", "L2"])
def test_every_metric_becomes_a_cosine(url: str, metric: str, tmp_path: Path) -> None:
    from pymilvus import DataType, MilvusClient

    client = MilvusClient(f"{tmp_path}/items.db")
    schema = client.create_schema(auto_id=False)
    schema.add_field("n", DataType.INT64, is_primary=True)
    schema.add_field("kind", DataType.VARCHAR, max_length=20)
    schema.add_field("v", DataType.FLOAT_VECTOR, dim=8)
    index = client.prepare_index_params()
    index.add_index("v", index_type="FLAT", metric_type=metric)
    client.create_collection("metrics", schema=schema, index_params=index)
    items = stored(10)
    rows = [{"n": n, "kind": each.group, "v": each.vector.tolist()} for n, each in enumerate(items)]
    client.insert("metrics", rows)
    client.close()
    engine = open_engine(f"milvus://{tmp_path}/items.db?collection=metrics&id=n&group=kind&vector=v")

    found = engine.top_k(items[3].vector[None, :], 3, "text")

    names = [engine.ids[row] for row in found.rows[0]]
    assert names[0] == "3"
    right = [float(items[3].vector @ items[int(name)].vector) for name in names]
    assert found.scores[0].tolist() == pytest.approx(right, abs=1e-4)
    assert engine.vectors_of(found.rows[0])[0] == pytest.approx(items[3].vector, abs=1e-5)


def test_nobody_listens() -> None:
    with pytest.raises(EngineError, match=r"Milvus at 127\.0\.0\.1:1, .*cannot be reached"):
        _ = open_engine("milvus://127.0.0.1:1/items").groups
