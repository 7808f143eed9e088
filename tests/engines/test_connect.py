"""A URL opens the engine of its kind; a missing client is told with the command that installs it."""

from __future__ import annotations

import importlib

import pytest

from modgap.engines.connect import open_engine
from modgap.errors import EngineError

URLS = {
    "pgvector": ("postgresql://h/db", "psycopg"),
    "milvus": ("milvus://h/items", "pymilvus"),
    "qdrant": ("qdrant://h/items", "qdrant_client"),
    "opensearch": ("opensearch://h/items", "opensearchpy"),
}


@pytest.mark.parametrize("extra", URLS)
def test_each_kind_has_its_engine(extra: str) -> None:
    engine = open_engine(URLS[extra][0], sample=7)
    assert type(engine).__module__ == f"modgap.engines.{extra}"
    assert engine.sample_size == 7


@pytest.mark.parametrize("extra", URLS)
def test_a_missing_client_is_told(extra: str, monkeypatch: pytest.MonkeyPatch) -> None:
    importlib.import_module(f"modgap.engines.{extra}")
    real = importlib.import_module

    def absent(name: str, package: str | None = None):
        if name.split(".", maxsplit=1)[0] == URLS[extra][1]:
            raise ImportError(name)
        return real(name, package)

    monkeypatch.setattr(importlib, "import_module", absent)
    with pytest.raises(EngineError, match=rf'pip install "modgap\[{extra}\]"'):
        open_engine(URLS[extra][0])
