"""Fused items: rows of a corpus that make one item together, such as a product's picture and its text.

Each row keeps its vector and its group, so that the statistics of a group are those of all its vectors; only a ranking
shows the item once.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from modgap.corpus.lazy_items import LazyItems
from modgap.items import Item, Modality

TEXT_SUFFIX = "#text"  # of the id of an item's text side, where the picture's is the item's own


def fused_id(row_id: str) -> str:
    """The id of the item that a row with this id belongs to, by the ids that tables give.

    >>> fused_id("sku-7#text"), fused_id("sku-7")
    ('sku-7', 'sku-7')
    """
    return row_id.removesuffix(TEXT_SUFFIX)


def parent_rows(items: Sequence[Item]) -> NDArray[np.intp] | None:
    """(n,) the first row of the item that each row belongs to, itself where it stands alone; None where all do.

    >>> from modgap.items import Modality
    >>> picture, text = Item("cup", Modality.IMAGE, parent="cup"), Item("cup#text", Modality.TEXT, parent="cup")
    >>> parent_rows([Item("a", Modality.TEXT), picture, text]).tolist()
    [0, 1, 1]
    """
    if isinstance(items, LazyItems):
        return items.parent_rows
    first: dict[str, int] = {}
    rows = np.arange(len(items), dtype=np.intp)
    for row, item in enumerate(items):
        if item.parent:
            rows[row] = first.setdefault(item.parent, row)
    return rows if (rows != np.arange(len(items))).any() else None


class FusedItems:
    """Which rows make one item.

    parents: (n,) as `parent_rows` gives them.
    """

    def __init__(self, parents: NDArray[np.intp]) -> None:
        _, self._item_of = np.unique(parents, return_inverse=True)
        self._item_of = self._item_of.ravel()
        self._order = np.argsort(self._item_of, kind="stable")
        self._starts = np.searchsorted(self._item_of[self._order], np.arange(int(self._item_of.max()) + 2))

    @classmethod
    def of(cls, items: Sequence[Item]) -> FusedItems | None:
        """Those of a corpus; None where every row stands alone."""
        parents = parent_rows(items)
        return None if parents is None else cls(parents)

    def __len__(self) -> int:
        """How many items the rows make."""
        return self._starts.size - 1

    @property
    def count(self) -> int:
        """How many items have more rows than one."""
        return int((np.diff(self._starts) > 1).sum())

    def item_of(self, rows: NDArray[np.intp]) -> NDArray[np.intp]:
        """The number of the item that each of some rows belongs to, in the order of first rows."""
        return self._item_of[rows]

    def rows_of(self, item: int) -> NDArray[np.intp]:
        """The rows of an item, ascending."""
        return self._order[self._starts[item] : self._starts[item + 1]]

    def look_up(self, items: NDArray[np.intp]) -> None:
        """Make the rows of some items known, where they lie elsewhere; here all are."""

    def pairs(self, items: Sequence[Item]) -> NDArray[np.intp]:
        """(p, 2) rows of a picture and a text that make one item: the first of each, for every item that has both."""
        found = []
        for item in np.flatnonzero(np.diff(self._starts) > 1).tolist():
            rows = self.rows_of(item).tolist()
            modality = [items[row].modality for row in rows]
            if len(set(modality)) > 1:
                found.append([rows[modality.index(Modality.IMAGE)], rows[modality.index(Modality.TEXT)]])
        return np.asarray(found, dtype=np.intp).reshape(-1, 2)

    def siblings(self, rows: NDArray[np.intp]) -> NDArray[np.intp]:
        """Ranges of the rows that belong with each of some rows, as `Engine.top_k` excludes them: (len(rows), 2 m)."""
        ranges = [_ranges(self.rows_of(int(item))) for item in self.item_of(rows)]
        most = max(map(len, ranges), default=2)
        padded = np.full((len(ranges), most), -1, dtype=np.intp)
        for place, found in enumerate(ranges):
            padded[place, : len(found)] = found
        return padded

    def best(self, values: NDArray[np.floating]) -> NDArray[np.floating]:
        """The highest value of each item, (number of items,); values: (n,) by row."""
        return np.maximum.reduceat(values[self._order], self._starts[:-1])

    def mean(self, values: NDArray[np.floating]) -> NDArray[np.floating]:
        """The mean value of each item, (number of items,); values: (n,) by row."""
        return np.add.reduceat(values[self._order], self._starts[:-1]) / np.diff(self._starts)


def _ranges(rows: NDArray[np.intp]) -> list[int]:
    """Ascending rows as first row and row after the last of each run, one after the other."""
    breaks = np.flatnonzero(np.diff(rows) != 1)
    first, last = rows[np.r_[0, breaks + 1]], rows[np.r_[breaks, rows.size - 1]] + 1
    return [int(value) for pair in zip(first, last, strict=True) for value in pair]
