"""The engine that a URL names, of ours or of a plugin; its client is imported now, and nothing of the other engines."""

from __future__ import annotations

from importlib.metadata import EntryPoint

from modgap.engines.engine_url import parse_engine_url
from modgap.engines.live import SAMPLE, LiveEngine
from modgap.io import plugins

_MODULES = {"postgresql": "pgvector", "milvus": "milvus", "qdrant": "qdrant", "opensearch": "opensearch"}
SHIPPED = {
    kind: EntryPoint(kind, f"modgap.engines.{module}:connect", plugins.ENGINES) for kind, module in _MODULES.items()
}
"""What opens the engine of each kind of URL: a function (EngineUrl, sample=N) -> LiveEngine."""


def open_engine(url: str, *, sample: int = SAMPLE) -> LiveEngine:
    """The live engine of a URL (`engine_url`). sample: how many vectors of each group are fetched for means.

    Raises EngineError for a URL that cannot be read, or a client that is not installed; ModgapError for a plugin that
    cannot be loaded.
    """
    parsed = parse_engine_url(url)
    connect = plugins.load_plugin(SHIPPED.get(parsed.kind) or plugins.plugins(plugins.ENGINES)[parsed.kind])
    return connect(parsed, sample=sample)
