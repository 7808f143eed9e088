"""Weaviate: a filtered search a group, merged by the calibrated score in Python.

Its own fusion (`relative_score`, `ranked`) looks at one query's lists alone, and merges keywords with vectors only.
"""

from __future__ import annotations

from modgap.engines.merged_search import merged_search
from modgap.engines.numbers import USUAL, Names, Numbers, header


def weaviate(numbers: Numbers, names: Names = USUAL) -> str:
    """A function of the Python client, version 4."""
    target = f"\n    target_vector={names.vector!r}," if names.vector else ""
    found = f"""answer = collection.query.near_vector(
    near_vector=query_vector,{target}
    limit=limit,
    filters=Filter.by_property({names.group!r}).equal(modality),
    return_metadata=MetadataQuery(distance=True),
)
found = [(str(each.uuid), 1 - each.metadata.distance) for each in answer.objects]"""
    return header(
        "#",
        numbers.origin,
        "Written for Weaviate 1.24 or newer and its Python client 4 as documented; it has not run on a server here.",
        "collection: client.collections.get(...), with the distance cosine;",
        f'"{names.group}" ({numbers.group_names}) is a text property with the tokenization "field".',
    ) + merged_search(
        numbers,
        names,
        imports="from weaviate.classes.query import Filter, MetadataQuery\nfrom weaviate.collections import Collection",
        client="collection: Collection",
        found=found,
    )
