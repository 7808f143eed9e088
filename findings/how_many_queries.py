"""How many calibration queries are needed, and are automatic queries as good as real ones?

Flickr8k dev, 500 pictures and 500 passages. Real queries: other captions (2 to 4) of the same pictures, which are not
evaluated, drawn by ten seeds. CLIP vectors: some of the 50 evaluated queries, without their labels, since there are no
others, drawn by thirty seeds; Recall@20 of 50 documents separates methods poorly there. Automatic queries: what
`modgap calibrate` uses without `--queries`, the first sentences of the passages, or the vectors of the passages where
there is no encoder.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

import modgap
from findings.by_pair import ByPair
from findings.sets import (
    CLIP,
    DATA,
    Mixed,
    clip_mixed,
    clip_vectors,
    flickr8k,
    mixed,
    ndcg,
    places,
    recall,
    scores,
    table,
)
from modgap.corpus import Queries
from modgap.evaluation import evaluate
from modgap.evaluation.datasets import load_dataset
from modgap.io.vector_cache import VectorCache
from modgap.vectors import Vectors

METHODS = ("standardized", "i0t_post+standardized")


def by_number(
    of: Mixed, others: Vectors, counts: tuple[int, ...], seeds: int, measure: Callable[[np.ndarray], np.ndarray]
) -> list[list[str]]:
    """A row for each method and count: fitted on that many of `others`, measured on the set."""
    rows = []
    for name in METHODS:
        for count in counts:
            found, means = ByPair(len(of.pair)), []
            for seed in range(seeds):
                drawn = others[np.random.default_rng(seed).permutation(len(others))[:count]]
                values = measure(places(scores(name, of, drawn)))
                found.add(of, values)
                means.append(values.mean())
            spread = f"{min(means):.3f} to {max(means):.3f}"
            rows.append([f"{name}, {count}", *(found.shown(t) for t in ("all", "image", "text")), spread])
    return rows


def automatic(collection: modgap.Collection, queries: Queries, metric: str) -> None:
    """Print the results of automatic queries."""
    found = evaluate(collection, queries, METHODS, learn_from="automatic")
    rows = []
    for method, by in found.methods.items():
        cells = []
        for target in ("all", "image", "text"):
            low, high = found.intervals[method][target][metric]
            cells.append(f"{by[target][metric]:.3f} ±{(high - low) / 2:.3f}")
        rows.append([method, *cells])
    table(f"{metric}; learnt from: {found.calibration_queries}", ["", "all", "image", "text"], rows)


def main() -> None:
    headings = ["method, number of queries", "all", "image", "text", "all, by seed"]
    images, texts = flickr8k()
    of = mixed(images, texts, pictures=0.5, seed=0)
    others = texts[:, 2:].reshape(-1, texts.shape[-1])
    rows = by_number(of, others, (10, 20, 50, 100, 300, 1000), 10, recall)
    for name in METHODS:
        found = ByPair(len(of.pair))
        found.add(of, recall(places(scores(name, of))))
        rows.append([f"{name}, the 1,000 evaluated", *(found.shown(t) for t in ("all", "image", "text")), ""])
    table("Flickr8k dev, Recall@20", headings, rows)
    loaded = load_dataset("flickr8k", DATA)
    with VectorCache() as cache:
        automatic(
            modgap.Collection.encode(loaded.corpus, modgap.load_encoder(), cache=cache), loaded.queries, "recall@20"
        )
    if CLIP.is_dir():
        of = clip_mixed()
        rows = by_number(of, of.queries, (10, 20, 50), 30, ndcg)
        table("CLIP ViT-B/32 vectors, NDCG@10", headings, rows)
        automatic(*clip_vectors(), "ndcg@10")


if __name__ == "__main__":
    main()
