"""Shared by all questions: Flickr8k and CLIP's vectors as mixed sets, scores of a method, ranks, tables.

A mixed set of pairs: the one relevant document of each query is in the same row, so scores are (n, n) with those of the
relevant documents on the diagonal.

Flickr8k       a share of n pictures stays pictures, caption 1 replaces each of the others; caption 0 is the query
CLIP vectors   25 pictures and 25 captions of other pictures, one caption as the query for each; to make a pool unequal,
               documents are left out together with their queries
"""

from __future__ import annotations

import functools
import os
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from rich import box
from rich.console import Console
from rich.table import Table

import modgap
from modgap.calibration.queries import encode_queries
from modgap.corpus import Queries, read_qrels, with_qrels
from modgap.evaluation.datasets.base import Notes
from modgap.evaluation.datasets.captions import caption_table, unpack
from modgap.evaluation.significance import intervals
from modgap.methods import Method, method_by_name
from modgap.vectors import Vectors

DATA = Path(os.environ.get("FLICKR8K", "../shared/flickr8k"))
CLIP = Path(os.environ.get("CLIP_VECTORS", "../shared/clip_embeddings"))
console = Console(width=165, highlight=False, soft_wrap=True)


@dataclass(frozen=True)
class Mixed:
    """queries, items: (n, d), item i is relevant to query i. modality: (n,). pair: (n,) row in the source."""

    queries: Vectors
    items: Vectors
    modality: np.ndarray
    pair: np.ndarray

    @property
    def pictures(self) -> np.ndarray:
        return self.modality == "image"


@functools.cache
def flickr8k(split: str = "dev", most: int | None = None) -> tuple[Vectors, np.ndarray]:
    """Pictures (n, d) and captions (n, 5, d) of a split, by default all, by the bundled model; cached by content."""
    import tempfile

    from modgap.encoders.encode_items import encode_items
    from modgap.io.vector_cache import VectorCache
    from modgap.items import Item, Modality

    captions = caption_table(DATA / f"captions_{split}.tsv", Notes())
    names = sorted(captions)[:most]
    with VectorCache() as cache, tempfile.TemporaryDirectory() as folder:
        encoder = modgap.load_encoder().with_cache(cache)
        unpack(DATA / f"{split}.tar", Path(folder), set(names), Notes())
        encoded = encode_items([Item(n, Modality.IMAGE, path=Path(folder) / n) for n in names], encoder)
        texts = [encoder.encode_texts([captions[item.id][place] for item in encoded.items]) for place in range(5)]
    return encoded.vectors, np.stack(texts, axis=1)


def mixed(images: Vectors, texts: np.ndarray, *, pictures: float, seed: int, n: int | None = None) -> Mixed:
    """n pairs drawn by seed; the share `pictures` of them keep the picture as the item."""
    rows = np.random.default_rng(seed).permutation(len(images))[: n or len(images)]
    stays = np.arange(len(rows)) < round(pictures * len(rows))
    items = np.where(stays[:, None], images[rows], texts[rows, 1])
    return Mixed(texts[rows, 0], items, np.where(stays, "image", "text"), rows)


def clip_vectors() -> tuple[modgap.Collection, Queries]:
    """25 pictures and 25 captions as CLIP ViT-B/32 vectors, and their 50 labelled queries."""
    name = str(CLIP / "flickr8k_vitb32_")
    queries = with_qrels(modgap.read_queries(f"{name}queries.npz"), read_qrels(f"{name}qrels.tsv"))
    return modgap.Collection.encode(modgap.read_corpus(f"{name}corpus.npz")), queries


@functools.cache
def clip_mixed() -> Mixed:
    """CLIP's vectors as a mixed set of 50."""
    collection, queries = clip_vectors()
    row_of = {item.id: row for row, item in enumerate(collection.items)}
    wanted = [row_of[next(iter(query.relevant))] for query in queries.queries]
    asked = encode_queries(queries, None)
    return Mixed(asked, collection.vectors[wanted], collection.modality[wanted], np.arange(len(wanted)))


def thinned(of: Mixed, *, pictures: int, passages: int, seed: int) -> Mixed:
    """That many of each modality, drawn by seed, with the queries they are relevant to; pictures first."""
    order = np.random.default_rng(seed).permutation(len(of.pair))
    kept = [order[of.pictures[order]][:pictures], order[~of.pictures[order]][:passages]]
    return chosen(of, np.concatenate(kept))


def chosen(of: Mixed, rows: np.ndarray) -> Mixed:
    """The documents of these rows, with the queries they are relevant to."""
    return Mixed(of.queries[rows], of.items[rows], of.modality[rows], of.pair[rows])


def scores(
    name: str | Method, of: Mixed, learn: Vectors | None = None, exclude: np.ndarray | None = None
) -> np.ndarray:
    """(n, n) scores by a method fitted on the queries of the set, or on the queries `learn`.

    exclude: (n_learn,) the item row that each query of `learn` came from; the two are not compared.
    """
    method = method_by_name(name) if isinstance(name, str) else name
    if method.needs_fit:
        positives = [[row] for row in range(len(of.queries))] if method.needs_labels else None
        known = of.queries if learn is None else learn
        method.fit(known, of.items, of.modality, positives=positives, exclude=exclude)
    return method.score(of.queries, of.items, of.modality)


def places(found: np.ndarray) -> np.ndarray:
    """(n,) rank of each query's relevant row, from 1; of equal scores the lower row comes first."""
    right = np.diag(found)[:, None]
    before = np.arange(found.shape[1])[None, :] < np.arange(found.shape[0])[:, None]
    return 1 + ((found > right) | ((found == right) & before)).sum(axis=1)


def recall(place: np.ndarray, k: int = 20) -> np.ndarray:
    """(n,) 1 where the relevant row ranks k or better, else 0."""
    return (place <= k).astype(float)


def ndcg(place: np.ndarray, k: int = 10) -> np.ndarray:
    """(n,) NDCG@k with one relevant row."""
    return np.where(place <= k, 1 / np.log2(place + 1), 0.0)


def shown(values: np.ndarray) -> str:
    """Mean and half the width of a 95 % bootstrap interval over queries, as text."""
    if not values.size:
        return "-"
    low, high = intervals(values[:, None])
    return f"{values.mean():.3f} ±{(high[0] - low[0]) / 2:.3f}"


def table(title: str, headings: list[str], rows: list[list[str]]) -> None:
    """Print a table."""
    drawn = Table(box=box.SIMPLE_HEAD, title=title, title_justify="left")
    for place, heading in enumerate(headings):
        drawn.add_column(heading, justify="left" if place == 0 else "right", no_wrap=place == 0)
    for row in rows:
        drawn.add_row(*row)
    console.print(drawn)
