"""An exact engine whose items are cut into shards: each answers its own top k, and the merge is exact.

The best k of a group are among the best k of its shards, so that merging these lists gives the very ones of a single
machine. A mean is the sum of the shards' sums (float64) over their number.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from modgap.distributed.mapping import Mapping as MapOver
from modgap.engines.base import Engine, Move, TopK
from modgap.engines.exact import ExactEngine
from modgap.engines.moved_vectors import moved_vectors
from modgap.progress import Progress, silent
from modgap.vectors import Vectors

SHARD = 250_000  # items: half a gigabyte at 512 dimensions


@dataclass(frozen=True)
class Shard:
    """Rows of a group in the file of vectors (`vectors.npy`), which every machine must reach under this path.

    start, stop: the rows, which stand together.
    """

    file: Path
    start: int
    stop: int

    def vectors(self) -> Vectors:
        """Its vectors (n, d), mapped."""
        return np.load(self.file, mmap_mode="r", allow_pickle=False)[self.start : self.stop]


@dataclass(frozen=True)
class Question:
    """The question of `Engine.top_k` to one shard; `exclude` counts rows in the whole corpus."""

    shard: Shard
    queries: Vectors
    k: int
    exclude: NDArray[np.intp] | None
    exclude_same: bool
    keep_all: bool


class ShardedEngine(ExactEngine):
    """Exact top k of each group over shards of an index folder, wherever they are read.

    vectors: (n, d) of `file`, mapped; rows of each group stand together. map_over: runs the questions to the shards.
    What is not asked of shards (vectors of hits, a moved copy) is read here.
    """

    def __init__(
        self,
        vectors: Vectors,
        item_groups: NDArray[np.str_] | Sequence[str],
        file: Path,
        map_over: MapOver,
        *,
        group_modality: Mapping[str, str] | None = None,
        shard: int = SHARD,
    ) -> None:
        super().__init__(vectors, item_groups, group_modality=group_modality, device="cpu")
        self._map_over = map_over
        self._shards = {group: _shards(file, rows, shard) for group, rows in self._rows.items()}

    def top_k(
        self,
        queries: Vectors,
        k: int,
        group: str,
        *,
        exclude: NDArray[np.intp] | None = None,
        exclude_same: bool = False,
        keep_all: bool = False,
        progress: Progress = silent,
    ) -> TopK:
        rows = self._rows_in(group)
        shards = self._shards[group]
        asked = [Question(shard, queries, k, exclude, exclude_same, keep_all) for shard in shards]
        found: dict[int, TopK] = {}
        done = 0
        for place, answer in self._map_over(answer_of_shard, asked):
            found[place] = answer
            done += shards[place].stop - shards[place].start
            progress("Pairing queries with items", done, rows.size)
        return merged_top_k([found[place] for place in range(len(shards))], min(k, rows.size))

    def mean(self, group: str) -> Vectors:
        rows = self._rows_in(group)
        sums = dict(self._map_over(sum_of_shard, self._shards[group]))
        total = np.sum([sums[place] for place in range(len(sums))], axis=0)
        return (total / rows.size).astype(np.float32)

    def moved(self, move: Move) -> Engine:
        vectors = moved_vectors(self._vectors, self._item_groups, move)
        if vectors is self._vectors:
            return self
        return ExactEngine(vectors, self._item_groups, group_modality=self._modality)


def answer_of_shard(asked: Question) -> TopK:
    """The best items of one shard, with rows of the whole corpus."""
    shard, vectors = asked.shard, asked.shard.vectors()
    engine = ExactEngine(vectors, np.full(vectors.shape[0], "text"), device="cpu")
    exclude = None if asked.exclude is None else _rows_within(asked.exclude, shard)
    found = engine.top_k(
        asked.queries, asked.k, "text", exclude=exclude, exclude_same=asked.exclude_same, keep_all=asked.keep_all
    )
    all_rows = None if found.all_rows is None else found.all_rows + shard.start
    return TopK(found.scores, found.rows + shard.start, found.all_scores, all_rows)


def sum_of_shard(shard: Shard) -> NDArray[np.float64]:
    """The sum (d,) of the vectors of a shard."""
    return np.asarray(shard.vectors().sum(axis=0, dtype=np.float64))


def merged_top_k(parts: Sequence[TopK], k: int) -> TopK:
    """The k best of several shards' lists, which follow one another in rows; equal scores in the order of rows."""
    scores = np.concatenate([part.scores for part in parts], axis=1)
    rows = np.concatenate([part.rows for part in parts], axis=1)
    order = np.argsort(-scores, axis=1, kind="stable")[:, :k]
    kept = [(part.all_scores, part.all_rows) for part in parts]
    whole = [(s, r) for s, r in kept if s is not None and r is not None]
    complete = len(whole) == len(parts)
    return TopK(
        np.take_along_axis(scores, order, 1),
        np.take_along_axis(rows, order, 1),
        np.concatenate([s for s, _ in whole], axis=1) if complete else None,
        np.concatenate([r for _, r in whole]) if complete else None,
    )


def _shards(file: Path, rows: NDArray[np.intp], size: int) -> list[Shard]:
    """The shards of a group whose `rows` stand together."""
    first, stop = int(rows[0]), int(rows[-1]) + 1
    if stop - first != rows.size:
        raise ValueError("the rows of each group must stand together, as an index folder has them")
    return [Shard(file, start, min(start + size, stop)) for start in range(first, stop, size)]


def _rows_within(exclude: NDArray[np.intp], shard: Shard) -> NDArray[np.intp]:
    """What a query is not compared with, in rows of the shard; outside of it nothing."""
    if exclude.ndim == 1:
        inside = (exclude >= shard.start) & (exclude < shard.stop)
        return np.where(inside, exclude - shard.start, -1)
    return np.clip(exclude - shard.start, 0, shard.stop - shard.start)
