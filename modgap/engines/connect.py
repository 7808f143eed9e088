"""The engine that a URL names; its client is imported now, and nothing else of the other engines."""

from __future__ import annotations

import importlib

from modgap.engines.engine_url import parse_engine_url
from modgap.engines.live import SAMPLE, LiveEngine

_MODULES = {"postgresql": "pgvector", "milvus": "milvus", "qdrant": "qdrant", "opensearch": "opensearch"}


def open_engine(url: str, *, sample: int = SAMPLE) -> LiveEngine:
    """The live engine of a URL (`engine_url`). sample: how many vectors of each group are fetched for means.

    Raises EngineError for a URL that cannot be read, or a client that is not installed.
    """
    parsed = parse_engine_url(url)
    module = importlib.import_module(f"modgap.engines.{_MODULES[parsed.kind]}")
    return module.connect(parsed, sample=sample)
