"""Elasticsearch: the nearest of each group by kNN queries, scored anew by a Painless script.

As for OpenSearch (`opensearch_snippet.py`), a score cannot be negative, hence an offset, the same for all groups.
"""

from __future__ import annotations

import json
from typing import Any

from modgap.engines.numbers import USUAL, Names, Numbers, header
from modgap.engines.opensearch_snippet import score_offset

SCRIPT = (
    "double cosine = cosineSimilarity(params.query_value, params.field); "
    "def usual = params.groups[doc[params.group].value]; "
    "return Math.max(0.0, (cosine - usual.mean) / usual.std + params.offset);"
)


def elasticsearch(numbers: Numbers, names: Names = USUAL) -> str:
    """A search request in the form of Kibana's console."""
    return (
        header(
            "#",
            numbers.origin,
            "Written for Elasticsearch 8.12 or newer as documented (knn queries); it has not run on a server here.",
            f'Names: index "{names.table}", dense_vector "{names.vector or "embedding"}", keyword "{names.group}"',
            f"({numbers.group_names}). Put the {numbers.dimension} numbers of the query vector in place of each",
            f'"QUERY_VECTOR". _score is z + {score_offset(numbers):g}: a score must not be negative.',
            *numbers.instead_of_z,
        )
        + f"GET /{names.table}/_search\n"
        + json.dumps(request(numbers, names), indent=2, ensure_ascii=False)
        + "\n"
    )


def request(numbers: Numbers, names: Names = USUAL, *, k: int = 100) -> dict[str, Any]:
    """The body of the search request, with "QUERY_VECTOR" where the vector goes. k: candidates of each group."""
    field = names.vector or "embedding"
    nearest = [
        {
            "knn": {
                "field": field,
                "query_vector": "QUERY_VECTOR",
                "k": k,
                "num_candidates": 2 * k,
                "filter": {"term": {names.group: group}},
            }
        }
        for group in numbers.groups
    ]
    usual = {group: {"mean": numbers.mean[group], "std": numbers.std[group]} for group in numbers.groups}
    parameters = {
        "field": field,
        "group": names.group,
        "query_value": "QUERY_VECTOR",
        "groups": usual,
        "offset": score_offset(numbers),
    }
    script = {"lang": "painless", "source": SCRIPT, "params": parameters}
    return {"size": names.k, "query": {"script_score": {"query": {"bool": {"should": nearest}}, "script": script}}}
