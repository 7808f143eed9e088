"""Which method is best? All methods by target modality, with 95 % intervals over queries and a paired test."""

from __future__ import annotations

import modgap
from findings.sets import CLIP, DATA, clip_vectors, table
from modgap.evaluation import Evaluation, evaluate
from modgap.evaluation.datasets import load_dataset
from modgap.io.vector_cache import VectorCache

COLUMNS = [(t, m) for t in ("all", "image", "text") for m in ("recall@1", "recall@20", "ndcg@10")]


def print_evaluation(title: str, found: Evaluation) -> None:
    """Print one row per method. *: differs from standardized in Recall@20 of all queries (Holm, 5 %)."""
    differs = {
        d.method
        for d in found.differences("standardized")
        if (d.target, d.metric) == ("all", "recall@20") and d.p_holm < 0.05
    }
    rows = []
    for method, of in found.methods.items():
        cells = []
        for target, metric in COLUMNS:
            low, high = found.intervals[method][target][metric]
            mark = "*" if (target, metric) == ("all", "recall@20") and method in differs else ""
            cells.append(f"{of[target][metric]:.3f}{mark}\n±{(high - low) / 2:.3f}")
        rows.append([method, *cells])
    table(f"{title}; learnt from: {found.calibration_queries}", ["", *(f"{t}\n{m}" for t, m in COLUMNS)], rows)


def main() -> None:
    if (DATA / "dev.tar").is_file():
        loaded = load_dataset("flickr8k", DATA)
        with VectorCache() as cache:
            collection = modgap.Collection.encode(loaded.corpus, modgap.load_encoder(), cache=cache)
            for learn_from in ("same", "held-out"):
                names = [*modgap.methods.METHODS, "caption_route"]
                print_evaluation("Flickr8k dev", evaluate(collection, loaded.queries, names, learn_from=learn_from))
    if CLIP.is_dir():
        collection, queries = clip_vectors()
        print_evaluation("CLIP ViT-B/32 vectors", evaluate(collection, queries))


if __name__ == "__main__":
    main()
