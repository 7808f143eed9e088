"""Rows that make one item, found from items and kept in an index folder."""

from __future__ import annotations

import numpy as np
import pytest

from modgap.corpus.fused import FusedItems, parent_rows
from modgap.corpus.index_folder import read_index, write_index
from modgap.errors import CorpusError
from modgap.items import Item, Modality

ITEMS = [
    Item("a", Modality.TEXT, text="alone"),
    Item("b", Modality.IMAGE, parent="b"),
    Item("b#text", Modality.TEXT, text="words of b", parent="b"),
    Item("c", Modality.IMAGE),
    Item("d", Modality.IMAGE, parent="d"),
    Item("d#1", Modality.TEXT, text="first words of d", parent="d"),
    Item("d#2", Modality.TEXT, text="other words of d", parent="d"),
]


def test_parents_are_first_rows():
    assert parent_rows(ITEMS).tolist() == [0, 1, 1, 3, 4, 4, 4]
    assert parent_rows(ITEMS[:2]) is None
    assert FusedItems.of(ITEMS[:1]) is None


def test_items_know_their_rows_and_rows_their_item():
    fused = FusedItems.of(ITEMS)
    assert (len(fused), fused.count) == (4, 2)
    assert fused.item_of(np.arange(7)).tolist() == [0, 1, 1, 2, 3, 3, 3]
    assert [fused.rows_of(item).tolist() for item in range(4)] == [[0], [1, 2], [3], [4, 5, 6]]
    assert fused.pairs(ITEMS).tolist() == [[1, 2], [4, 5]]
    values = np.asarray([1.0, 2, 4, 3, 9, 6, 3])
    assert fused.best(values).tolist() == [1, 4, 3, 9]
    assert fused.mean(values).tolist() == [1, 3, 3, 6]


def test_siblings_are_ranges_of_rows():
    assert FusedItems.of(ITEMS).siblings(np.asarray([0, 2, 6])).tolist() == [[0, 1], [1, 3], [4, 7]]
    apart = FusedItems(np.asarray([0, 1, 0, 1, 0]))
    assert apart.siblings(np.asarray([1, 4])).tolist() == [[1, 2, 3, 4, -1, -1], [0, 1, 2, 3, 4, 5]]


def test_an_index_folder_keeps_them_in_its_own_order(tmp_path):
    vectors = np.eye(7, dtype=np.float32)
    folder = write_index(tmp_path / "index", ITEMS, vectors, model="m", fingerprint="f")
    items = read_index(folder).items

    read = {item.id: item for item in items}
    assert read == {item.id: item for item in ITEMS}
    assert parent_rows(items).tolist() == parent_rows(list(items)).tolist()
    assert [items[row].id for row in FusedItems.of(items).rows_of(0)] == ["a"]


@pytest.mark.parametrize("broken", [[0, 1, 2], [0, 1, 2, 3, 4, 5, 99], [0, 3, 2, 3, 4, 5, 6], [0, 0, 1, 3, 4, 5, 6]])
def test_parents_that_cannot_be_are_refused(tmp_path, broken):
    folder = write_index(tmp_path / "index", ITEMS, np.eye(7, dtype=np.float32), model="m", fingerprint="f")
    with np.load(folder / "items.npz") as arrays:
        kept = dict(arrays)
    np.savez(folder / "items.npz", **{**kept, "parents": np.asarray(broken, dtype=np.int64)})
    with pytest.raises(CorpusError, match="write the index folder again"):
        read_index(folder)
