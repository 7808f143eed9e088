"""Draw every figure of a corpus: densities, map, convergence and, with labelled queries, image share and Recall.

    python -m benchmarks.quality.figures [CORPUS] [--queries FILE] [--qrels FILE] [--methods a,b] [--model NAME/TAG]
                                [--out figures]

Without CORPUS it uses the sample corpus and its labelled queries. Each figure is written for a light and for a dark
background.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

import modgap
from benchmarks.provenance import provenance
from modgap import plots
from modgap.calibration.queries import CalibrationQueries, automatic_text_queries, encode_queries, given_queries
from modgap.corpus import Queries, read_qrels, with_qrels
from modgap.engines.exact import pseudo_positives
from modgap.errors import CalibrationError
from modgap.io.assets import asset_path
from modgap.items import Modality
from modgap.methods import METHODS, method_by_name
from modgap.plots.style import Theme
from modgap.search.collection import Collection

KS = (1, 2, 5, 10, 20)
DRAWS = 200  # random draws for each point of the convergence figure


def share_and_recall(
    collection: Collection, queries: Queries, rows: NDArray[np.intp], names: Sequence[str]
) -> tuple[dict[str, list[float]], dict[str, list[float]]]:
    """By method: share of pictures in the top k of all queries, and Recall@k of queries with relevant pictures only."""
    vectors = encode_queries(queries, collection.encoder)[rows]
    relevant = [[collection.row_of[i] for i in queries.queries[row].relevant if i in collection.row_of] for row in rows]
    pictures = [q for q, found in enumerate(relevant) if found and (collection.modality[found] == "image").all()]
    shares, recalls = {}, {}
    for name in names:
        method = method_by_name(name)
        try:
            method.fit(vectors, collection.vectors, collection.modality, positives=relevant)
        except CalibrationError as error:
            print(f"{name} is left out: {error}", file=sys.stderr)
            continue
        scores = method.score(vectors, collection.vectors, collection.modality)
        order = np.argsort(-scores, axis=1, kind="stable")[:, : KS[-1]]
        shares[name] = [float((collection.modality[order[:, :k]] == "image").mean()) for k in KS]
        recalls[name] = [
            float(np.mean([np.isin(relevant[q], order[q, :k]).mean() for q in pictures])) if pictures else 0.0
            for k in KS
        ]
    return shares, recalls


def convergence(collection: Collection, asked: CalibrationQueries, theme: Theme):
    """The median and the central 95 % of mu and sigma over random draws of n queries, with replacement."""
    found = pseudo_positives(asked.vectors, collection.vectors, collection.modality, exclude=asked.sources)
    scores = {m.value: found[m].scores[:, 0] for m in Modality}
    total = len(asked.vectors)
    counts = [n for n in (5, 10, 20, 50, 100, 200, 500, 1000, 2000) if n < total] + [total]
    rng = np.random.default_rng(0)
    subsets = [[rng.choice(total, size=n) for _ in range(DRAWS)] for n in counts]
    curves: list[dict] = []
    for statistic in (np.mean, np.std):
        drawn = {m: np.array([[statistic(s[one]) for one in some] for some in subsets]) for m, s in scores.items()}
        curves.append({m: np.median(values, axis=1) for m, values in drawn.items()})
        curves.append({m: tuple(np.percentile(values, [2.5, 97.5], axis=1)) for m, values in drawn.items()})
    means, mean_bands, stds, std_bands = curves
    return plots.convergence_figure(counts, means, stds, mean_bands=mean_bands, std_bands=std_bands, theme=theme)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("corpus", nargs="?", help="the sample corpus by default")
    parser.add_argument("--queries", type=Path, help="queries to calibrate on; labelled ones are evaluated too")
    parser.add_argument("--qrels", type=Path, help="TREC qrels for the queries")
    parser.add_argument("--methods", default=",".join(METHODS), help="comma-separated; six or fewer are readable")
    parser.add_argument("--model", help="bundled by default")
    parser.add_argument("--out", type=Path, default=Path("figures"), help="folder for the figures")
    arguments = parser.parse_args()

    if arguments.corpus is None:
        arguments.corpus = str(asset_path("sample", "corpus"))
        arguments.queries = arguments.queries or asset_path("sample", "queries.jsonl")
    corpus = modgap.read_corpus(arguments.corpus)
    encoder = None if corpus.vectors is not None else modgap.load_encoder(arguments.model)
    collection = Collection.encode(corpus, encoder)
    queries = modgap.read_queries(arguments.queries) if arguments.queries else None
    if queries is not None and arguments.qrels is not None:
        queries = with_qrels(queries, read_qrels(arguments.qrels))
    calibration = collection.calibrate(queries)
    if queries is None:
        asked = automatic_text_queries(collection.items, collection.vectors, encoder)
    else:
        asked = given_queries(queries, encoder, collection.dimension)[Modality.TEXT]
    labelled = np.flatnonzero([bool(q.relevant) for q in queries.queries]) if queries is not None else np.array([], int)
    measured = None
    if queries is not None and labelled.size:
        measured = share_and_recall(collection, queries, labelled, arguments.methods.split(","))

    themes: tuple[Theme, ...] = ("light", "dark")
    for theme in themes:
        figures = {
            "densities": plots.density_figure(calibration, theme=theme),
            "map": plots.gap_map(collection.vectors, collection.modality, theme=theme),
            "convergence": convergence(collection, asked, theme),
        }
        if measured is not None:
            pool = collection.counts["image"] / len(collection.items)
            figures["share-and-recall"] = plots.share_and_recall_figure(
                KS, *measured, pool_share=pool, recall_of="picture wanted", theme=theme
            )
        for name, figure in figures.items():
            print(plots.save(figure, arguments.out / f"{name}-{theme}.png"))
    print(provenance())
    return 0


if __name__ == "__main__":
    sys.exit(main())
