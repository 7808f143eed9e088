"""Columns of all items: the same from an index folder's arrays as from the items one by one."""

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest

from modgap.corpus.index_folder import read_index, write_index
from modgap.corpus.item_columns import group_modality, groups_of, rows_by_id, rows_of_modality
from modgap.errors import ModgapError
from modgap.items import Item, Modality


@pytest.fixture(params=["in memory", "from an index folder"])
def items(request: pytest.FixtureRequest, tmp_path: Path) -> Sequence[Item]:
    made = [Item(f"item {n}", Modality.TEXT if n % 3 else Modality.IMAGE, group="ab"[n % 3 == 0]) for n in range(9)]
    write_index(tmp_path / "index", made, np.eye(9, dtype=np.float32), model="", fingerprint="f")
    lazy = read_index(tmp_path / "index").items
    return lazy if request.param == "from an index folder" else list(lazy)


def test_each_item_has_its_group_and_each_group_its_tower(items: Sequence[Item]) -> None:
    assert groups_of(items).tolist() == [item.group for item in items]
    assert group_modality(items) == {"a": "text", "b": "image"}


def test_rows_are_found_by_id_and_by_modality(items: Sequence[Item]) -> None:
    rows = rows_by_id(items)
    assert [rows[item.id] for item in items] == list(range(9))
    assert [items[row].id for row in rows_of_modality(items, Modality.IMAGE)] == ["item 0", "item 3", "item 6"]
    assert sorted(rows_of_modality(items, Modality.TEXT) + rows_of_modality(items, Modality.IMAGE)) == list(range(9))


def test_a_group_of_pictures_and_texts_is_refused_by_name() -> None:
    with pytest.raises(ModgapError, match='"cat"'):
        group_modality([Item("dog", Modality.TEXT, group="pets"), Item("cat", Modality.IMAGE, group="pets")])
