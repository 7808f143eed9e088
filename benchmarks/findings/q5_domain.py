"""5. Out of domain: calibrated on one corpus or query style, used on another.

Used on Flickr8k dev (500 : 500, captions ask). Statistics learnt from: the same queries; the first four words of each;
modgap's bank of queries about everything; Flickr8k train as another corpus of the same size and kind; the sample corpus
(43 pictures, 120 passages) with its own queries.
"""

from __future__ import annotations

import csv

import numpy as np
from sets import DATA, flickr8k, mixed, places, recall, shown, table

import modgap
from modgap.assets import asset_path
from modgap.calibration_queries import bank_queries
from modgap.methods import SimilarityStandardizer
from modgap.vector_cache import VectorCache


def first_words(encoder, count: int = 4) -> np.ndarray:
    """The first words of caption 0 of every picture, as hasty queries."""
    with (DATA / "captions_dev.tsv").open(encoding="utf-8", newline="") as file:
        rows = [r for r in csv.DictReader(file, delimiter="\t", quoting=csv.QUOTE_NONE) if r["idx"] == "0"]
    return encoder.encode_texts(
        [" ".join(row["caption"].split()[:count]) for row in sorted(rows, key=lambda r: r["image"])]
    )


def main() -> None:
    images, texts = flickr8k()
    of = mixed(images, texts, pictures=0.5, seed=0)
    with VectorCache() as cache:
        encoder = modgap.load_encoder().with_cache(cache)
        sample = modgap.Collection.encode(modgap.read_corpus(asset_path("sample", "corpus")), encoder)
        asked = modgap.read_queries(asset_path("sample", "queries.jsonl"))
        sample_queries = encoder.encode_texts([query.text or "" for query in asked.queries])
        train = mixed(*flickr8k("train"), pictures=0.5, seed=0, n=1000)
        learning = {
            "the evaluated queries": (of.queries, of.items, of.modality),
            "their first four words": (first_words(encoder), of.items, of.modality),
            "the bank, this corpus": (bank_queries(encoder).vectors, of.items, of.modality),
            "Flickr8k train, its captions": (train.queries, train.items, train.modality),
            "the sample corpus, its queries": (sample_queries, sample.vectors, sample.modality),
        }
    rows = []
    for name, learnt in learning.items():
        method = SimilarityStandardizer().fit(*learnt)
        hits = recall(places(method.score(of.queries, of.items, of.modality)))
        offset = method.mean_["text"] - method.mean_["image"]
        cells = (shown(hits), shown(hits[of.pictures]), shown(hits[~of.pictures]))
        rows.append([name, *cells, f"{offset:.3f}"])
    raw = recall(places(of.queries @ of.items.T))
    rows.append(["raw", shown(raw), shown(raw[of.pictures]), shown(raw[~of.pictures]), ""])
    table(
        "Recall@20 on Flickr8k dev", ["statistics learnt from", "all", "image", "text", "mean text - mean image"], rows
    )


if __name__ == "__main__":
    main()
