"""Multiply blocks of queries and items: NumPy (BLAS) on the CPU, PyTorch in float32 (TF32 off) on CUDA.

Equal scores give the lowest row. Processors sum in different orders, so two items whose cosines differ by less than
about 1e-6 count as equal or not by the processor, and the score is the same to that bound.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from modgap.engines.base import SAME
from modgap.vectors import Vectors

_SCANS = 16  # up to this k, k scans for the maximum are quicker than a partial sort


class Processor(Protocol):
    """A backend: the block sizes that suit it, and how it holds and searches blocks."""

    query_block: int
    item_block: int

    def exact(self) -> Any:
        """A context in which float32 products keep all of float32."""

    def hold(self, vectors: Vectors) -> Any:
        """A block of vectors where the processor reads it."""

    def top(
        self,
        queries: Any,
        items: Any,
        k: int,
        masked: NDArray[np.intp] | None,
        exclude_same: bool,
        all_scores: NDArray[np.float32] | None = None,
    ) -> tuple[NDArray[np.float32], NDArray[np.intp]]:
        """Scores and places (n_queries, k) of the best items of a block, the first of equals first.

        all_scores: (n_queries, n_items) to be filled with the score of every pair.
        """


class Cpu:
    """NumPy."""

    query_block = 1024
    item_block = 16384  # 1024 x 16384 float32 scores are 64 MB

    @contextmanager
    def exact(self) -> Iterator[None]:
        yield

    def hold(self, vectors: Vectors) -> Vectors:
        return vectors

    def top(
        self,
        queries: Vectors,
        items: Vectors,
        k: int,
        masked: NDArray[np.intp] | None,
        exclude_same: bool,
        all_scores: NDArray[np.float32] | None = None,
    ) -> tuple[NDArray[np.float32], NDArray[np.intp]]:
        scores = queries @ items.T  # (queries, items)
        if masked is not None:
            scores[masked[:, 0], masked[:, 1]] = -np.inf
        if exclude_same:
            scores[scores > SAME] = -np.inf
        if all_scores is not None:
            all_scores[:] = scores
        return _scan(scores, k) if k <= _SCANS else _partial_sort(scores, k)


def _scan(scores: NDArray[np.float32], k: int) -> tuple[NDArray[np.float32], NDArray[np.intp]]:
    """k times the maximum, which argmax takes at the first of equals; `scores` is used up."""
    every = np.arange(scores.shape[0])
    best = np.empty((k, scores.shape[0]), dtype=np.float32)
    places = np.empty((k, scores.shape[0]), dtype=np.intp)
    for rank in range(k):
        places[rank] = scores.argmax(axis=1)
        best[rank] = scores[every, places[rank]]
        scores[every, places[rank]] = -np.inf
    return best.T, places.T


def _partial_sort(scores: NDArray[np.float32], k: int) -> tuple[NDArray[np.float32], NDArray[np.intp]]:
    """The k best of each row; of equals at the end of a list the lowest places."""
    n = scores.shape[1]
    last = np.partition(scores, n - k, axis=1)[:, n - k]
    places = np.empty((scores.shape[0], k), dtype=np.intp)
    for query, row in enumerate(scores):
        candidates = np.flatnonzero(row >= last[query])
        places[query] = candidates[np.argsort(-row[candidates], kind="stable")[:k]]
    return np.take_along_axis(scores, places, axis=1), places


class Torch:
    """PyTorch on one of its devices."""

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

    def top(
        self,
        queries: Any,
        items: Any,
        k: int,
        masked: NDArray[np.intp] | None,
        exclude_same: bool,
        all_scores: NDArray[np.float32] | None = None,
    ) -> tuple[NDArray[np.float32], NDArray[np.intp]]:
        scores = queries @ items.T  # (queries, items)
        if masked is not None and masked.size:
            scores[self._index(masked[:, 0]), self._index(masked[:, 1])] = -self.torch.inf
        if exclude_same:
            scores.masked_fill_(scores > SAME, -self.torch.inf)
        if all_scores is not None:
            all_scores[:] = scores.cpu().numpy()
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


def processor_for(device: str) -> Processor:
    """The backend of a device: NumPy for "cpu", PyTorch for every other."""
    return Cpu() if device == "cpu" else Torch(device)
