"""Items that are a picture and a text at once: recall@5 of the calibrated merge against what people do instead.

    python -m benchmarks.quality.products [--table FILE --queries FILE]

By default the catalogue of 60 objects that ships with modgap, with 74 labelled queries: what a picture shows, what only
the text says, or either. Calibrated on automatic queries. Intervals (95 %) are over queries.
"""

from __future__ import annotations

import argparse
from collections.abc import Callable
from pathlib import Path

import numpy as np
from rich.console import Console
from rich.table import Table

import modgap
from benchmarks.provenance import provenance
from modgap.evaluation.fused_routes import average_embedding, picture_only, text_only
from modgap.evaluation.significance import mean_interval

SAMPLE = Path(__file__).resolve().parents[2] / "assets" / "sample"
K = 5


def main() -> None:
    """Rank by each way, print recall@5 by what the queries ask for."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--table", type=Path, default=SAMPLE / "products.csv")
    parser.add_argument("--queries", type=Path, default=SAMPLE / "product_queries.jsonl")
    chosen = parser.parse_args()
    collection = modgap.Collection.encode(modgap.read_corpus(chosen.table), modgap.load_encoder())
    collection.calibrate()
    asked = modgap.read_queries(chosen.queries)
    encoded = [collection.encode_query(query.text or "").vector for query in asked.queries]
    targets = np.asarray([query.target for query in asked.queries])

    def by(searched: modgap.Collection, method: str, fusion: str = "max") -> Callable[[np.ndarray], list[str]]:
        def search(vector: np.ndarray) -> list[str]:
            return [hit.id for hit in searched.with_fusion(fusion).search(vector, K, method=method)]

        return search

    ways = {
        "pictures alone, cosine": by(picture_only(collection), "raw"),
        "texts alone, cosine": by(text_only(collection), "raw"),
        "mean of both vectors, cosine": by(average_embedding(collection), "raw"),
        "better of both cosines": by(collection, "raw"),
        "better of both, standardized": by(collection, "standardized"),
        "mean of both, calibrated": by(collection, "calibrated", "mean"),
        "better of both, calibrated (the default)": by(collection, "calibrated"),
    }
    recall = {
        name: np.asarray(
            [
                len(set(search(vector)) & set(query.relevant)) / len(query.relevant)
                for vector, query in zip(encoded, asked.queries, strict=True)
            ]
        )
        for name, search in ways.items()
    }
    kinds = ("image", "text", "both")
    table = Table("recall@5", *(f"{name} ({(targets == name).sum()})" for name in kinds), "all", "95 %")
    for name, values in recall.items():
        interval = mean_interval(values)
        around = "" if interval is None else f"{interval[0]:.3f} to {interval[1]:.3f}"
        means = [f"{values[targets == target].mean():.3f}" for target in kinds]
        table.add_row(name, *means, f"{values.mean():.3f}", around)
    console = Console(width=140)
    console.print(table)
    console.print(f"{len(collection.fused or ())} items, {collection.model}. {provenance()}")


if __name__ == "__main__":
    main()
