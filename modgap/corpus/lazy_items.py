"""The items of an index folder: one JSON line each, read when it is asked for.

A million items open at once, since a search shows ten of them. Which items are pictures, their groups and the places of
their lines lie beside the lines as arrays, mapped from disk.
"""

from __future__ import annotations

import hashlib
import json
import mmap
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, overload

import numpy as np
from numpy.typing import NDArray

from modgap.errors import CorpusError
from modgap.items import Item, Modality


class LazyItems(Sequence[Item]):
    """Items whose lines are read when they are asked for.

    lines: the path of `items.jsonl`. offsets: (n + 1,) where each line begins, and the end of the file.
    groups: (n,) names. group_modality: "text" or "image" for each group.
    id_hashes: (n,) ascending hashes of the ids, and id_rows (n,) the row of each.
    root: the folder that relative paths of pictures start from.
    parent_rows: (n,) of fused items, as `corpus.fused` has them; None where every item stands alone.
    """

    def __init__(
        self,
        lines: Path,
        offsets: NDArray[np.int64],
        groups: NDArray[np.str_],
        group_modality: Mapping[str, str],
        id_hashes: NDArray[np.uint64],
        id_rows: NDArray[np.int64],
        root: Path | None,
        parent_rows: NDArray[np.intp] | None = None,
    ) -> None:
        self._path, self._offsets, self._root = lines, offsets, root
        self.groups, self.group_modality = groups, dict(group_modality)
        self.parent_rows = parent_rows
        self.row_of: Mapping[str, int] = _RowOf(self, id_hashes, id_rows)
        with lines.open("rb") as file:
            self._lines = mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ)

    def __len__(self) -> int:
        return len(self._offsets) - 1

    @overload
    def __getitem__(self, row: int) -> Item: ...
    @overload
    def __getitem__(self, row: slice) -> list[Item]: ...
    def __getitem__(self, row: int | slice) -> Item | list[Item]:
        if isinstance(row, slice):
            return [self[each] for each in range(*row.indices(len(self)))]
        place = range(len(self))[row]  # negative rows, and IndexError beyond the end
        line = self._lines[self._offsets[place] : self._offsets[place + 1]]
        try:
            group = str(self.groups[place])
            return item_from_json(json.loads(line), group, self.group_modality[group], self._root)
        except (ValueError, TypeError, KeyError, RecursionError) as error:
            raise CorpusError(
                f"{self._path} line {place + 1} is not an item ({error}): write the index folder again."
            ) from error

    def rows_of_modality(self, modality: Modality) -> list[int]:
        """The rows of all pictures, or of all texts."""
        named = [group for group, each in self.group_modality.items() if each == modality.value]
        rows: list[int] = np.flatnonzero(np.isin(self.groups, named)).tolist()
        return rows


class _RowOf(Mapping[str, int]):
    """The row of each id: a binary search among hashes, and a look at the line."""

    def __init__(self, items: LazyItems, hashes: NDArray[np.uint64], rows: NDArray[np.int64]) -> None:
        self._items, self._hashes, self._rows = items, hashes, rows

    def __getitem__(self, name: str) -> int:
        wanted = id_hash(name)
        first, last = np.searchsorted(self._hashes, wanted, "left"), np.searchsorted(self._hashes, wanted, "right")
        for row in self._rows[first:last].tolist():
            if self._items[row].id == name:
                return int(row)
        raise KeyError(name)

    def __iter__(self) -> Iterator[str]:
        return (item.id for item in self._items)

    def __len__(self) -> int:
        return len(self._items)


def id_hash(name: str) -> np.uint64:
    """64 bits of BLAKE2 of an id."""
    digest = hashlib.blake2b(name.encode("utf-8", "surrogatepass"), digest_size=8).digest()
    return np.frombuffer(digest, dtype="<u8")[0]


def item_to_json(item: Item, root: Path | None) -> dict[str, str]:
    """An item without its group and modality. root: paths below it are written relative to it."""
    found = {"id": item.id}
    for name in ("text", "caption", "source"):
        value = getattr(item, name)
        if value is not None:
            found[name] = value
    if item.parent:
        found["parent"] = item.parent
    if item.path is not None:
        path = item.path.absolute()
        below = root is not None and path.is_relative_to(root)
        found["path"] = path.relative_to(root).as_posix() if below else str(path)  # type: ignore[arg-type]
    return found


def item_from_json(value: Any, group: str, modality: str, root: Path | None) -> Item:
    """The item of `item_to_json`. Raises KeyError, TypeError or ValueError for anything else."""
    texts = {name: value.get(name) for name in ("text", "caption", "source", "path", "parent")}
    if not isinstance(value["id"], str) or not all(each is None or isinstance(each, str) for each in texts.values()):
        raise TypeError("a field is not a text")
    path = texts["path"]
    placed = None if path is None else Path(path) if root is None else root / path
    return Item(
        value["id"],
        Modality(modality),
        texts["text"],
        placed,
        texts["caption"],
        texts["source"],
        group,
        texts["parent"] or "",
    )
