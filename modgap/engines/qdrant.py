"""Qdrant: one prefetch a modality, joined by a formula query.

`$score[0]` and `$score[1]` are the cosines of the two prefetches; a condition counts 1 where it holds, else 0:

    z = is_text * ($score[0] - mean_text) / std_text + is_image * ($score[1] - mean_image) / std_image
"""

from __future__ import annotations

import json
from typing import Any

from modgap.engines.numbers import Numbers, header


def qdrant(numbers: Numbers) -> str:
    """A query request in the form of Qdrant's console."""
    return (
        header(
            "//",
            numbers.origin,
            "Written for the Query API of Qdrant 1.14 or newer (formula queries), a collection with distance Cosine.",
            'Change "items" (collection) and "modality" (payload key: text or image) to your names, and put the',
            f'{numbers.dimension} numbers of the query vector in place of each "QUERY_VECTOR". A score is z.',
            'An index on the payload key ("modality", keyword) keeps the filters quick.',
        )
        + "POST /collections/items/points/query\n"
        + json.dumps(request(numbers), indent=2)
        + "\n"
    )


def request(numbers: Numbers, *, k: int = 100, limit: int = 10) -> dict[str, Any]:
    """The body of the query request, with "QUERY_VECTOR" where the vector goes."""
    order = ("text", "image")
    return {
        "prefetch": [{"query": "QUERY_VECTOR", "filter": {"must": [_is(m)]}, "limit": k} for m in order],
        "query": {
            "formula": {"sum": [_term(place, m, numbers) for place, m in enumerate(order)]},
            "defaults": {f"$score[{place}]": 0.0 for place in range(len(order))},
        },
        "limit": limit,
        "with_payload": True,
    }


def _term(place: int, modality: str, numbers: Numbers) -> dict[str, Any]:
    above = {"sum": [f"$score[{place}]", -numbers.mean[modality]]}
    return {"mult": [_is(modality), {"div": {"left": above, "right": numbers.std[modality]}}]}


def _is(modality: str) -> dict[str, Any]:
    return {"key": "modality", "match": {"value": modality}}
