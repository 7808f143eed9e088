"""URLs of engines: what is read, what is refused, and that no secret is repeated."""

from __future__ import annotations

import pytest

from modgap.engines.engine_url import is_engine_url, parse_engine_url
from modgap.errors import EngineError


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        (
            "postgresql://me@db.example:5433/shop?table=wares&id=sku&vector=v&group=kind",
            {"name": "wares", "host": "db.example", "port": 5433, "user": "me", "path": "shop", "id": "sku"},
        ),
        ("postgres:///shop?host=/run/pg", {"kind": "postgresql", "name": "items", "host": "/run/pg", "path": "shop"}),
        ("milvus://localhost:19530/wares", {"name": "wares", "vector": "vector", "group": "modality"}),
        ("milvus:///data/file.db?collection=wares", {"name": "wares", "path": "/data/file.db", "host": ""}),
        ("qdrant:///data/folder", {"name": "items", "path": "/data/folder"}),
        ("qdrant://q.example/wares?group=kind", {"name": "wares", "group": "kind", "port": None}),
        ("opensearch://o.example:9200/wares", {"name": "wares", "vector": "embedding"}),
        ("opensearch://o.example/wares?text=", {"text": ""}),
    ],
)
def test_urls_are_read(url: str, expected: dict[str, object]) -> None:
    parsed = parse_engine_url(url)
    assert {name: getattr(parsed, name) for name in expected} == expected


@pytest.mark.parametrize(
    ("url", "message"),
    [
        ("mysql://h/db", 'no engine "mysql". Known: postgresql, milvus'),
        ("milvus://h:19530/", "names no collection"),
        ("qdrant://h/a?collection=b", 'two collections, "a" and "b"'),
        ("opensearch:///x", "names no host"),
        ("milvus:///?collection=a", "names no host and no file"),
        ("qdrant://h/a?shape=round", 'unknown parameter "shape"'),
        ("qdrant://h/a?vector=", "no field for vector"),
        ("qdrant://h:port/a", "cannot be read"),
    ],
)
def test_other_urls_are_refused_in_a_sentence(url: str, message: str) -> None:
    with pytest.raises(EngineError, match=message):
        parse_engine_url(url)


@pytest.mark.parametrize(
    "url",
    [
        "postgresql://me:hunter2@h/db",
        "postgresql://me@h/db?password=hunter2",
        "milvus://h/a?token=hunter2",
        "qdrant://h/a?api_key=hunter2",
        "opensearch://me:hunter2@h/a",
    ],
)
def test_a_secret_is_refused_and_not_repeated(url: str) -> None:
    with pytest.raises(EngineError) as caught:
        parse_engine_url(url)
    assert "hunter2" not in str(caught.value)
    assert "take it out" in str(caught.value)


def test_the_place_names_neither_user_nor_parameters() -> None:
    place = parse_engine_url("postgresql://me@h:5432/db?table=wares&vector=v").place
    assert place == 'PostgreSQL at h:5432, "wares"'


@pytest.mark.parametrize("corpus", ["trip/", "vectors.npz", "https://x.example/a.zip", 3])
def test_other_corpora_are_no_engines(corpus: object) -> None:
    assert not is_engine_url(corpus)
