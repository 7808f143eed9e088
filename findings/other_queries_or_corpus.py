"""Does a calibration transfer? Calibrated on one corpus or query style, used on another.

Used on Flickr8k dev (500 : 500, captions as queries). Statistics from: the same queries; the first four words of each;
the general query bank of modgap; Flickr8k train as another corpus of the same size and kind; the sample corpus
(39 pictures, 120 passages) with its own queries.

Used on the CLIP vectors: they are vectors without texts, so no other style of query can be encoded, and there is no
other corpus of the same encoder (`coco500_pairs.npz` is by CLIP ViT-B/16: the mean vectors of the two have cosines near
0). That leaves passages as queries, each not compared with itself, and halves by thirty seeds: one half of the queries
calibrates against all documents (held out), or one half of documents and queries forms a corpus of its own; the queries
of the other half are measured against all documents.
"""

from __future__ import annotations

import csv
from collections.abc import Iterator

import numpy as np

import modgap
from findings.by_pair import ByPair
from findings.sets import CLIP, DATA, Mixed, chosen, clip_mixed, flickr8k, mixed, ndcg, places, recall, shown, table
from modgap.calibration.queries import bank_queries
from modgap.io.assets import asset_path
from modgap.io.vector_cache import VectorCache
from modgap.methods import SimilarityStandardizer

DRAWS = range(30)


def first_words(encoder, count: int = 4) -> np.ndarray:
    """The first words of caption 0 of every picture, as short queries: (n, d)."""
    with (DATA / "captions_dev.tsv").open(encoding="utf-8", newline="") as file:
        rows = [r for r in csv.DictReader(file, delimiter="\t", quoting=csv.QUOTE_NONE) if r["idx"] == "0"]
    return encoder.encode_texts(
        [" ".join(row["caption"].split()[:count]) for row in sorted(rows, key=lambda r: r["image"])]
    )


def offset(method: SimilarityStandardizer) -> float:
    """Mean best passage score minus mean best picture score, cosine."""
    return method.mean_["text"] - method.mean_["image"]


def on_flickr8k() -> None:
    """Print the table of Flickr8k dev."""
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
        cells = (shown(hits), shown(hits[of.pictures]), shown(hits[~of.pictures]))
        rows.append([name, *cells, f"{offset(method):.3f}"])
    raw = recall(places(of.queries @ of.items.T))
    rows.append(["raw", shown(raw), shown(raw[of.pictures]), shown(raw[~of.pictures]), ""])
    headings = ["statistics learnt from", "all", "image", "text", "mean text - mean image"]
    table("Flickr8k dev, Recall@20", headings, rows)


def halves(of: Mixed, seed: int) -> Iterator[tuple[np.ndarray, np.ndarray]]:
    """(rows to calibrate on, rows to measure), twice; each half contains half of each modality."""
    order = np.random.default_rng(seed).permutation(len(of.pair))
    first = np.concatenate([part[: len(part) // 2] for part in (order[of.pictures[order]], order[~of.pictures[order]])])
    second = np.setdiff1d(order, first)
    yield first, second
    yield second, first


def on_clip_vectors() -> None:
    """Print the table of CLIP's vectors: NDCG@10 over all 50 documents, queries of each half in turn."""
    of = clip_mixed()
    passages = np.flatnonzero(~of.pictures)
    itself = SimilarityStandardizer().fit(of.items[passages], of.items, of.modality, exclude=passages)
    same = SimilarityStandardizer().fit(of.queries, of.items, of.modality)
    names = ("the evaluated queries", "held out: the other half of the queries", "the other half as a corpus")
    names = (*names, "the corpus's passages as queries", "raw")
    found, offsets = {name: ByPair(len(of.pair)) for name in names}, {name: [] for name in names[:-1]}
    for seed in DRAWS:
        for learn, measure in halves(of, seed):
            other = chosen(of, learn)
            methods = dict(
                zip(
                    names,
                    (
                        same,
                        SimilarityStandardizer().fit(other.queries, of.items, of.modality),
                        SimilarityStandardizer().fit(other.queries, other.items, other.modality),
                        itself,
                    ),
                    strict=False,
                )
            )
            part = chosen(of, measure)
            for name, by in found.items():
                all_scores = of.queries @ of.items.T
                if name in methods:
                    all_scores = methods[name].transform(all_scores, of.modality)
                    offsets[name].append(offset(methods[name]))
                by.add(part, ndcg(places(all_scores))[measure])
    rows = []
    for name, by in found.items():
        learnt = f"{np.mean(offsets[name]):.3f}" if name in offsets else ""
        rows.append([name, *(by.shown(target) for target in ("all", "image", "text")), learnt])
    headings = ["statistics learnt from", "all", "image", "text", "mean text - mean image"]
    table("CLIP ViT-B/32 vectors, NDCG@10", headings, rows)


def main() -> None:
    on_flickr8k()
    if CLIP.is_dir():
        on_clip_vectors()


if __name__ == "__main__":
    main()
