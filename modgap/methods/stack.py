"""A stack `a+b`: b learns from and scores the vectors that a has moved. Example: centre, then standardize."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
from numpy.typing import ArrayLike, NDArray

from modgap.errors import ModgapError
from modgap.methods.base import Changes, FitData, Learnt, Method, Needs, Scores
from modgap.vectors import Vectors

_NEEDS: tuple[Needs, ...] = ("nothing", "scores", "vectors", "labels")  # the later ones include the earlier
_CHANGES: tuple[Changes, ...] = ("nothing", "scores", "vectors")


class Stack(Method):
    """Methods one after another; all but the last must leave the scores alone.

    parts: the methods, unfitted. Everything that a stack says of itself follows from them.
    """

    def __init__(self, parts: Sequence[Method]) -> None:
        self.parts = list(parts)
        self.name = "+".join(part.name for part in self.parts)
        self.title = ", then ".join(part.title for part in self.parts)
        for part in self.parts[:-1]:
            if part.changes == "scores":
                raise ModgapError(
                    f'In the stack "{self.name}" the method "{part.name}" changes scores, so it must come last.'
                )
        self.needs = max((part.needs for part in self.parts), key=_NEEDS.index)
        self.changes = max((part.changes for part in self.parts), key=_CHANGES.index)
        self.keeps_order = all(part.keeps_order for part in self.parts)
        self.depth = self.parts[-1].depth
        # what a later part learns is learnt from moved vectors, and a file has only what was learnt from the raw ones
        first = next((place for place, part in enumerate(self.parts) if part.changes == "vectors"), len(self.parts))
        self.in_artefact = all(
            not part.needs_fit or (part.in_artefact and place <= first) for place, part in enumerate(self.parts)
        )

    def learn(self, data: FitData) -> None:
        for part in self.parts:
            part.learn(data)
            data = replace(
                data, queries=part.move_queries(data.queries), items=part.move_items(data.items, data.modality)
            )

    def carried_by(self, learnt: Learnt) -> bool:
        parts = self._learnt_by_part(learnt)
        return len(parts) == len(self.parts) and all(not p.needs_fit or p.carried_by(of) for p, of in parts)

    def restore(self, learnt: Learnt) -> None:
        parts = self._learnt_by_part(learnt)
        for part, of in parts:
            part.restore(of)
        if len(parts) < len(self.parts):
            super().restore(learnt)

    def _learnt_by_part(self, learnt: Learnt) -> list[tuple[Method, Learnt]]:
        """Each part with what a file has for it: after vectors have moved, that is what was learnt from the moved."""
        found: list[tuple[Method, Learnt]] = []
        moved: list[str] = []
        for part in self.parts:
            of = learnt.after.get("+".join(moved)) if moved else learnt
            if of is None and part.needs_fit:
                return found
            found.append((part, of or learnt))
            moved += [part.name] if part.changes == "vectors" else []
        return found

    def move_queries(self, query_vectors: Vectors) -> Vectors:
        for part in self.parts:
            query_vectors = part.move_queries(query_vectors)
        return query_vectors

    def move_items(self, item_vectors: Vectors, item_modality: NDArray[np.str_]) -> Vectors:
        for part in self.parts:
            item_vectors = part.move_items(item_vectors, item_modality)
        return item_vectors

    def transform(self, scores: ArrayLike, item_modality: Sequence[str] | NDArray[np.str_]) -> Scores:
        return self.parts[-1].transform(scores, item_modality)
