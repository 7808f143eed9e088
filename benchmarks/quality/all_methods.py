"""All methods in one table, by target modality: CLIP vectors, and Flickr8k dev with the bundled model.

Each method learns from the evaluated queries without their labels (the oracle: with them), or from those of
--calibration-queries. The CLIP vectors are 25 pictures and 25 captions with 50 queries, stored beside the checkout;
Flickr8k dev is mixed by the protocol of flickr8k_mixed.py. A missing set is skipped.

    python -m benchmarks.quality.all_methods [--vectors ../shared/clip_embeddings] [--data ../shared/flickr8k]
        [--calibration-queries same|automatic|other] [--model NAME/TAG] [--seed 0] [--methods a,b,c]
"""

from __future__ import annotations

import argparse
import os
import sys
from pathlib import Path

from rich import box
from rich.console import Console
from rich.table import Table

import modgap
from benchmarks.provenance import provenance
from benchmarks.quality.flickr8k_mixed import encoded_set
from modgap.corpus import Queries, read_qrels, with_qrels
from modgap.evaluation import DEFAULT_METHODS, Evaluation, evaluate
from modgap.search.collection import Collection

COLUMNS = [(target, metric) for target in ("all", "image", "text") for metric in ("recall@1", "recall@20", "ndcg@10")]


def clip_vectors(folder: Path) -> tuple[Collection, Queries]:
    """The small mixed set of CLIP ViT-B/32 vectors, and its labelled queries."""
    name = str(folder / "flickr8k_vitb32_")
    queries = with_qrels(modgap.read_queries(f"{name}queries.npz"), read_qrels(f"{name}qrels.tsv"))
    return Collection.encode(modgap.read_corpus(f"{name}corpus.npz")), queries


def print_table(console: Console, title: str, evaluation: Evaluation) -> None:
    """Print one row per method; the best of each column is marked, the oracle excluded because it uses labels."""
    console.print(f"{title}; learnt from: {evaluation.calibration_queries}", soft_wrap=True, highlight=False)
    for note in evaluation.notes:
        console.print(note, soft_wrap=True, highlight=False)
    table = Table(box=box.SIMPLE_HEAD)
    table.add_column("method", no_wrap=True)
    for target, metric in COLUMNS:
        table.add_column(f"{target}\n{metric}", justify="right")
    best = {
        (target, metric): max(v[target][metric] for m, v in evaluation.methods.items() if m != "oracle")
        for target, metric in COLUMNS
    }
    for method, values in evaluation.methods.items():
        cells = [(values[target][metric], best[target, metric]) for target, metric in COLUMNS]
        table.add_row(method, *(f"{v:.3f}{'*' if v >= top and method != 'oracle' else ' '}" for v, top in cells))
    console.print(table)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--vectors", type=Path, default=Path("../shared/clip_embeddings"))
    parser.add_argument("--data", type=Path, default=Path(os.environ.get("FLICKR8K", "../shared/flickr8k")))
    parser.add_argument("--calibration-queries", choices=("same", "automatic", "other"), default="same")
    parser.add_argument("--model", default=None)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--methods", default=",".join(DEFAULT_METHODS))
    arguments = parser.parse_args()
    methods, learn_from = arguments.methods.split(","), arguments.calibration_queries
    console = Console(width=150)
    if not (arguments.vectors / "flickr8k_vitb32_corpus.npz").is_file():
        print(f"Skipped: {arguments.vectors} has no CLIP vectors; give --vectors.", file=sys.stderr)
    elif learn_from == "other":
        print("Skipped: the CLIP vectors come with no other queries.", file=sys.stderr)
    else:
        collection, queries = clip_vectors(arguments.vectors)
        evaluation = evaluate(collection, queries, methods, learn_from=learn_from)
        print_table(console, f"CLIP ViT-B/32 vectors, {collection.counts}, {len(queries)} queries", evaluation)
    if not (arguments.data / "dev.tar").is_file():
        print(f"Skipped: {arguments.data}/dev.tar not found; give --data or FLICKR8K.", file=sys.stderr)
    else:
        collection, queries, others = encoded_set(arguments.data, modgap.load_encoder(arguments.model), arguments.seed)
        evaluation = evaluate(collection, queries, methods, learn_from=others if learn_from == "other" else learn_from)
        title = (
            f"Flickr8k dev by {collection.model}, {collection.counts}, {len(queries)} queries, seed {arguments.seed}"
        )
        print_table(console, title, evaluation)
    print("* best of its column, the oracle aside")
    print(provenance())
    return 0


if __name__ == "__main__":
    sys.exit(main())
