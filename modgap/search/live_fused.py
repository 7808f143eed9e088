"""Fused items of a live engine: the rows of one item are known by their ids, NAME and NAME#text.

`push` writes both as rows of their own, so that no engine needs a field more. Rows are given to ids as they are met;
the other side of an item is looked up when it is first asked for.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from modgap.corpus.fused import TEXT_SUFFIX, FusedItems, fused_id
from modgap.engines.live import LiveEngine


class LiveFusedItems(FusedItems):
    """As `FusedItems`, of rows met so far; `best` and `mean`, which need all rows, are for corpora in memory."""

    def __init__(self, engine: LiveEngine) -> None:
        self._engine = engine
        self._names: list[str] = []
        self._numbers: dict[str, int] = {}
        self._looked_up: set[str] = set()
        self._fused = False  # whether an id of a text side was met

    def __len__(self) -> int:
        return len(self._names)

    @property
    def count(self) -> int:
        """0: an engine is not read through."""
        return 0

    def item_of(self, rows: NDArray[np.intp]) -> NDArray[np.intp]:
        """As `FusedItems.item_of`; numbers are given in the order of first meeting."""
        return np.asarray([self._number(self._engine.ids[int(row)]) for row in rows], dtype=np.intp)

    def rows_of(self, item: int) -> NDArray[np.intp]:
        """As `FusedItems.rows_of`, the other side included where the engine has it."""
        self.look_up(np.asarray([item]))
        known = self._engine.row_of
        name = self._names[item]
        return np.asarray(sorted(known[each] for each in (name, name + TEXT_SUFFIX) if each in known), dtype=np.intp)

    def look_up(self, items: NDArray[np.intp]) -> None:
        """Meet both sides of some items in one request; nothing where no text side was ever met."""
        names = [self._names[int(item)] for item in items] if self._fused else []
        wanted = [name for name in dict.fromkeys(names) if name not in self._looked_up]
        if wanted:
            self._engine.know([each for name in wanted for each in (name, name + TEXT_SUFFIX)])
            self._looked_up.update(wanted)

    def _number(self, row_id: str) -> int:
        name = fused_id(row_id)
        self._fused = self._fused or name != row_id
        if name not in self._numbers:
            self._numbers[name] = len(self._names)
            self._names.append(name)
        return self._numbers[name]
