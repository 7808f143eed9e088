"""Do hubness cures help mixed search? Inverted softmax, QB-Norm, Sinkhorn and NNN, by what is asked for.

    python -m findings.skewed_demand

Such methods lower an item that many queries of a bank come close to; they assume that each document is wanted equally
often. Benchmarks of pairs are made so, search logs are not. Here a tenth of the documents is asked for (the regime
"skewed" of `development_sets.py`), beside sets where each is asked for once. The bank is what is learnt from: the asked
queries themselves, held-out queries of the same demand, or the corpus's own items.
"""

from __future__ import annotations

import numpy as np

from findings.default_method import CHOSEN, Judged, measured
from findings.development_sets import LEARNING
from findings.sets import table

CURES = ("inverted_softmax", "qb_norm", "sinkhorn", "nnn", "dn")
BESIDE = ("raw", "standardized", "gr_clip+standardized", CHOSEN)
DEMANDS = {"equal": "each asked for", "skewed": "a tenth asked for"}


def main() -> None:
    """Print means over sets by demand and learning, and how often a method is below standardization."""
    judged = Judged(measured(), "NDCG@10")

    def mean(name: str, regime: str, learning: str) -> float:
        """Over variants, then over sets."""
        by_set = [
            np.mean([by[name] for cell, by in judged.figure.items() if (cell[0], *cell[2:]) == (of, regime, learning)])
            for of in judged.sets
        ]
        return float(np.mean(by_set))

    rows = [
        [
            name,
            *(f"{mean(name, regime, learning):.3f}" for regime in DEMANDS for learning in LEARNING),
            f"{sum(cell[2] == 'skewed' for cell in judged.worse(name))}",
        ]
        for name in (*BESIDE, *CURES)
    ]
    skewed = sum(cell[2] == "skewed" for cell in judged.figure)
    headings = [
        "",
        *(f"{demand}\n{learning}" for demand in DEMANDS.values() for learning in LEARNING),
        f"worse than standardized\nof {skewed} skewed cells",
    ]
    table("NDCG@10, mean over seven sets", headings, rows)


if __name__ == "__main__":
    main()
