"""Vespa: a rank profile that computes z from the angle, and a query with one nearest-neighbour operator a group.

With the distance metric angular, `distance(field, x)` is the angle of query and document in radians, so its cosine is
the score. Strings are compared by their hashes in ranking expressions, as documented.
"""

from __future__ import annotations

import json

from modgap.engines.numbers import USUAL, Names, Numbers, header

CANDIDATES = 100  # of each group


def vespa(numbers: Numbers, names: Names = USUAL) -> str:
    """A rank profile for the schema, and the query's parameters as JSON in a comment-free block below it."""
    vector = names.vector or "embedding"
    usual = "0"
    for group in reversed(numbers.groups):
        z = f"(cosine - {numbers.mean[group]!r}) / {numbers.std[group]!r}"
        usual = f"if (attribute({names.group}) == {json.dumps(group)}, {z}, {usual})"
    near = " or ".join(
        f"({names.group} contains {json.dumps(group)} and ({{targetHits: {CANDIDATES}}}nearestNeighbor({vector}, q)))"
        for group in numbers.groups
    )
    query = {
        "yql": f"select * from {names.table} where {near}",
        "input.query(q)": "QUERY_VECTOR",
        "ranking": "modgap",
        "hits": names.k,
    }
    profile = f"""rank-profile modgap {{
    inputs {{
        query(q) tensor<float>(x[{numbers.dimension}])
    }}
    function cosine() {{
        expression: cos(distance(field, {vector}))
    }}
    first-phase {{
        expression: {usual.replace("cosine - ", "cosine() - ")}
    }}
}}
"""
    return (
        header(
            "#",
            numbers.origin,
            "Written for Vespa 8 as documented; it has not run on a server here. The relevance is z.",
            f'Schema "{names.table}": "{vector}" is a tensor<float>(x[{numbers.dimension}]) attribute with',
            f'"distance-metric: angular", "{names.group}" ({numbers.group_names}) a string attribute matched exactly.',
            *numbers.instead_of_z,
        )
        + profile
        + "\n# POST /search/, with the numbers of the query vector in place of QUERY_VECTOR\n"
        + json.dumps(query, indent=2, ensure_ascii=False)
        + "\n"
    )
