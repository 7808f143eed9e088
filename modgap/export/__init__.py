"""Take it home: the standardization as other engines write it, with the numbers of one calibration in it.

One file an engine. Each writes a header that says what it was written for and which names to change, then what to
paste. Inside a modality z keeps the order of the cosine, so every engine does the same: the nearest items of each
modality, one formula, one merged list.
"""

from __future__ import annotations

from collections.abc import Callable

from modgap.calibration import Calibration
from modgap.errors import ModgapError
from modgap.export.milvus import milvus
from modgap.export.numbers import Numbers
from modgap.export.opensearch import opensearch
from modgap.export.python import python
from modgap.export.qdrant import qdrant
from modgap.export.sql import sql
from modgap.items import Modality

ENGINES: dict[str, Callable[[Numbers], str]] = {
    "python": python,
    "opensearch": opensearch,
    "qdrant": qdrant,
    "milvus": milvus,
    "sql": sql,
}


def export(calibration: Calibration, engine: str, *, query_modality: str = "text") -> str:
    """What to paste into an engine of `ENGINES`, for queries of one modality.

    Raises ModgapError for an unknown engine or modality, CalibrationError without statistics for such queries.
    """
    if engine not in ENGINES:
        raise ModgapError(f'There is no export to "{engine}". Known: {", ".join(ENGINES)}.')
    if query_modality not in [m.value for m in Modality]:
        raise ModgapError(f'Queries are "text" or "image"; "{query_modality}" is neither.')
    return ENGINES[engine](Numbers.of(calibration, query_modality))


__all__ = ["ENGINES", "Numbers", "export"]
