"""Snippets for engines whose own language cannot write the score: a filtered search a group, merged in Python.

Two filtered searches and a merge are exact, since the order inside a group is kept. An engine differs in its client and
in how a search is asked; the rest is the same lines for all.
"""

from __future__ import annotations

from textwrap import indent

from modgap.engines.numbers import Names, Numbers


def merged_search(numbers: Numbers, names: Names, *, imports: str, client: str, found: str) -> str:
    """The Python module to paste, below its header.

    imports: its import lines. client: the first parameter of `search`, with its type. found: lines that set `found` to
        (id, cosine) pairs, best first, of the `limit` nearest to `query_vector` in the group `modality`.
    """
    return f"""{imports}

MEAN = {numbers.mean!r}
STD = {numbers.std!r}
LIST = {numbers.list_lengths!r}  # how many of a query's best items of a kind are compared with one another


def search({client}, query_vector: list, k: int = {names.k}) -> list:
    \"\"\"The k best items of all groups, best first, each with its calibrated score and its z.\"\"\"
    hits = []
    for modality in MEAN:
        limit = max(k, LIST[modality])
{indent(found, " " * 8)}
        following = [cosine for _, cosine in found[1 : LIST[modality]]]
        usual = MEAN[modality]
        if following:
            usual = (usual + sum(following) / len(following)) / 2
        for name, cosine in found:
            calibrated = (cosine - usual) / STD[modality]
            scores = {{"cosine": cosine, "z": (cosine - MEAN[modality]) / STD[modality], "calibrated": calibrated}}
            hits.append({{"id": name, "modality": modality, **scores}})
    return sorted(hits, key=lambda hit: -hit["calibrated"])[:k]
"""
