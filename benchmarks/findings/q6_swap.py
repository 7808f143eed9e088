"""6. The U-curve: NDCG@10 as pictures are swapped for passages, from a pool of pictures only to one of passages only.

Flickr8k dev, 1,000 documents, five seeds. Where a pool has one modality there is nothing to standardize, and every
method but the centred ones is the raw cosine.
"""

from __future__ import annotations

import sys

import numpy as np
from sets import flickr8k, mixed, ndcg, places, scores, table

SHARES, SEEDS = (0, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 0.95, 0.99, 1), range(5)
METHODS = ("raw", "i0t_post", "standardized", "i0t_post+standardized", "gr_clip", "per_query_z")


def curve(name: str) -> list[float]:
    """NDCG@10 at each share."""
    images, texts = flickr8k()
    found = []
    for share in SHARES:
        values = []
        for seed in SEEDS:
            of = mixed(images, texts, pictures=1 - share, seed=seed)
            one = len(set(of.modality.tolist())) == 1
            values.append(ndcg(places(scores("raw" if one else name, of))).mean())
        found.append(float(np.mean(values)))
    return found


def main() -> None:
    curves = {name: curve(name) for name in METHODS}
    rows = [[f"{share:g}", *(f"{curves[name][at]:.3f}" for name in METHODS)] for at, share in enumerate(SHARES)]
    table("NDCG@10 by the share of pictures swapped for passages", ["share", *METHODS], rows)
    if len(sys.argv) > 1:
        _draw(curves, sys.argv[1])


def _draw(curves: dict[str, list[float]], path: str) -> None:
    from matplotlib.figure import Figure

    figure = Figure(figsize=(7, 4.2))
    axes = figure.subplots()
    for name, values in curves.items():
        axes.plot(SHARES, values, marker="o", markersize=3, label=name)
    axes.set(xlabel="share of pictures swapped for passages", ylabel="NDCG@10")
    axes.spines[["top", "right"]].set_visible(False)
    axes.legend(frameon=False)
    figure.tight_layout()
    figure.savefig(path)


if __name__ == "__main__":
    main()
