"""Milvus: a filtered search a group, merged by the calibrated score in a few lines of Python.

Its rankers cannot write it: the weighted ranker squashes scores by arctan, the boost ranker multiplies a score or adds
to it, and this does both. Two filtered searches and a merge are exact, since the order inside a group is kept.
"""

from __future__ import annotations

from modgap.engines.numbers import USUAL, Names, Numbers, header


def milvus(numbers: Numbers, names: Names = USUAL) -> str:
    """A function of pymilvus."""
    return (
        header(
            "#",
            numbers.origin,
            "Written for Milvus 2.6 with pymilvus 2.6, run with pymilvus 3.0 on Milvus Lite 3.2; metric type COSINE,",
            f'its distance is the cosine. Names: collection "{names.table}", vectors "{names.vector or "vector"}",',
            f'groups "{names.group}" (VARCHAR).',
        )
        + f"""import json

from pymilvus import MilvusClient

MEAN = {numbers.mean!r}
STD = {numbers.std!r}
LIST = {numbers.list_lengths!r}  # how many of a query's best items of a kind are compared with one another


def search(client: MilvusClient, query_vector: list, k: int = {names.k}) -> list:
    \"\"\"The k best items of all groups, best first, each with its calibrated score and its z.\"\"\"
    hits = []
    for modality in MEAN:
        found = client.search(
            collection_name={names.table!r},
            data=[query_vector],
            anns_field={(names.vector or "vector")!r},
            filter=f"{names.group} == {{json.dumps(modality)}}",
            limit=max(k, LIST[modality]),
            output_fields=[{names.group!r}],
            search_params={{"metric_type": "COSINE"}},
        )
        following = [hit["distance"] for hit in found[0]][1 : LIST[modality]]
        usual = MEAN[modality]
        if following:
            usual = (usual + sum(following) / len(following)) / 2
        for hit in found[0]:
            calibrated = (hit["distance"] - usual) / STD[modality]
            z = (hit["distance"] - MEAN[modality]) / STD[modality]
            scores = {{"cosine": hit["distance"], "z": z, "calibrated": calibrated}}
            hits.append({{"id": hit["id"], "modality": modality, **scores}})
    return sorted(hits, key=lambda hit: -hit["calibrated"])[:k]
"""
    )
