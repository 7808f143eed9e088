"""Qdrant in its client's local mode; no server is at hand."""

from __future__ import annotations

from pathlib import Path

import pytest

from modgap.engines.connect import open_engine
from modgap.errors import EngineError
from tests.engines.live_laws import check_empty, check_hits, check_rows_and_scores, stored


@pytest.fixture
def url(tmp_path: Path, shared_client) -> str:
    return f"qdrant://{tmp_path}/items?collection=wares"


@pytest.fixture
def shared_client(monkeypatch: pytest.MonkeyPatch):
    """Local mode lets one client into a folder at a time: the engines of a test share theirs."""
    import qdrant_client

    real, opened = qdrant_client.QdrantClient, {}

    def client(**options):
        key = str(options)
        opened[key] = opened.get(key) or real(**options)
        return opened[key]

    monkeypatch.setattr(qdrant_client, "QdrantClient", client)
    yield
    for each in opened.values():
        each.close()


def test_rows_scores_and_a_second_push(url: str) -> None:
    check_rows_and_scores(url)


def test_hits_are_those_of_a_collection(url: str) -> None:
    check_hits(url)


def test_a_missing_collection_is_told(url: str) -> None:
    check_empty(open_engine(url))
    open_engine(url).push(stored(3), model="a model")
    assert open_engine(url).model == "a model"


@pytest.mark.parametrize("distance", ["Cosine", "Dot", "Euclid"])
def test_every_distance_becomes_a_cosine_and_named_vectors_are_read(tmp_path: Path, distance: str) -> None:
    from qdrant_client import QdrantClient, models

    client = QdrantClient(path=str(tmp_path / "q"))
    vectors = {"picture": models.VectorParams(size=8, distance=models.Distance(distance))}
    client.create_collection("named", vectors_config=vectors)
    items = stored(10)
    client.upsert(
        "named",
        [
            models.PointStruct(id=n, vector={"picture": each.vector.tolist()}, payload={"kind": each.group})
            for n, each in enumerate(items)
        ],
    )
    client.close()
    engine = open_engine(f"qdrant://{tmp_path}/q?collection=named&group=kind&vector=picture")

    found = engine.top_k(items[3].vector[None, :], 3, "text")

    names = [engine.ids[row] for row in found.rows[0]]
    assert names[0] == "3"
    right = [float(items[3].vector @ items[int(name)].vector) for name in names]
    assert found.scores[0].tolist() == pytest.approx(right, abs=1e-4)
    assert engine.vectors_of(found.rows[0])[0] == pytest.approx(items[3].vector, abs=1e-5)


def test_an_unknown_vector_is_named(tmp_path: Path) -> None:
    from qdrant_client import QdrantClient, models

    client = QdrantClient(path=str(tmp_path / "q"))
    one = models.VectorParams(size=4, distance=models.Distance.COSINE)
    client.create_collection("two", vectors_config={"a": one, "b": one})
    client.close()
    with pytest.raises(EngineError, match=r'no vector "vector". It has: a, b'):
        _ = open_engine(f"qdrant://{tmp_path}/q?collection=two").groups


def test_nobody_listens() -> None:
    with pytest.raises(EngineError, match=r"Qdrant at 127\.0\.0\.1:1"):
        _ = open_engine("qdrant://127.0.0.1:1/items").groups
