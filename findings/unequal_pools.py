"""Unequal pools: where does the single best item fail, and does the mean of the best k or of a quantile help?

Flickr8k dev, 1,000 documents, five seeds. CLIP vectors: 25 of one modality and 25, 5 or 2 of the other, drawn by
thirty seeds; 50 documents allow no larger ratio. k: the pseudo-positive score is the mean of the k best. top 1 %: it is
the mean of the best hundredth of each modality's pool, so k grows with the pool (one item for pools below 150).
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from findings.by_pair import ByPair
from findings.sets import CLIP, Mixed, clip_mixed, flickr8k, mixed, ndcg, places, recall, scores, table, thinned
from modgap.methods import SimilarityStandardizer

POOLS = {"1:100": 1 / 101, "1:10": 1 / 11, "1:1": 0.5, "10:1": 10 / 11, "100:1": 100 / 101}
SEEDS = range(5)
CLIP_POOLS = ((2, 25, 30), (5, 25, 30), (25, 25, 1), (25, 5, 30), (25, 2, 30))  # pictures, passages, draws


def by_share(of: Mixed, share: float) -> np.ndarray:
    """Scores standardized by the mean of the best share of each pool."""
    products = of.queries @ of.items.T
    for members in (of.pictures, ~of.pictures):
        k = max(1, round(share * members.sum()))
        best = np.sort(products[:, members], axis=1)[:, -k:].mean(axis=1)
        products[:, members] = (products[:, members] - best.mean()) / best.std()
    return products


METHODS = {
    "raw": lambda of: scores("raw", of),
    **{f"standardized, k = {k}": lambda of, k=k: scores(SimilarityStandardizer(k=k), of) for k in (1, 3, 10)},
    "standardized, top 1 %": lambda of: by_share(of, 0.01),
    "standardized, top 10 %": lambda of: by_share(of, 0.1),
    "i0t_post+standardized": lambda of: scores("i0t_post+standardized", of),
    "per_query_z": lambda of: scores("per_query_z", of),
    "rrf": lambda of: scores("rrf", of),
}


def found_by(method: Callable[[Mixed], np.ndarray], sets: list[Mixed], pairs: int, least: int, measure) -> str:
    """Means by target and their macro average with its interval; "-" where a pool has fewer than `least` items."""
    found = ByPair(pairs)
    for of in sets:
        if min(of.pictures.sum(), (~of.pictures).sum()) < least:
            return "-"
        found.add(of, measure(places(method(of))))
    image, text = found.means()[0]
    return f"{image:.2f} {text:.2f}  {found.shown()}"


def print_pools(title: str, pools: dict[str, list[Mixed]], pairs: int, measure) -> None:
    """Print a table: a row for each method, a column for each pool."""
    rows = []
    for name, method in METHODS.items():
        least = int(name.rpartition("k = ")[2]) if "k = " in name else 1
        rows.append([name, *(found_by(method, sets, pairs, least, measure) for sets in pools.values())])
    table(title, ["", *(f"{pool}\nimage text  macro      " for pool in pools)], rows)


def main() -> None:
    images, texts = flickr8k()
    pools = {name: [mixed(images, texts, pictures=share, seed=seed) for seed in SEEDS] for name, share in POOLS.items()}
    print_pools("Flickr8k dev, Recall@20 by pictures : passages", pools, len(images), recall)
    if CLIP.is_dir():
        of = clip_mixed()
        pools = {
            f"{pictures}:{passages}": [
                thinned(of, pictures=pictures, passages=passages, seed=seed) for seed in range(draws)
            ]
            for pictures, passages, draws in CLIP_POOLS
        }
        print_pools("CLIP ViT-B/32 vectors, NDCG@10 by pictures : passages", pools, len(of.pair), ndcg)


if __name__ == "__main__":
    main()
