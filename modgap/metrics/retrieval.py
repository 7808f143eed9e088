"""Retrieval metrics as trec_eval defines them, computed by ir-measures.

For a query with relevant items G and ranking d_1, d_2, ...:

    recall@k = |{d_1..d_k} in G| / |G|
    hit@k    = 1 if any of d_1..d_k is in G, else 0 (some papers call it Recall@k; the two are equal where |G| = 1)
    mrr@k    = 1 / (place of the first relevant item), 0 beyond k
    ndcg@k   = DCG@k / ideal DCG@k,  DCG = sum of gain / log2(place + 1), the ideal over all of G
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

METRICS = ("recall@1", "recall@5", "recall@10", "recall@20", "mrr@10", "ndcg@10", "hit@1", "hit@5", "hit@10", "hit@20")
DEPTH = 20  # the longest list that a metric needs


def retrieval_metrics(
    rankings: Sequence[Sequence[str]], relevant: Sequence[Mapping[str, int]]
) -> dict[str, NDArray[np.float64]]:
    """Each metric for each query: {name: (n_queries,)}.

    rankings: item ids, best first, `DEPTH` or more where the corpus has them.
    relevant: {item id: grade > 0} of each query.

    >>> values = retrieval_metrics([["a", "b"], ["c", "d"]], [{"b": 1}, {"c": 1, "x": 1}])
    >>> values["recall@1"].tolist(), values["mrr@10"].tolist()
    ([0.0, 0.5], [0.5, 1.0])
    """
    import ir_measures
    from ir_measures import RR, Qrel, R, ScoredDoc, Success, nDCG

    measures = {"recall": R, "mrr": RR, "ndcg": nDCG, "hit": Success}
    named = {f"{word}@{k}": measures[word] @ int(k) for word, k in (name.split("@") for name in METRICS)}
    qrels = [Qrel(str(q), item, grade) for q, golds in enumerate(relevant) for item, grade in golds.items()]
    # scores that fall with the place: ties were broken before, in the same way for all methods
    run = [ScoredDoc(str(q), item, -place) for q, items in enumerate(rankings) for place, item in enumerate(items)]
    values = {name: np.zeros(len(rankings)) for name in METRICS}
    name_of = {measure: name for name, measure in named.items()}
    for result in ir_measures.iter_calc(list(name_of), qrels, run):
        values[name_of[result.measure]][int(result.query_id)] = result.value
    return values
