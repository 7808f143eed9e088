"""OpenSearch: the nearest of each group by k-NN, scored anew by a Painless script.

The script computes the cosine itself (`cosineSimilarity`, in [-1, 1]), so it does not depend on what `_score` of a k-NN
query means: for `cosinesimil` that is (2 - d) / 2 = (1 + cosine) / 2 since 2.19, and was something else before.
A score of OpenSearch cannot be negative and z can, hence an offset, which is the same for all groups and changes no
order: with it even a cosine of -1 scores 0 or more.

Without a script, by a search pipeline: the normalization processor's min-max, with a clause for each group and bounds
at mu - c sigma and mu + c sigma, is (z + c) / 2c.
"""

from __future__ import annotations

import json
import math
from typing import Any

from modgap.engines.numbers import USUAL, Names, Numbers, header

SCRIPT = (
    "double cosine = cosineSimilarity(params.query_value, doc[params.field]); "
    "def usual = params.groups[doc[params.group].value]; "
    "return Math.max(0.0, (cosine - usual.mean) / usual.std + params.offset);"
)


def opensearch(numbers: Numbers, names: Names = USUAL) -> str:
    """A search request in the form of OpenSearch's console."""
    offset = score_offset(numbers)
    return (
        header(
            "#",
            numbers.origin,
            "Written for OpenSearch 3.x as documented; the k-NN filter needs 2.9 or newer (faiss or lucene).",
            f'Names: index "{names.table}", knn_vector "{names.vector or "embedding"}", keyword "{names.group}"',
            f"({numbers.group_names}). Put the {numbers.dimension} numbers of the query vector in place of each",
            '"QUERY_VECTOR".',
            f"_score is z + {offset:g}: a score must not be negative. k: candidates of each group.",
            *numbers.instead_of_z,
        )
        + f"GET /{names.table}/_search\n"
        + json.dumps(request(numbers, names, size=names.k), indent=2, ensure_ascii=False)
        + "\n"
    )


def request(numbers: Numbers, names: Names = USUAL, *, k: int = 100, size: int = 10) -> dict[str, Any]:
    """The body of the search request, with "QUERY_VECTOR" where the vector goes."""
    usual = {group: {"mean": numbers.mean[group], "std": numbers.std[group]} for group in numbers.groups}
    return {
        "size": size,
        "query": {
            "script_score": {
                "query": {"bool": {"should": [_nearest(group, k, names) for group in numbers.groups]}},
                "script": {
                    "lang": "painless",
                    "source": SCRIPT,
                    "params": {
                        "field": names.vector or "embedding",
                        "group": names.group,
                        "query_value": "QUERY_VECTOR",
                        "groups": usual,
                        "offset": score_offset(numbers),
                    },
                },
            }
        },
    }


def score_offset(numbers: Numbers) -> float:
    """The smallest whole number that lifts every z of a cosine in [-1, 1] to 0 or more."""
    return float(math.ceil(max((1 + numbers.mean[group]) / numbers.std[group] for group in numbers.groups)))


def _nearest(group: str, k: int, names: Names) -> dict[str, Any]:
    nearest = {"vector": "QUERY_VECTOR", "k": k, "filter": {"term": {names.group: group}}}
    return {"knn": {names.vector or "embedding": nearest}}


WIDTH = 8  # c: deviations from the mean to a bound; a score further away is cut there


def opensearch_pipeline(numbers: Numbers, names: Names = USUAL) -> str:
    """Two requests in the form of OpenSearch's console: a search pipeline, and a hybrid query that uses it."""
    return (
        header(
            "#",
            numbers.origin,
            "Written for OpenSearch 3.2 or newer as documented (bounds of min_max); it has not run on a server here.",
            f'Names: index "{names.table}", knn_vector "{names.vector or "embedding"}" of space cosinesimil, keyword',
            f'"{names.group}" ({numbers.group_names}). Put the {numbers.dimension} numbers of the query vector in',
            f'place of each "QUERY_VECTOR". _score is (z + {WIDTH}) / {2 * WIDTH * len(numbers.groups)}.',
            *numbers.instead_of_z,
        )
        + "PUT /_search/pipeline/modgap\n"
        + json.dumps(pipeline(numbers), indent=2, ensure_ascii=False)
        + f"\n\nGET /{names.table}/_search?search_pipeline=modgap\n"
        + json.dumps(hybrid(numbers, names), indent=2, ensure_ascii=False)
        + "\n"
    )


def pipeline(numbers: Numbers) -> dict[str, Any]:
    """The body of the pipeline: the bounds of each group, as scores of the space cosinesimil, (1 + cosine) / 2."""

    def bound(group: str, deviations: float) -> float:
        return (1 + numbers.mean[group] + deviations * numbers.std[group]) / 2

    parameters = {
        "lower_bounds": [{"mode": "clip", "min_score": bound(group, -WIDTH)} for group in numbers.groups],
        "upper_bounds": [{"mode": "clip", "max_score": bound(group, WIDTH)} for group in numbers.groups],
    }
    processor = {
        "normalization": {"technique": "min_max", "parameters": parameters},
        "combination": {"technique": "arithmetic_mean"},
    }
    return {"description": "modgap", "phase_results_processors": [{"normalization-processor": processor}]}


def hybrid(numbers: Numbers, names: Names = USUAL, *, k: int = 100) -> dict[str, Any]:
    """The body of the search: one k-NN clause a group, in the order of the bounds."""
    return {
        "size": names.k,
        "query": {"hybrid": {"queries": [_nearest(group, k, names) for group in numbers.groups]}},
    }
