"""Export: the standardization as other engines write it, with the numbers of one calibration in it.

One file an engine. Each writes a header that says what it was written for and which names to change, then what to
paste. Inside a group z keeps the order of the cosine, so every engine does the same: the nearest items of each group,
one formula, one merged list.
"""

from __future__ import annotations

from collections.abc import Callable

from modgap.engines.elasticsearch_snippet import elasticsearch
from modgap.engines.lancedb_snippet import lancedb
from modgap.engines.milvus_snippet import milvus
from modgap.engines.mongodb_snippet import mongodb
from modgap.engines.numbers import USUAL, Names, Numbers
from modgap.engines.numpy_snippet import python
from modgap.engines.opensearch_snippet import opensearch, opensearch_pipeline
from modgap.engines.qdrant_snippet import qdrant
from modgap.engines.sql_snippet import pgvector, sql
from modgap.engines.vespa_snippet import vespa
from modgap.engines.weaviate_snippet import weaviate
from modgap.errors import ModgapError

ENGINES: dict[str, Callable[[Numbers, Names], str]] = {
    "python": python,
    "pgvector": pgvector,
    "milvus": milvus,
    "qdrant": qdrant,
    "opensearch": opensearch,
    "opensearch-pipeline": opensearch_pipeline,
    "elasticsearch": elasticsearch,
    "weaviate": weaviate,
    "vespa": vespa,
    "mongodb": mongodb,
    "lancedb": lancedb,
    "sql": sql,
}


def export(numbers: Numbers, engine: str, names: Names = USUAL) -> str:
    """A snippet to paste into an engine of `ENGINES`.

    numbers: of `Calibration.numbers`. names: of table and fields, and k.

    Raises ModgapError for an unknown engine.
    """
    if engine not in ENGINES:
        raise ModgapError(f'There is no export to "{engine}". Known: {", ".join(ENGINES)}.')
    return ENGINES[engine](numbers, names)


__all__ = ["ENGINES", "Names", "Numbers", "export"]
