"""MongoDB: an aggregation with one `$vectorSearch` a group, whose score the stage `$score` turns into z.

With similarity "cosine" the score of a vector search is (1 + cosine) / 2. A `$scoreFusion` would normalise each list by
its own best and worst score, or squash z to between 0 and 1; `$score` with the normalization "none" keeps z.
"""

from __future__ import annotations

import json
from typing import Any

from modgap.engines.numbers import USUAL, Names, Numbers, header

CANDIDATES = 20  # of the index, for each item wanted; MongoDB advises this many


def mongodb(numbers: Numbers, names: Names = USUAL) -> str:
    """An aggregation for mongosh."""
    return (
        header(
            "//",
            numbers.origin,
            "Written for MongoDB 8.2 or newer with vector search, as documented; it has not run on a server here.",
            f'Names: collection "{names.table}"; a vectorSearch index "{index_name(names)}" with the vector',
            f'"{names.vector or "embedding"}" (similarity cosine), filter "{names.group}" ({numbers.group_names}).',
            f'Put the {numbers.dimension} numbers of the query vector in place of each "QUERY_VECTOR".',
            *numbers.instead_of_z,
        )
        + f"db.getCollection({json.dumps(names.table, ensure_ascii=False)}).aggregate(\n"
        + json.dumps(pipeline(numbers, names), indent=2, ensure_ascii=False)
        + "\n)\n"
    )


def index_name(names: Names = USUAL) -> str:
    """The name that the pipeline calls the index by."""
    return f"{names.vector or 'embedding'}_index"


def pipeline(numbers: Numbers, names: Names = USUAL) -> list[dict[str, Any]]:
    """The stages, with "QUERY_VECTOR" where the vector goes."""
    first, *others = numbers.groups
    return [
        *_best_of(first, numbers, names),
        *({"$unionWith": {"coll": names.table, "pipeline": _best_of(group, numbers, names)}} for group in others),
        {"$sort": {"z": -1, "_id": 1}},
        {"$limit": names.k},
    ]


def _best_of(group: str, numbers: Numbers, names: Names) -> list[dict[str, Any]]:
    """The best k of one group, with z."""
    nearest = {
        "index": index_name(names),
        "path": names.vector or "embedding",
        "queryVector": "QUERY_VECTOR",
        "filter": {names.group: {"$eq": group}},
        "numCandidates": CANDIDATES * names.k,
        "limit": names.k,
    }
    cosine = {"$subtract": [{"$multiply": [2, {"$meta": "vectorSearchScore"}]}, 1]}
    z = {"$divide": [{"$subtract": [cosine, numbers.mean[group]]}, numbers.std[group]]}
    return [
        {"$vectorSearch": nearest},
        {"$score": {"score": z, "normalization": "none"}},
        {"$set": {"z": {"$meta": "score"}}},
        {"$project": {names.vector or "embedding": 0}},
    ]
