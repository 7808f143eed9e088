"""Items that are read line by line when they are asked for."""

from pathlib import Path

import numpy as np
import pytest

from modgap.corpus.index_folder import read_index, write_index
from modgap.corpus.lazy_items import LazyItems, item_from_json, item_to_json
from modgap.items import Item, Modality


@pytest.fixture
def items(tmp_path: Path) -> LazyItems:
    made = [Item(f"item {n}", Modality.TEXT if n % 3 else Modality.IMAGE, text="x" * (n % 3) or None) for n in range(9)]
    write_index(tmp_path / "index", made, np.eye(9, dtype=np.float32), model="", fingerprint="f")
    return read_index(tmp_path / "index").items


def test_rows_beyond_the_end_are_an_index_error(items: LazyItems) -> None:
    assert len(items) == 9
    for row in (9, -10):
        with pytest.raises(IndexError):
            items[row]


@pytest.mark.parametrize(
    ("path", "root", "written"),
    [
        ("/corpus/a/b.jpg", "/corpus", "a/b.jpg"),
        ("/other/b.jpg", "/corpus", "/other/b.jpg"),
        ("/other/b.jpg", None, "/other/b.jpg"),
    ],
)
def test_paths_below_the_root_are_relative_to_it(path: str, root: str | None, written: str) -> None:
    item = Item("b", Modality.IMAGE, path=Path(path))
    base = Path(root) if root else None
    document = item_to_json(item, base)
    assert document == {"id": "b", "path": written}
    assert item_from_json(document, "image", "image", base) == item


@pytest.mark.parametrize("value", [{}, {"id": 5}, {"id": "a", "text": 7}, {"id": "a", "path": ["x"]}])
def test_a_line_of_another_form_is_no_item(value: dict) -> None:
    with pytest.raises((KeyError, TypeError)):
        item_from_json(value, "text", "text", None)
