"""Milvus: a filtered search a group, merged by the calibrated score in a few lines of Python.

Its rankers cannot write it: the weighted ranker squashes scores by arctan, the boost ranker multiplies a score or adds
to it, and this does both.
"""

from __future__ import annotations

from modgap.engines.merged_search import merged_search
from modgap.engines.numbers import USUAL, Names, Numbers, header


def milvus(numbers: Numbers, names: Names = USUAL) -> str:
    """A function of pymilvus."""
    vector = names.vector or "vector"
    found = f"""answer = client.search(
    collection_name={names.table!r},
    data=[query_vector],
    anns_field={vector!r},
    filter=f"{names.group} == {{json.dumps(modality)}}",
    limit=limit,
    search_params={{"metric_type": "COSINE"}},
)
found = [(hit["id"], hit["distance"]) for hit in answer[0]]"""
    return header(
        "#",
        numbers.origin,
        "Written for Milvus 2.6 with pymilvus 2.6, run with pymilvus 3.0 on Milvus Lite 3.2; metric type COSINE,",
        f'its distance is the cosine. Names: collection "{names.table}", vectors "{vector}", groups "{names.group}"',
        "(VARCHAR).",
    ) + merged_search(
        numbers,
        names,
        imports="import json\n\nfrom pymilvus import MilvusClient",
        client="client: MilvusClient",
        found=found,
    )
