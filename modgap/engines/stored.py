"""An item as a live engine holds it, and lists of them in parts."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TypeVar

from modgap.engines.base import SAME
from modgap.vectors import Vectors

T = TypeVar("T")


@dataclass(frozen=True)
class Stored:
    """An item as an engine holds it: vector (d,) unit; text: its words, where the engine has them."""

    id: str
    group: str
    vector: Vectors
    text: str | None = None


def batches(items: Sequence[T], size: int) -> Iterator[Sequence[T]]:
    """Parts of `size` items."""
    for start in range(0, len(items), size):
        yield items[start : start + size]


def same_item(item: Stored, there: Stored | None) -> bool:
    """Whether an engine holds an item as it is: its group, its words and its vector."""
    return (
        there is not None
        and there.group == item.group
        and there.text == item.text
        and bool(there.vector.shape == item.vector.shape and float(there.vector @ item.vector) > SAME)
    )
