"""A stack `a+b`: b learns from and scores the vectors that a has moved. Example: centre, then standardize."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
from numpy.typing import ArrayLike, NDArray

from modgap.errors import ModgapError
from modgap.methods.base import Changes, FitData, FittedState, Method, Needs, Scores
from modgap.vectors import Vectors

_NEEDS: tuple[Needs, ...] = ("nothing", "scores", "vectors", "labels")  # the later ones include the earlier
_CHANGES: tuple[Changes, ...] = ("nothing", "scores", "vectors")


class Stack(Method):
    """Methods one after another; all but the last must leave the scores alone.

    parts: the methods, unfitted. Everything that a stack declares follows from them.
    """

    def __init__(self, parts: Sequence[Method]) -> None:
        self.parts = list(parts)
        self.name = "+".join(part.name for part in self.parts)
        self.title = ", then ".join(part.title for part in self.parts)
        moved_by = "+".join(part.name for part in self.parts[:-1])
        self.value_name = self.parts[-1].value_name + (f" after {moved_by}" if moved_by else "")
        for part in self.parts[:-1]:
            if part.changes == "scores":
                raise ModgapError(
                    f'In the stack "{self.name}" the method "{part.name}" changes scores, so it must come last.'
                )
        self.formula = ", then ".join(part.formula for part in self.parts)
        self.source = ", ".join(dict.fromkeys(part.source for part in self.parts))
        self.cost = self.parts[-1].cost
        self.needs = max((part.needs for part in self.parts), key=_NEEDS.index)
        self.changes = max((part.changes for part in self.parts), key=_CHANGES.index)
        self.keeps_order = all(part.keeps_order for part in self.parts)
        self.depth = self.parts[-1].depth
        # a later part learns from moved vectors, and a file has the statistics of the raw ones only
        first = next((place for place, part in enumerate(self.parts) if part.changes == "vectors"), len(self.parts))
        self.in_artefact = all(
            not part.needs_fit or (part.in_artefact and place <= first) for place, part in enumerate(self.parts)
        )

    def learn(self, data: FitData) -> None:
        for part in self.parts[:-1]:
            part.learn(data)
            data = replace(data, queries=part.move_queries(data.queries), engine=data.engine.moved(part.move_items))
        self.parts[-1].learn(data)

    def carried_by(self, state: FittedState) -> bool:
        states = self._states(state)
        return all(
            not part.needs_fit or (of_part is not None and part.carried_by(of_part))
            for part, of_part in zip(self.parts, states, strict=True)
        )

    def restore(self, state: FittedState) -> None:
        for part, of_part in zip(self.parts, self._states(state), strict=True):
            if of_part is not None:
                part.restore(of_part)
            elif part.needs_fit:
                super().restore(state)  # raises: a file does not carry it

    def _states(self, state: FittedState) -> list[FittedState | None]:
        """The state in a file for each part: after vectors have moved, the one learnt from the moved ones, or None."""
        states: list[FittedState | None] = []
        moved: list[str] = []
        for part in self.parts:
            states.append(state.after.get("+".join(moved)) if moved else state)
            if part.changes == "vectors":
                moved.append(part.name)
        return states

    def move_queries(self, query_vectors: Vectors) -> Vectors:
        for part in self.parts:
            query_vectors = part.move_queries(query_vectors)
        return query_vectors

    def move_items(self, item_vectors: Vectors, item_groups: NDArray[np.str_]) -> Vectors:
        for part in self.parts:
            item_vectors = part.move_items(item_vectors, item_groups)
        return item_vectors

    def transform(self, scores: ArrayLike, item_groups: Sequence[str] | NDArray[np.str_]) -> Scores:
        return self.parts[-1].transform(scores, item_groups)
