"""The exact engine: vectors in memory, every item compared, block by block.

Each block of items is read once and compared with every block of queries, so memory is bounded by the blocks and the
full score matrix never exists. `processors.py` multiplies, on the CPU or on CUDA (`devices.py` chooses).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from modgap.engines.base import Engine, Move, TopK
from modgap.engines.devices import best_device
from modgap.engines.exclusions import excluded_pairs
from modgap.engines.moved_vectors import moved_vectors
from modgap.engines.processors import Processor, processor_for
from modgap.errors import EngineError
from modgap.items import Modality, ordered_groups
from modgap.progress import Progress, silent
from modgap.vectors import Vectors, group_array

_FEW_QUERIES = 64  # so few read each item once only: then a group is held in one piece, and gathered once
_FEW_GROUPS = 16
_MEAN_BLOCK = 16384  # rows at once: the sum in float64 needs no copy of the corpus


class ExactEngine(Engine):
    """Exact top k of each group by inner product.

    vectors: (n, d) float32, unit rows or as a method moved them. item_groups: (n,) names.
    group_modality: {group: "text" or "image"}; "image" is pictures and every other group texts if left out.
    device: "cpu", or a device of PyTorch; None chooses by the work of each call.

    >>> engine = ExactEngine(np.eye(3, dtype=np.float32), ["text", "image", "image"])
    >>> engine.top_k(np.asarray([[0, 0.6, 0.8]], dtype=np.float32), 2, "image").rows.tolist()
    [[2, 1]]
    """

    def __init__(
        self,
        vectors: Vectors,
        item_groups: NDArray[np.str_] | Sequence[str],
        *,
        group_modality: Mapping[str, str] | None = None,
        device: str | None = None,
    ) -> None:
        self._vectors = vectors
        self._item_groups = group_array(item_groups, n=vectors.shape[0])
        names = ordered_groups(_first_seen(self._item_groups))
        self._rows = {name: np.flatnonzero(self._item_groups == name) for name in names}
        self._modality = {m: (group_modality or {}).get(m, Modality.from_group(m).value) for m in names}
        self._device = device
        self._held: dict[str, Vectors] = {}

    @property
    def groups(self) -> tuple[str, ...]:
        return tuple(self._rows)

    @property
    def dimension(self) -> int:
        return int(self._vectors.shape[1])

    @property
    def group_modality(self) -> Mapping[str, str]:
        return self._modality

    def count(self, group: str) -> int:
        return int(self._rows[group].size) if group in self._rows else 0

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
        n_queries, n_items = queries.shape[0], rows.size
        kept = min(k, n_items)
        best = np.full((n_queries, kept), -np.inf, dtype=np.float32)
        best_rows = np.zeros((n_queries, kept), dtype=np.intp)
        every = np.empty((n_queries, n_items), dtype=np.float32) if keep_all else None
        device = self._device or best_device(n_queries, n_items, self.dimension)
        processor = processor_for(device)
        with processor.exact():
            blocks = [
                (slice(q0, q0 + processor.query_block), processor.hold(queries[q0 : q0 + processor.query_block]))
                for q0 in range(0, n_queries, processor.query_block)
            ]
            size = _item_block(processor, n_queries, n_items)
            for i0 in range(0, n_items, size):
                places = slice(i0, min(i0 + size, n_items))
                items = processor.hold(self._block(group, places, n_queries))
                inside = rows[places]
                for q, held in blocks:
                    masked = None if exclude is None else excluded_pairs(exclude[q], inside)
                    scores, found = processor.top(
                        held,
                        items,
                        min(kept, inside.size),
                        masked,
                        exclude_same,
                        None if every is None else every[q, places],
                    )
                    best[q], best_rows[q] = _better((best[q], best_rows[q]), (scores, inside[found]), kept)
                progress("Pairing queries with items", places.stop, n_items)
        return TopK(best, best_rows, every, rows if keep_all else None)

    def vectors_of(self, rows: NDArray[np.intp]) -> Vectors:
        return self._vectors[rows]

    def groups_of(self, rows: NDArray[np.intp]) -> NDArray[np.str_]:
        return self._item_groups[rows]

    def mean(self, group: str) -> Vectors:
        rows, total = self._rows_in(group), np.zeros(self.dimension)
        for start in range(0, rows.size, _MEAN_BLOCK):
            total += self._vectors[rows[start : start + _MEAN_BLOCK]].sum(axis=0, dtype=np.float64)
        return (total / rows.size).astype(np.float32)

    def vectors_in(self, group: str) -> Vectors:
        return self._block(group, slice(0, self.count(group)), 0)

    def moved(self, move: Move) -> Engine:
        vectors = moved_vectors(self._vectors, self._item_groups, move)
        if vectors is self._vectors:
            return self
        return type(self)(vectors, self._item_groups, group_modality=self._modality, device=self._device)

    def _rows_in(self, group: str) -> NDArray[np.intp]:
        if group not in self._rows:
            raise EngineError(f'There is no group "{group}" in this corpus. It has: {", ".join(self._rows)}.')
        return self._rows[group]

    def _block(self, group: str, places: slice, n_queries: int) -> Vectors:
        """Some vectors of a group: a view where its rows stand together, else gathered."""
        rows = self._rows[group]
        if rows[-1] - rows[0] + 1 == rows.size:
            return self._vectors[rows[0] + places.start : rows[0] + places.stop]
        if n_queries == 0 or n_queries > _FEW_QUERIES:
            return self._vectors[rows[places]]
        if group not in self._held:
            self._held[group] = self._vectors[rows]
        return self._held[group][places]


def _item_block(processor: Processor, n_queries: int, n_items: int) -> int:
    """Items at once: as many as suit the processor; more where few queries leave room for more scores."""
    room = processor.query_block * processor.item_block // max(n_queries, 1)
    return max(1, processor.item_block, min(room, n_items) if n_queries <= _FEW_QUERIES else 0)


def _first_seen(item_groups: NDArray[np.str_]) -> list[str]:
    """Each group once, in the order of appearance. One comparison a group is quicker than sorting a million names."""
    names: list[str] = []
    left = np.ones(item_groups.size, dtype=bool)
    while len(names) < _FEW_GROUPS and left.any():
        names.append(str(item_groups[left.argmax()]))
        left &= item_groups != names[-1]
    rest, first = np.unique(item_groups[left], return_index=True)
    return [*names, *(str(rest[place]) for place in np.argsort(first))]


def _better(
    old: tuple[NDArray[Any], NDArray[Any]], new: tuple[NDArray[Any], NDArray[Any]], k: int
) -> tuple[NDArray[np.float32], NDArray[np.intp]]:
    """The k best of two candidate lists per query; a stable sort keeps the lower rows (the older) first in ties."""
    scores = np.concatenate([old[0], new[0]], axis=1)
    places = np.concatenate([old[1], new[1]], axis=1)
    order = np.argsort(-scores, axis=1, kind="stable")[:, :k]
    return np.take_along_axis(scores, order, 1), np.take_along_axis(places, order, 1)
