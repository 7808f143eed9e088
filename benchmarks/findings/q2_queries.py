"""2. How many calibration queries are needed, and do automatic ones do as well as real ones?

Flickr8k dev, 500 pictures and 500 passages. Real: other captions (2 to 4) of the same pictures, which nobody evaluates,
drawn by five seeds. Automatic: what `modgap calibrate` takes when it is given none.
"""

from __future__ import annotations

import numpy as np
from sets import DATA, flickr8k, mixed, places, recall, scores, shown, table

import modgap
from modgap.evaluation import evaluate
from modgap.evaluation.datasets import load_dataset
from modgap.vector_cache import VectorCache

COUNTS, SEEDS = (10, 20, 50, 100, 300, 1000), range(5)


def main() -> None:
    images, texts = flickr8k()
    of = mixed(images, texts, pictures=0.5, seed=0)
    others = texts[:, 2:].reshape(-1, texts.shape[-1])
    rows = []
    for count in COUNTS:
        for name in ("standardized", "i0t_post+standardized"):
            found = []
            for seed in SEEDS:
                drawn = others[np.random.default_rng(seed).permutation(len(others))[:count]]
                found.append(recall(places(scores(name, of, drawn))))
            means = [each.mean() for each in found]
            pictures = np.mean([each[of.pictures].mean() for each in found])
            cells = (f"{np.mean(means):.3f}", f"{min(means):.3f} to {max(means):.3f}", f"{pictures:.3f}")
            rows.append([f"{count} real, {name}", *cells])
    for name in ("standardized", "i0t_post+standardized"):
        same = recall(places(scores(name, of)))
        rows.append([f"the 1,000 evaluated ones, {name}", shown(same), "", f"{same[of.pictures].mean():.3f}"])
    table("Recall@20 by number of calibration queries", ["", "all", "over seeds", "image"], rows)
    loaded = load_dataset("flickr8k", DATA)
    with VectorCache() as cache:
        collection = modgap.Collection.encode(loaded.corpus, modgap.load_encoder(), cache=cache)
        found = evaluate(collection, loaded.queries, ["standardized", "i0t_post+standardized"], learn_from="automatic")
    rows = [[m, f"{of['all']['recall@20']:.3f}", f"{of['image']['recall@20']:.3f}"] for m, of in found.methods.items()]
    table(f"Learnt from: {found.calibration_queries}", ["", "all", "image"], rows)


if __name__ == "__main__":
    main()
