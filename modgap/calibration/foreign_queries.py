"""Whether query vectors are of another model than the items that they are compared with, judged by their best cosines.

Vectors of two models have the same width as often as not, and their cosines mean nothing: they are those of random
directions. So the best cosine of each query q with a group g is compared with those that the corpus's own items reach,

    b_g(q) = max over d in g of cos(q, d)            r_gh = { b_g(x) : x items of group h, each without itself }

and the queries are reported where, for every group g, the median of b_g lies below the 1st percentile of every r_gh.
Queries of the same model on other subjects stay above it: their cosines are those of any words with any pictures.
`benchmarks/quality/foreign_queries.py` crosses real encoders of one width.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from modgap.engines.base import Engine
from modgap.vectors import Vectors

FEWEST = 5  # queries, and items of a group, below which nothing is judged
QUERIES = 200  # judged at most
ITEMS = 100  # of each group, whose own best cosines are looked at
PERCENTILE = 1.0


def foreign_query_warnings(engine: Engine, queries: Vectors, *, name: str = "The queries", seed: int = 0) -> list[str]:
    """The warning for query vectors (n, d) that are probably of another model; empty otherwise.

    name: of the queries, as the subject of the sentence.
    """
    groups = [group for group in engine.groups if engine.count(group) >= FEWEST]
    if queries.shape[0] < FEWEST or len({engine.group_modality[group] for group in groups}) < 2:
        return []  # cosines inside one modality say nothing of those between two
    rng = np.random.default_rng(seed)
    asked = queries[np.sort(rng.permutation(queries.shape[0])[:QUERIES])]
    own = _sample(engine, groups, rng)
    gaps = []
    for group in groups:
        median = float(np.median(engine.top_k(asked, 1, group).scores[:, 0]))
        usual = [_usual(engine, rows, group) for rows in own]
        if median >= min(usual):
            return []
        gaps.append((median, min(usual)))
    median, usual_least = min(gaps, key=lambda gap: gap[0] - gap[1])
    return [
        f"{name} are probably of another model than the corpus: their best cosines are {median:.2f} in the median, "
        f"where 99 of 100 items of the corpus reach {usual_least:.2f} among the others. Encode both with one model."
    ]


def _sample(engine: Engine, groups: list[str], rng: np.random.Generator) -> list[NDArray[np.intp]]:
    """Rows of up to `ITEMS` items of each group."""
    n = sum(engine.count(group) for group in engine.groups)
    wanted = min(n, ITEMS * n // max(1, min(engine.count(group) for group in groups)))  # the smallest group has enough
    drawn = np.sort(rng.permutation(n)[:wanted])
    names = engine.groups_of(drawn)
    return [drawn[names == group][:ITEMS] for group in groups if np.any(names == group)]


def _usual(engine: Engine, rows: NDArray[np.intp], group: str) -> float:
    """The 1st percentile of the best cosines of some items with a group, each without itself and its copies."""
    found = engine.top_k(engine.vectors_of(rows), 1, group, exclude=rows, exclude_same=True).scores[:, 0]
    finite = found[np.isfinite(found)]
    return float(np.percentile(finite, PERCENTILE)) if finite.size else np.inf
