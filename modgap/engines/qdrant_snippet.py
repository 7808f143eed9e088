"""Qdrant: one prefetch a group, merged by a formula query.

`$score[0]`, `$score[1]`, ... are the cosines of the prefetches; a condition counts 1 where it holds, else 0:

    z = sum over groups g of is_g * ($score[g] - mean_g) / std_g
"""

from __future__ import annotations

import json
from typing import Any

from modgap.engines.numbers import USUAL, Names, Numbers, header


def qdrant(numbers: Numbers, names: Names = USUAL) -> str:
    """A query request in the form of Qdrant's console."""
    return (
        header(
            "//",
            numbers.origin,
            "Written for the Query API of Qdrant 1.14 or newer (formula queries), a collection with distance Cosine.",
            f'"{names.table}" is the collection and "{names.group}" the payload key ({numbers.group_names}); put the',
            f'{numbers.dimension} numbers of the query vector in place of each "QUERY_VECTOR". A score is z.',
            f'An index on the payload key ("{names.group}", keyword) keeps the filters quick.',
            *numbers.instead_of_z,
        )
        + f"POST /collections/{names.table}/points/query\n"
        + json.dumps(request(numbers, names, limit=names.k), indent=2, ensure_ascii=False)
        + "\n"
    )


def request(numbers: Numbers, names: Names = USUAL, *, k: int = 100, limit: int = 10) -> dict[str, Any]:
    """The body of the query request, with "QUERY_VECTOR" where the vector goes."""
    using = {"using": names.vector} if names.vector else {}
    return {
        "prefetch": [
            {"query": "QUERY_VECTOR", **using, "filter": {"must": [_is(group, names)]}, "limit": k}
            for group in numbers.groups
        ],
        "query": {
            "formula": {"sum": [_term(place, group, numbers, names) for place, group in enumerate(numbers.groups)]},
            "defaults": {f"$score[{place}]": 0.0 for place in range(len(numbers.groups))},
        },
        "limit": limit,
        "with_payload": True,
    }


def _term(place: int, group: str, numbers: Numbers, names: Names) -> dict[str, Any]:
    above = {"sum": [f"$score[{place}]", -numbers.mean[group]]}
    return {"mult": [_is(group, names), {"div": {"left": above, "right": numbers.std[group]}}]}


def _is(group: str, names: Names) -> dict[str, Any]:
    return {"key": names.group, "match": {"value": group}}
