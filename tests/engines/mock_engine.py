"""The smallest engine there is, as an index on a server would be: it keeps its vectors to itself and records each call.

Only what an engine must answer is there: no means, no vectors of a whole group, no moved vectors, no score of every
item.
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
from numpy.typing import ArrayLike, NDArray

from modgap.engines.base import SAME, Engine, TopK
from modgap.progress import Progress, silent
from modgap.vectors import Vectors


class MockEngine(Engine):
    """Answers from `stored`: the vector (d,) and the group of each row, in dictionaries.

    calls: (name of the member, group or rows) in the order of the calls. asked: keyword arguments of each top_k.
    """

    def __init__(self, vectors: ArrayLike, groups: list[str]) -> None:
        self.stored = dict(enumerate(np.asarray(vectors, dtype=np.float32)))
        self.group = dict(enumerate(groups))
        self.calls: list[tuple[str, object]] = []
        self.asked: list[Mapping[str, object]] = []

    @property
    def groups(self) -> tuple[str, ...]:
        return tuple(dict.fromkeys(self.group.values()))

    @property
    def dimension(self) -> int:
        return len(self.stored[0])

    def count(self, group: str) -> int:
        return list(self.group.values()).count(group)

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
        self.calls.append(("top_k", group))
        self.asked.append({"k": k, "exclude": exclude, "exclude_same": exclude_same, "keep_all": keep_all})
        lists = []
        for number, query in enumerate(queries):
            scored = []
            for row, vector in self.stored.items():
                if self.group[row] != group:
                    continue
                score = float(np.float32(query @ vector))
                one = None if exclude is None else exclude[number]
                left_out = one is not None and (row == one if np.ndim(one) == 0 else one[0] <= row < one[1])
                scored.append((-np.inf if left_out or (exclude_same and score > SAME) else score, row))
            lists.append(sorted(scored, key=lambda pair: (-pair[0], pair[1]))[:k])
        progress("Pairing queries with items", self.count(group), self.count(group))
        shape = (len(queries), min(k, self.count(group)))
        scores = np.asarray([[score for score, _ in each] for each in lists], dtype=np.float32).reshape(shape)
        rows = np.asarray([[row for _, row in each] for each in lists], dtype=np.intp).reshape(shape)
        return TopK(scores, rows)

    def vectors_of(self, rows: NDArray[np.intp]) -> Vectors:
        self.calls.append(("vectors_of", tuple(np.asarray(rows).tolist())))
        return np.stack([self.stored[int(row)] for row in rows]) if len(rows) else np.zeros((0, self.dimension))

    def groups_of(self, rows: NDArray[np.intp]) -> NDArray[np.str_]:
        self.calls.append(("groups_of", tuple(np.asarray(rows).tolist())))
        return np.asarray([self.group[int(row)] for row in rows])

    def groups_searched(self) -> list[object]:
        """The group of each top_k since the last question, in order."""
        searched = [about for name, about in self.calls if name == "top_k"]
        self.calls.clear()
        self.asked.clear()
        return searched
