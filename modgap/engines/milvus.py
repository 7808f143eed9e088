"""Milvus: a filtered search a group, merged by z in a few lines of Python.

Its rankers cannot write z: the weighted ranker squashes scores by arctan, the boost ranker multiplies a score or adds
to it, and z does both. Two filtered searches and a merge are exact, since z keeps the order inside a group.
"""

from __future__ import annotations

from modgap.engines.numbers import Numbers, header


def milvus(numbers: Numbers) -> str:
    """A function of pymilvus."""
    return (
        header(
            "#",
            numbers.origin,
            "Written for Milvus 2.6 with pymilvus 2.6, run with pymilvus 3.0 on Milvus Lite 3.2; metric type COSINE,",
            'its distance is the cosine. Change "items", "vector" and "modality" (VARCHAR) to your names.',
        )
        + f"""import json

from pymilvus import MilvusClient

MEAN = {numbers.mean!r}
STD = {numbers.std!r}


def search(client: MilvusClient, query_vector: list, k: int = 10) -> list:
    \"\"\"The k best items of all groups, best first, each with its z.\"\"\"
    hits = []
    for modality in MEAN:
        found = client.search(
            collection_name="items",
            data=[query_vector],
            anns_field="vector",
            filter=f"modality == {{json.dumps(modality)}}",
            limit=k,
            output_fields=["modality"],
            search_params={{"metric_type": "COSINE"}},
        )
        for hit in found[0]:
            z = (hit["distance"] - MEAN[modality]) / STD[modality]
            hits.append({{"id": hit["id"], "modality": modality, "cosine": hit["distance"], "z": z}})
    return sorted(hits, key=lambda hit: -hit["z"])[:k]
"""
    )
