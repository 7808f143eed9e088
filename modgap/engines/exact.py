"""The pseudo-positive pass: for each query the best item of each modality, with no labels (arXiv 2511.22141).

    d*_m(q) = argmax over d in D_m of cos(q, d)

The pass streams over blocks of items x queries: each block of items is read once and meets every block of queries, so
memory is bounded by the blocks and the full score matrix never exists. NumPy (BLAS) on the CPU, PyTorch in float32
(TF32 off) on CUDA. Equal scores give the lowest row; processors sum in different orders, so two items whose cosines
differ by less than about 1e-6 count as equal or not by the processor, and the score is the same to that bound.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from modgap.items import Modality
from modgap.progress import Progress, silent
from modgap.vectors import Vectors

_SAME = 0.99999  # cosine above which an item is the query itself or its exact duplicate


@dataclass(frozen=True)
class PseudoPositives:
    """The best items of one modality. scores, rows: (n_queries, k), best first; rows count in the whole corpus."""

    scores: NDArray[np.float32]
    rows: NDArray[np.intp]


def pseudo_positives(
    query_vectors: Vectors,
    item_vectors: Vectors,
    item_modality: NDArray[np.str_],
    *,
    k: int = 1,
    exclude: NDArray[np.intp] | None = None,
    exclude_same: bool = False,
    device: str = "cpu",
    progress: Progress = silent,
) -> dict[Modality, PseudoPositives]:
    """The k best items of each modality for each query.

    query_vectors: (n_queries, d) unit rows; item_vectors: (n_items, d) unit rows; item_modality: (n_items,).
    exclude: (n_queries,) row of the corpus that each query must not meet (its source), -1 for none; or (n_queries, 2)
        first row and row after the last of the document that it was taken from, equal for none.
    exclude_same: a query does not meet its exact duplicates either (cosine > 0.99999).
    device: "cpu", or a device of PyTorch; see `modgap.engines.devices.best_device`.
    A modality without items is absent from the answer. A query that may meet fewer than k items is filled with -inf.
    """
    processor = processor_of(device)
    n_queries, n_items = query_vectors.shape[0], item_vectors.shape[0]
    members = {m: item_modality == m.value for m in Modality}
    counts = {m: int(member.sum()) for m, member in members.items()}
    found = {m: _nothing(n_queries, min(k, n)) for m, n in counts.items() if n}
    with processor.exact():
        queries = [
            (slice(q0, q0 + processor.query_block), processor.hold(query_vectors[q0 : q0 + processor.query_block]))
            for q0 in range(0, n_queries, processor.query_block)
        ]
        for i0 in range(0, n_items, processor.item_block):
            block = processor.hold(item_vectors[i0 : i0 + processor.item_block])
            for modality, best in found.items():
                rows = i0 + np.flatnonzero(members[modality][i0 : i0 + processor.item_block])
                if rows.size == 0:
                    continue
                items = processor.rows(block, rows - i0)
                kept = best.scores.shape[1]
                for q, held in queries:
                    masked = None if exclude is None else excluded_pairs(exclude[q], rows)
                    scores, places = processor.top(held, items, min(kept, rows.size), masked, exclude_same)
                    best.scores[q], best.rows[q] = _better((best.scores[q], best.rows[q]), (scores, rows[places]), kept)
            progress("Pairing queries with items", min(i0 + processor.item_block, n_items), n_items)
    return found


def _nothing(n_queries: int, k: int) -> PseudoPositives:
    return PseudoPositives(np.full((n_queries, k), -np.inf, dtype=np.float32), np.zeros((n_queries, k), dtype=np.intp))


def excluded_ranges(exclude: NDArray[np.intp]) -> NDArray[np.intp]:
    """What queries must not meet, (n_queries,) or (n_queries, 2) as above, in the second form.

    >>> excluded_ranges(np.asarray([4, -1])).tolist()
    [[4, 5], [-1, -1]]
    """
    return exclude if exclude.ndim == 2 else np.stack([exclude, exclude + (exclude >= 0)], axis=1)


def excluded_pairs(exclude: NDArray[np.intp], rows: NDArray[np.intp]) -> NDArray[np.intp]:
    """Pairs (query, place in rows) that must not meet, as (n, 2); rows: of the corpus, ascending.

    >>> excluded_pairs(np.asarray([4, -1]), np.asarray([2, 4])).tolist()
    [[0, 1]]
    """
    start, stop = np.searchsorted(rows, excluded_ranges(exclude)).T
    counts = stop - start
    place = np.arange(counts.sum()) + np.repeat(start - (np.cumsum(counts) - counts), counts)
    return np.stack([np.repeat(np.arange(counts.size), counts), place], axis=1)


def _better(
    old: tuple[NDArray, NDArray], new: tuple[NDArray, NDArray], k: int
) -> tuple[NDArray[np.float32], NDArray[np.intp]]:
    """The k best of two candidate lists per query; a stable sort keeps the lower rows (the older) first in ties."""
    scores = np.concatenate([old[0], new[0]], axis=1)
    places = np.concatenate([old[1], new[1]], axis=1)
    order = np.argsort(-scores, axis=1, kind="stable")[:, :k]
    return np.take_along_axis(scores, order, 1), np.take_along_axis(places, order, 1)


class _Processor(Protocol):
    """What multiplies blocks: the sizes that suit it, and how it holds and searches them."""

    query_block: int
    item_block: int

    def exact(self) -> Any:
        """A context in which float32 products keep all of float32."""

    def hold(self, vectors: Vectors) -> Any:
        """A block of vectors where the processor reads it."""

    def rows(self, block: Any, places: NDArray[np.intp]) -> Any:
        """Some rows of a held block."""

    def top(
        self, queries: Any, items: Any, k: int, masked: NDArray[np.intp] | None, exclude_same: bool
    ) -> tuple[NDArray[np.float32], NDArray[np.intp]]:
        """Scores and places (n_queries, k) of the best items of a block, the first of equals first."""


class _Cpu:
    query_block = 1024
    item_block = 16384  # 1024 x 16384 float32 scores are 64 MB

    @contextmanager
    def exact(self) -> Iterator[None]:
        yield

    def hold(self, vectors: Vectors) -> Vectors:
        return vectors

    def rows(self, block: Vectors, places: NDArray[np.intp]) -> Vectors:
        return block if places.size == block.shape[0] else block[places]

    def top(
        self, queries: Vectors, items: Vectors, k: int, masked: NDArray[np.intp] | None, exclude_same: bool
    ) -> tuple[NDArray[np.float32], NDArray[np.intp]]:
        scores = queries @ items.T  # (queries, items)
        if masked is not None:
            scores[masked[:, 0], masked[:, 1]] = -np.inf
        if exclude_same:
            scores[scores > _SAME] = -np.inf
        every = np.arange(scores.shape[0])
        best = np.empty((k, scores.shape[0]), dtype=np.float32)
        places = np.empty((k, scores.shape[0]), dtype=np.intp)
        for rank in range(k):  # k is small: k passes are far quicker than a sort, and argmax gives the first of equals
            places[rank] = scores.argmax(axis=1)
            best[rank] = scores[every, places[rank]]
            scores[every, places[rank]] = -np.inf
        return best.T, places.T


class _Torch:
    query_block = 4096
    item_block = 65536  # 4096 x 65536 float32 scores are 1 GB of the GPU's memory

    def __init__(self, device: str) -> None:
        import torch

        self.torch, self.device = torch, device

    @contextmanager
    def exact(self) -> Iterator[None]:
        before = self.torch.backends.cuda.matmul.allow_tf32
        self.torch.backends.cuda.matmul.allow_tf32 = False
        try:
            yield
        finally:
            self.torch.backends.cuda.matmul.allow_tf32 = before

    def hold(self, vectors: Vectors) -> Any:
        return self.torch.from_numpy(np.ascontiguousarray(vectors)).to(self.device)

    def rows(self, block: Any, places: NDArray[np.intp]) -> Any:
        return block if places.size == block.shape[0] else block[self._index(places)]

    def top(
        self, queries: Any, items: Any, k: int, masked: NDArray[np.intp] | None, exclude_same: bool
    ) -> tuple[NDArray[np.float32], NDArray[np.intp]]:
        scores = queries @ items.T  # (queries, items)
        if masked is not None and masked.size:
            scores[self._index(masked[:, 0]), self._index(masked[:, 1])] = -self.torch.inf
        if exclude_same:
            scores.masked_fill_(scores > _SAME, -self.torch.inf)
        best, places = [], []
        for _ in range(k):  # max along a dimension promises the first of equals; topk and sort on CUDA do not
            value, place = scores.max(dim=1)
            best.append(value)
            places.append(place)
            scores.scatter_(1, place[:, None], -self.torch.inf)
        return (
            self.torch.stack(best, dim=1).cpu().numpy(),
            self.torch.stack(places, dim=1).cpu().numpy().astype(np.intp),
        )

    def _index(self, places: NDArray[np.intp]) -> Any:
        return self.torch.from_numpy(np.ascontiguousarray(places)).to(self.device)


def processor_of(device: str) -> _Processor:
    """What multiplies on a device: NumPy for "cpu", PyTorch for every other."""
    return _Cpu() if device == "cpu" else _Torch(device)
