"""Qdrant: one prefetch a group, merged by a formula query.

`$score[0]`, `$score[1]`, ... are the cosines of the prefetches; a condition counts 1 where it holds, else 0:

    z = sum over groups g of is_g * ($score[g] - mean_g) / std_g
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
            f'Change "items" (collection) and "modality" (payload key: {numbers.group_names}) to your names, and put',
            f'the {numbers.dimension} numbers of the query vector in place of each "QUERY_VECTOR". A score is z.',
            'An index on the payload key ("modality", keyword) keeps the filters quick.',
            *numbers.instead_of_z,
        )
        + "POST /collections/items/points/query\n"
        + json.dumps(request(numbers), indent=2, ensure_ascii=False)
        + "\n"
    )


def request(numbers: Numbers, *, k: int = 100, limit: int = 10) -> dict[str, Any]:
    """The body of the query request, with "QUERY_VECTOR" where the vector goes."""
    return {
        "prefetch": [
            {"query": "QUERY_VECTOR", "filter": {"must": [_is(group)]}, "limit": k} for group in numbers.groups
        ],
        "query": {
            "formula": {"sum": [_term(place, group, numbers) for place, group in enumerate(numbers.groups)]},
            "defaults": {f"$score[{place}]": 0.0 for place in range(len(numbers.groups))},
        },
        "limit": limit,
        "with_payload": True,
    }


def _term(place: int, group: str, numbers: Numbers) -> dict[str, Any]:
    above = {"sum": [f"$score[{place}]", -numbers.mean[group]]}
    return {"mult": [_is(group), {"div": {"left": above, "right": numbers.std[group]}}]}


def _is(group: str) -> dict[str, Any]:
    return {"key": "modality", "match": {"value": group}}
