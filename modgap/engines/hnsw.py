"""HNSW: one approximate index for each group of a corpus, for hundreds of thousands of items and more.

A graph of near neighbours is walked from item to item (Malkov and Yashunin, arXiv 1603.09320; FAISS builds it). One
graph each, never a filter over a mixed one: the gap fills the candidates of a mixed graph with texts, and no picture is
found at all. The graph holds 16-bit copies of the vectors; the candidates' cosines are computed from the vectors
themselves, so scores are exact and only the list may miss items. How many it misses is measured, not assumed:
`engines/recall.py`.
"""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from modgap.engines.base import Engine, Move, TopK
from modgap.engines.exact import ExactEngine
from modgap.errors import EngineError
from modgap.progress import Progress, silent
from modgap.vectors import Vectors

NEIGHBOURS = 32  # M: links of an item in the graph
BUILD_WIDTH = 80  # efConstruction: candidates while an item is linked
SEARCH_WIDTH = 160  # efSearch: candidates of a search, at least four times k
SMALLEST = 5_000  # a smaller group is compared exactly, which is as quick
LARGEST_K = 200  # a longer list is compared exactly: the walk for it is slower than that
_MORE = 16  # candidates beyond k: 16 bits may change their order
_BLOCK = 16384  # rows added at once
_SUFFIX = ".hnsw"


class HnswEngine(ExactEngine):
    """Top k of each group from HNSW graphs.

    A search that leaves out documents or copies of the query, or wants a long list or the score of every item, is
    answered exactly, as every method that moves vectors is. Parameters as for `ExactEngine`; build the graphs with
    `build`, or open those that `save` wrote with `open_graphs`.
    width: candidates of a search (efSearch): more finds more and takes longer.
    """

    def __init__(
        self,
        vectors: Vectors,
        item_groups: NDArray[np.str_] | Sequence[str],
        *,
        group_modality: Mapping[str, str] | None = None,
        device: str | None = None,
        width: int = SEARCH_WIDTH,
    ) -> None:
        super().__init__(vectors, item_groups, group_modality=group_modality, device=device)
        self.width = width
        self._graphs: dict[str, Any] = {}

    def build(self, *, progress: Progress = silent) -> HnswEngine:
        """Build the graph of each group that is large enough; returns the engine."""
        faiss = _faiss()
        wanted = [group for group in self.groups if self.count(group) >= SMALLEST]
        total, done = sum(self.count(group) for group in wanted), 0
        for group in wanted:
            kind = faiss.ScalarQuantizer.QT_fp16
            graph = faiss.IndexHNSWSQ(self.dimension, kind, NEIGHBOURS, faiss.METRIC_INNER_PRODUCT)
            graph.hnsw.efConstruction = BUILD_WIDTH
            for start in range(0, self.count(group), _BLOCK):
                stop = min(start + _BLOCK, self.count(group))
                block = np.ascontiguousarray(self._block(group, slice(start, stop), 0))
                if not graph.is_trained:
                    graph.train(block)
                graph.add(block)
                progress("Linking neighbours", done + stop, total)
            done += self.count(group)
            self._graphs[group] = graph
        return self

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
        by_document = exclude is not None and exclude.ndim == 2
        exactly: dict[str, Any] = {
            "exclude": exclude,
            "exclude_same": exclude_same,
            "keep_all": keep_all,
            "progress": progress,
        }
        if group not in self._graphs or keep_all or exclude_same or by_document or k > LARGEST_K:
            return super().top_k(queries, k, group, **exactly)
        faiss = _faiss()
        rows = self._rows_in(group)
        kept = min(k, rows.size)
        wanted = min(kept + _MORE, rows.size)
        settings = faiss.SearchParametersHNSW(efSearch=max(self.width, 4 * wanted))
        _, places = self._graphs[group].search(np.ascontiguousarray(queries, dtype=np.float32), wanted, params=settings)
        if np.any(places < 0):  # a walk came up short, which is rare
            return super().top_k(queries, k, group, **exactly)
        found_rows = rows[places]
        scores = np.empty(places.shape, dtype=np.float32)
        for query, found in enumerate(found_rows):
            scores[query] = self._vectors[found] @ queries[query]
        if exclude is not None:
            scores[found_rows == exclude[:, None]] = -np.inf
        order = np.lexsort((found_rows, -scores), axis=-1)[:, :kept]
        progress("Pairing queries with items", rows.size, rows.size)
        return TopK(np.take_along_axis(scores, order, -1), np.take_along_axis(found_rows, order, -1))

    def exact(self) -> ExactEngine:
        """An exact engine over the same vectors."""
        return ExactEngine(self._vectors, self._item_groups, group_modality=self._modality, device=self._device)

    def moved(self, move: Move) -> Engine:
        return self.exact().moved(move)

    def save(self, folder: Path) -> list[Path]:
        """Write the graphs into a folder, a file for each group; returns the files.

        Raises EngineError where one cannot be written.
        """
        faiss = _faiss()
        written = []
        for group, graph in self._graphs.items():
            path = folder / f"group-{self.groups.index(group)}{_SUFFIX}"
            try:
                faiss.write_index(graph, os.fspath(path))
            except RuntimeError as error:
                raise EngineError(f"{path} cannot be written: {_first_line(error)}") from error
            written.append(path)
        return written

    def open_graphs(self, folder: Path) -> HnswEngine:
        """Open the graphs that `save` wrote for these vectors; returns the engine.

        Raises EngineError, naming the file, for one that is missing, broken or of other vectors.
        """
        faiss = _faiss()
        mapped = getattr(faiss, "IO_FLAG_MMAP_IFC", 0)  # older versions copy the graph into memory
        for number, group in enumerate(self.groups):
            path = folder / f"group-{number}{_SUFFIX}"
            if self.count(group) < SMALLEST:
                continue
            try:
                graph = faiss.read_index(os.fspath(path), mapped)
            except RuntimeError as error:
                raise EngineError(f"{path} cannot be read, build the index again: {_first_line(error)}") from error
            if not isinstance(graph, faiss.IndexHNSWSQ) or (graph.d, graph.ntotal) != (
                self.dimension,
                self.count(group),
            ):
                raise EngineError(f"{path} is not the index of these vectors: build it again.")
            self._graphs[group] = graph
        return self


def _faiss() -> Any:
    """The library, which takes a moment to load, and whose type stubs lack what its wrappers add."""
    import faiss

    return faiss


def _first_line(error: Exception) -> str:
    return (str(error) or type(error).__name__).splitlines()[0]
