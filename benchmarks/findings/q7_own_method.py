"""7. Is there a better method? The query's background taken out first, and others, on three pools.

    background   b(q, m) = (s - q.mean_m) / (q' C_m q)^(p/2), C_m the covariance of modality m, shrunk by a tenth to
                 a multiple of the identity; then standardized by pseudo-positives. p = 1: a z-score against the pool
                 in closed form, p = 0 takes out the mean alone.
    lowered      standardized, then each query's best z of a modality subtracted by half: between z and rank

Judged by Recall@20, the macro average over the target's modality and over the pools 1:1, 1:36 and 9:1 (pictures first).
1,000 documents, seeds 0 to 9, a paired 95 % t interval over the seeds. On dev the seeds draw from the same 1,000
pictures, so the interval is somewhat narrow; --split train draws from 6,091, on which the bundled model was trained.
"""

from __future__ import annotations

import argparse

import numpy as np
from scipy.stats import t
from sets import Mixed, flickr8k, macro, mixed, ndcg, places, recall, scores, table

from modgap.methods import GRCLIP

POOLS = {"1:1": 1 / 2, "1:36": 1 / 37, "9:1": 9 / 10}
PEERS = ("raw", "standardized", "i0t_post", "i0t_post+standardized", "minmax", "per_query_z", "dbsf", "rrf")
PEERS = (*PEERS, "mind_the_gap", "gr_clip", "gr_clip+standardized", "dn", "nnn")


def standardized(values: np.ndarray, of: Mixed) -> np.ndarray:
    """By the mean and deviation of each modality's best scores."""
    result = values.copy()
    for members in (of.pictures, ~of.pictures):
        best = values[:, members].max(axis=1)
        result[:, members] = (values[:, members] - best.mean()) / best.std()
    return result


def background(of: Mixed, power: float, *, centred: bool = False, shrink: float = 0.1) -> np.ndarray:
    """Scores with each query's background in each modality taken out."""
    queries, items = of.queries, of.items
    if centred:
        method = GRCLIP().fit(queries, items, of.modality)
        queries, items = method.move_queries(queries), method.move_items(items, of.modality)
    result = queries @ items.T
    for members in (of.pictures, ~of.pictures):
        pool = items[members].astype(np.float64)
        covariance = np.cov(pool.T, bias=True)
        level = np.trace(covariance) / len(covariance)
        covariance = (1 - shrink) * covariance + shrink * level * np.eye(len(covariance))
        variance = np.einsum("qi,ij,qj->q", queries, covariance, queries)
        result[:, members] -= (queries @ pool.mean(axis=0))[:, None]
        result[:, members] /= variance[:, None] ** (power / 2)
    return result


def lowered(values: np.ndarray, of: Mixed, share: float = 0.5) -> np.ndarray:
    """Each modality's best value of a query subtracted by a share."""
    result = values.copy()
    for members in (of.pictures, ~of.pictures):
        result[:, members] -= share * values[:, members].max(axis=1, keepdims=True)
    return result


OURS = {
    "background, p = 1": lambda of: standardized(background(of, 1), of),
    "background, p = 1/2": lambda of: standardized(background(of, 0.5), of),
    "gr_clip, background, p = 1": lambda of: standardized(background(of, 1, centred=True), of),
    "gr_clip, background, p = 1/2": lambda of: standardized(background(of, 0.5, centred=True), of),
    "standardized, lowered": lambda of: lowered(scores("standardized", of), of),
}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--split", default="dev")
    parser.add_argument("--seeds", type=int, default=10)
    arguments = parser.parse_args()
    images, texts = flickr8k(arguments.split)
    methods = {**{name: lambda of, name=name: scores(name, of) for name in PEERS}, **OURS}
    found: dict[str, np.ndarray] = {name: np.zeros((arguments.seeds, len(POOLS), 4)) for name in methods}
    for seed in range(arguments.seeds):
        for column, share in enumerate(POOLS.values()):
            of = mixed(images, texts, pictures=share, seed=seed, n=1000)
            for name, method in methods.items():
                place = places(method(of))
                hits = recall(place)
                values = (hits.mean(), hits[of.pictures].mean(), macro(hits, of), macro(ndcg(place), of))
                found[name][seed, column] = values
    best_peer = max(PEERS, key=lambda name: found[name][:, :, 2].mean())
    width = t.ppf(0.975, arguments.seeds - 1) / np.sqrt(arguments.seeds)
    rows = []
    for name, values in found.items():
        cells = [f"{all_:.3f} {image:.2f}" for all_, image in values[:, :, :2].mean(axis=0)]
        gap = values[:, :, 2].mean(axis=1) - found[best_peer][:, :, 2].mean(axis=1)
        against = f"{gap.mean():+.4f} ±{gap.std(ddof=1) * width:.4f}"
        rows.append([name, *cells, f"{values[:, :, 2].mean():.4f}", against, f"{values[:, :, 3].mean():.4f}"])
    headings = [f"{pool}\nall image" for pool in POOLS]
    headings = ["", *headings, "macro R@20", f"against {best_peer}", "macro NDCG@10"]
    table(f"Flickr8k {arguments.split}, Recall@20", headings, rows)


if __name__ == "__main__":
    main()
