"""The protocol of engines: the k best items of one group for some queries, and the vectors of those items.

Calibration, search, evaluation and comparison reach the vectors of a corpus through an `Engine` and through nothing
else, so anything that answers these questions can be calibrated and searched: arrays in memory, a FAISS index, or a
server elsewhere. Items are known by their row in the corpus. An engine knows vectors and groups, and neither methods
nor calibrations.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from modgap.errors import EngineError
from modgap.items import Modality
from modgap.progress import Progress, silent
from modgap.vectors import Vectors

SAME = 0.99999  # cosine above which an item is the query itself or its exact duplicate
Move = Callable[[Vectors, NDArray[np.str_]], Vectors]
"""Item vectors (n, d) and the group of each (n,) -> vectors (n, d'), as `Method.move_items` has it."""


@dataclass(frozen=True)
class TopK:
    """The best items of one group for each query.

    scores, rows: (n_queries, k), best first; equal scores in the order of their rows, which count in the whole corpus.
        Where a query is allowed fewer than k items, the rest has the score -inf.
    all_scores, all_rows: every item's score (n_queries, count) and row (count,) where they were asked for and the
        engine has them; items that a query excludes score -inf.
    """

    scores: NDArray[np.float32]
    rows: NDArray[np.intp]
    all_scores: NDArray[np.float32] | None = None
    all_rows: NDArray[np.intp] | None = None


class Engine(ABC):
    """Base of the engines. `ExactEngine` is the plainest one."""

    @property
    @abstractmethod
    def groups(self) -> tuple[str, ...]:
        """The groups that have items, in the order of reports."""

    @property
    @abstractmethod
    def dimension(self) -> int:
        """The width of its vectors."""

    @abstractmethod
    def count(self, group: str) -> int:
        """How many items a group has."""

    @abstractmethod
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
        """The k best items of one group by inner product.

        queries: (n_queries, d). k: at least 1; a smaller group gives all its items.
        exclude: (n_queries,) the row that each query is not compared with, -1 for none; or (n_queries, 2 m) the
            first row and the row after the last of m ranges, such as the document that it was taken from; equal for
            none.
        exclude_same: nor with its exact duplicates (cosine > 0.99999).
        keep_all: also return the score of every item, where the engine has them.
        progress: called with the items of this group that are done.
        """

    @abstractmethod
    def vectors_of(self, rows: NDArray[np.intp]) -> Vectors:
        """The vectors (n, d) of some rows, such as those of hits."""

    @abstractmethod
    def groups_of(self, rows: NDArray[np.intp]) -> NDArray[np.str_]:
        """The group of each of some rows."""

    @property
    def group_modality(self) -> Mapping[str, str]:
        """Which tower encodes the items of each group, "text" or "image"."""
        return {group: Modality.from_group(group).value for group in self.groups}

    def mean(self, group: str) -> Vectors:
        """The mean vector (d,) of a group, summed in float64. Raises EngineError where vectors lie elsewhere."""
        raise self._elsewhere("mean vectors")

    def items_behind_mean(self, group: str) -> int:
        """Of how many items `mean` is taken: all of the group, unless an engine samples them."""
        return self.count(group)

    def vectors_in(self, group: str) -> Vectors:
        """All vectors (n, d) of a group, in the order of its rows. Raises EngineError where they lie elsewhere."""
        raise self._elsewhere("all vectors")

    def moved(self, move: Move) -> Engine:
        """An engine over the same items whose vectors a method has moved; itself where none moves.

        Raises EngineError where vectors lie elsewhere.
        """
        raise self._elsewhere("moved vectors")

    def exact(self) -> Engine | None:
        """An exact engine over the same vectors, where this one is approximate; None where it is exact itself."""
        return None

    def _elsewhere(self, what: str) -> EngineError:
        return EngineError(
            f"{type(self).__name__} keeps its vectors elsewhere and cannot give {what}: choose a method that needs "
            f"scores alone, such as standardized."
        )


def top_k_by_group(
    engine: Engine,
    queries: Vectors,
    k: int,
    *,
    exclude: NDArray[np.intp] | None = None,
    exclude_same: bool = False,
    keep_all: bool = False,
    progress: Progress = silent,
) -> dict[str, TopK]:
    """`Engine.top_k` of every group, one call each, with the progress of the whole.

    d*_m(q) = argmax over d in D_m of cos(q, d) is the first of each list: the pseudo-positive pass of
    arXiv 2511.22141.
    """
    total, done, found = sum(engine.count(group) for group in engine.groups), 0, {}
    for group in engine.groups:
        found[group] = engine.top_k(
            queries,
            k,
            group,
            exclude=exclude,
            exclude_same=exclude_same,
            keep_all=keep_all,
            progress=_after(done, total, progress),
        )
        done += engine.count(group)
    return found


def _after(before: int, total: int, progress: Progress) -> Progress:
    return lambda stage, done, _: progress(stage, before + done, total)
