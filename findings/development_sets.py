"""The sets on which a method of our own is chosen: seven of six encoders, in every regime that users have.

Sets      Flickr8k train by the bundled model (a sentence asks for a picture or for another sentence about it); pairs by
          CLIP ViT-L/14 (Flickr30k), FashionCLIP (shopsphere), CLIP ViT-B/32 (memorylens) and ViT-B/16 (coco500), where
          the other half of each pair asks: a text for its picture, a picture for its text; CLIP ViT-B/32's mixed set of
          50; sounds by LAION-CLAP (audiocaps, under the name image), asked for by sentences.
Variants  plain, and hard: near answers lie in the other group. Where an item has a second text, that stands among the
          texts; else items are paired with their nearest neighbours, one as a picture and one as a text.
Regimes   equal pools; one of ten pictures, one of ten texts left; skewed: a tenth of the documents is asked for.
Learning  from the asked queries; from held-out ones (every other query, evaluated on the rest); from automatic ones,
          the items of the query's own modality, each not compared with itself.
"""

from __future__ import annotations

import functools
import os
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

import modgap
from findings.sets import CLIP, flickr8k
from modgap.calibration.queries import encode_queries
from modgap.corpus import read_qrels, with_qrels
from modgap.vectors import Vectors, unit_vectors

VECTORS = Path(os.environ.get("REAL_VECTORS", "../shared/vectors"))
REGIMES = ("equal", "few pictures", "few texts", "skewed")
LEARNING = ("asked", "held-out", "automatic")
PAIRS = {
    "flickr30k L/14": VECTORS / "flickr30k_vitl14/pairs.npz",
    "shopsphere": VECTORS / "shopsphere_fashion/pairs.npz",
    "memorylens": VECTORS / "memorylens_vitb32/pairs.npz",
    "coco500 B/16": CLIP / "coco500_pairs.npz",
}
JUDGED = {"clip 50": CLIP / "flickr8k_vitb32_{}", "audiocaps": VECTORS / "audiocaps_clap/{}"}
MOST = 400  # pairs of a set, so that all cells take minutes


@dataclass(frozen=True)
class MixedSet:
    """queries (n, d) with their modality (n,) and the row of the one right item (n,); items (m, d), groups (m,)."""

    queries: Vectors
    modality: NDArray[np.str_]
    answer: NDArray[np.intp]
    items: Vectors
    groups: NDArray[np.str_]

    @property
    def target(self) -> NDArray[np.str_]:
        """(n,) the group of each right item."""
        return self.groups[self.answer]

    def asking(self, kept: NDArray[np.bool_]) -> MixedSet:
        """The same items, and some of the queries."""
        return replace(self, queries=self.queries[kept], modality=self.modality[kept], answer=self.answer[kept])

    def without(self, items: NDArray[np.intp]) -> MixedSet:
        """Without these items and the queries that want them."""
        stays = np.ones(len(self.items), dtype=bool)
        stays[items] = False
        kept = self.asking(stays[self.answer])
        row = np.cumsum(stays) - 1
        return replace(kept, answer=row[kept.answer], items=self.items[stays], groups=self.groups[stays])


@dataclass(frozen=True)
class Lesson:
    """Queries (n, d) of one modality to learn from. exclude: (n,) rows that they are not compared with, or None."""

    queries: Vectors
    exclude: NDArray[np.intp] | None = None


@dataclass(frozen=True)
class Cell:
    """One problem: what is asked of which items, and what each query modality learns from."""

    name: tuple[str, str, str, str]  # set, variant, regime, learning
    asked: MixedSet
    lessons: dict[str, Lesson]


def cells(seed: int = 0) -> Iterator[Cell]:
    """All problems, set by set."""
    for name, variants in development_sets(seed).items():
        for variant, whole in variants.items():
            for regime in REGIMES:
                of = in_regime(whole, regime, seed)
                for learning in LEARNING:
                    yield Cell((name, variant, regime, learning), *taught(of, learning))


def development_sets(seed: int = 0) -> dict[str, dict[str, MixedSet]]:
    """The sets by name and variant."""
    images, captions = flickr8k_train()
    found = {"flickr8k": {hard: _of_captions(images, captions, hard == "hard") for hard in ("plain", "hard")}}
    for name, path in PAIRS.items():
        with np.load(path) as arrays:
            pair = unit_vectors(arrays["image"][:MOST]), unit_vectors(arrays["text"][:MOST])
        found[name] = {"plain": _of_pairs(*pair, _halves(len(pair[0]), seed)), "hard": _of_pairs(*pair, _near(pair[1]))}
    for name, path in JUDGED.items():
        found[name] = {"plain": _judged(str(path))}
    return found


def in_regime(of: MixedSet, regime: str, seed: int) -> MixedSet:
    """A set with fewer items of one group, or with a tenth of its items asked for."""
    random = np.random.default_rng(seed + 1)
    if regime == "skewed":
        wanted = np.unique(of.answer)
        few = [random.permutation(wanted[of.groups[wanted] == group]) for group in ("image", "text")]
        few = [rows[: max(5, len(rows) // 10)] for rows in few]
        return of.asking(np.isin(of.answer, np.concatenate(few)))
    if regime == "equal":
        return of
    group = "image" if regime == "few pictures" else "text"
    rows = random.permutation(np.flatnonzero(of.groups == group))
    return of.without(rows[max(5, len(rows) // 10) :])


def taught(of: MixedSet, learning: str) -> tuple[MixedSet, dict[str, Lesson]]:
    """The queries to evaluate, and by query modality what is learnt from."""
    names = np.unique(of.modality).tolist()
    if learning == "automatic":
        rows = {name: np.flatnonzero(of.groups == name) for name in names}
        return of, {name: Lesson(of.items[rows[name]], rows[name]) for name in names}
    if learning == "asked":
        return of, {name: Lesson(of.queries[of.modality == name]) for name in names}
    even = np.zeros(len(of.queries), dtype=bool)
    for group in np.unique(of.target):  # every other query of each target group
        even[np.flatnonzero(of.target == group)[::2]] = True
    given, rest = of.asking(even), of.asking(~even)
    return rest, {name: Lesson(given.queries[given.modality == name]) for name in names}


@functools.cache
def flickr8k_train() -> tuple[Vectors, NDArray[np.float32]]:
    """Pictures (n, d) and captions (n, 5, d) of a seeded part of Flickr8k train, by the bundled model."""
    return flickr8k("train", MOST)


def _of_captions(images: Vectors, captions: NDArray[np.float32], hard: bool) -> MixedSet:
    """Even rows stay pictures, the others become caption 1; caption 0 asks. hard: the pictures' caption 2 is there."""
    n = len(images)
    stays = np.arange(n) % 2 == 0
    items = np.where(stays[:, None], images, captions[:, 1])
    more = captions[stays, 2] if hard else captions[:0, 2]
    groups = np.concatenate([np.where(stays, "image", "text"), np.full(len(more), "text")])
    return MixedSet(captions[:, 0], np.full(n, "text"), np.arange(n), np.concatenate([items, more]), groups)


def _of_pairs(images: Vectors, texts: Vectors, stays: NDArray[np.bool_]) -> MixedSet:
    """Pictures where `stays`, texts elsewhere; the other half of each pair asks."""
    items, queries = (np.where(stays[:, None], *each) for each in ((images, texts), (texts, images)))
    names = ("image", "text")
    return MixedSet(queries, np.where(stays, *names[::-1]), np.arange(len(items)), items, np.where(stays, *names))


def _halves(n: int, seed: int) -> NDArray[np.bool_]:
    return np.random.default_rng(seed).permutation(n) % 2 == 0


def _near(texts: Vectors) -> NDArray[np.bool_]:
    """One of each pair of nearest neighbours: each text takes the nearest that is still free, in the order of rows."""
    near = texts @ texts.T
    np.fill_diagonal(near, -np.inf)
    stays = np.zeros(len(texts), dtype=bool)
    free = np.ones(len(texts), dtype=bool)
    for row in range(len(texts)):
        if free[row]:
            free[row] = False
            stays[row] = True
            if free.any():
                free[int(np.where(free, near[row], -np.inf).argmax())] = False
    return stays


def _judged(path: str) -> MixedSet:
    """A corpus with queries and judgements on disk; the first relevant item of each query counts."""
    queries = with_qrels(modgap.read_queries(path.format("queries.npz")), read_qrels(path.format("qrels.tsv")))
    collection = modgap.Collection.encode(modgap.read_corpus(path.format("corpus.npz")))
    answer = np.asarray([collection.row_of[next(iter(query.relevant))] for query in queries.queries])
    groups = np.asarray(collection.item_groups)
    return MixedSet(encode_queries(queries, None), queries.modality, answer, collection.vectors, groups)
