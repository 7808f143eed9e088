"""Columns of all items of a corpus at once: groups, modalities, rows by id.

An index folder has them as arrays beside its lines, so that a million items are not read one by one; any other sequence
of items is read through.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from modgap.corpus.lazy_items import LazyItems
from modgap.errors import ModgapError
from modgap.items import Item, Modality, ModalityByGroup


def groups_of(items: Sequence[Item]) -> NDArray[np.str_]:
    """(n,) the group of each item."""
    return items.groups if isinstance(items, LazyItems) else np.asarray([item.group for item in items])


def group_modality(items: Sequence[Item]) -> dict[str, str]:
    """Which tower encodes each group, "text" or "image". Raises ModgapError for a group of pictures and texts."""
    if isinstance(items, LazyItems):
        return items.group_modality
    held = ModalityByGroup()
    for item in items:
        if fault := held.add(item.group, item.modality):
            raise ModgapError(f'The item "{item.id}" belongs to {fault}.')
    return {item.group: item.modality.value for item in items}


def rows_by_id(items: Sequence[Item]) -> Mapping[str, int]:
    """The row of each id."""
    return items.row_of if isinstance(items, LazyItems) else {item.id: row for row, item in enumerate(items)}


def rows_of_modality(items: Sequence[Item], modality: Modality) -> list[int]:
    """The rows of all pictures, or of all texts."""
    if isinstance(items, LazyItems):
        return items.rows_of_modality(modality)
    return [row for row, item in enumerate(items) if item.modality is modality]
