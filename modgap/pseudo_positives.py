"""The pseudo-positive pass: for each query the best item of each modality, with no labels (arXiv 2511.22141).

    d*_m(q) = argmax over d in D_m of cos(q, d)

The pass streams over blocks of queries x items, so memory is bounded by the block and the full score matrix never
exists. NumPy (BLAS) on the CPU, PyTorch in float32 on CUDA; both give the lowest row where scores are equal.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from modgap.items import Modality
from modgap.progress import Progress, silent
from modgap.vectors import Vectors

QUERY_BLOCK = 1024
ITEM_BLOCK = 16384  # 1024 x 16384 float32 scores are 64 MB
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
    device: "cpu" or a CUDA device of PyTorch.
    A modality without items is absent from the answer. A query that may meet fewer than k items is filled with -inf.
    """
    top_block = _top_block_torch(device) if device != "cpu" else _top_block_numpy
    n_queries = query_vectors.shape[0]
    result = {}
    for modality in Modality:
        rows = np.flatnonzero(item_modality == modality.value)
        if rows.size == 0:
            continue
        kept = min(k, rows.size)
        scores = np.full((n_queries, kept), -np.inf, dtype=np.float32)
        places = np.zeros((n_queries, kept), dtype=np.intp)
        for q0 in range(0, n_queries, QUERY_BLOCK):
            q1 = min(q0 + QUERY_BLOCK, n_queries)
            for i0 in range(0, rows.size, ITEM_BLOCK):
                block_rows = rows[i0 : i0 + ITEM_BLOCK]
                masked = None if exclude is None else _positions(exclude[q0:q1], block_rows)
                found = top_block(query_vectors[q0:q1], item_vectors[block_rows], kept, masked, exclude_same)
                scores[q0:q1], places[q0:q1] = _better(
                    (scores[q0:q1], places[q0:q1]), (found[0], block_rows[found[1]]), kept
                )
            progress(f"Pairing queries with {modality.plural}", q1, n_queries)
        result[modality] = PseudoPositives(scores, places)
    return result


def _positions(exclude: NDArray[np.intp], block_rows: NDArray[np.intp]) -> NDArray[np.intp]:
    """Pairs (query in block, item in block) that must not meet, as (n, 2); block_rows ascend."""
    rows = exclude if exclude.ndim == 2 else np.stack([exclude, exclude + (exclude >= 0)], axis=1)
    start, stop = np.searchsorted(block_rows, rows).T
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


def _top_block_numpy(
    queries: Vectors, items: Vectors, k: int, masked: NDArray[np.intp] | None, exclude_same: bool
) -> tuple[NDArray[np.float32], NDArray[np.intp]]:
    scores = queries @ items.T  # (queries, items)
    if masked is not None:
        scores[masked[:, 0], masked[:, 1]] = -np.inf
    if exclude_same:
        scores[scores > _SAME] = -np.inf
    k = min(k, items.shape[0])
    # both give the first of equals; argmax is far quicker than a sort
    places = scores.argmax(axis=1)[:, None] if k == 1 else np.argsort(-scores, axis=1, kind="stable")[:, :k]
    return np.take_along_axis(scores, places, 1), places


def _top_block_torch(device: str) -> Callable:
    import torch

    def top_block(
        queries: Vectors, items: Vectors, k: int, masked: NDArray[np.intp] | None, exclude_same: bool
    ) -> tuple[NDArray[np.float32], NDArray[np.intp]]:
        # float32 products, not TF32: the same pairs as on the CPU
        torch.backends.cuda.matmul.allow_tf32 = False
        scores = torch.from_numpy(queries).to(device) @ torch.from_numpy(items).to(device).T
        if masked is not None:
            scores[torch.from_numpy(masked[:, 0]).to(device), torch.from_numpy(masked[:, 1]).to(device)] = -torch.inf
        if exclude_same:
            scores[scores > _SAME] = -torch.inf
        k = min(k, items.shape[0])
        ordered, places = torch.sort(scores, dim=1, descending=True, stable=True) if k > 1 else _first_max(scores)
        return ordered[:, :k].cpu().numpy(), places[:, :k].cpu().numpy()

    def _first_max(scores):  # torch.max does not promise the first of equals on CUDA
        best = scores.max(dim=1, keepdim=True).values
        columns = torch.arange(scores.shape[1], device=scores.device)
        return best, torch.where(scores == best, columns, scores.shape[1]).min(dim=1, keepdim=True).values

    return top_block
