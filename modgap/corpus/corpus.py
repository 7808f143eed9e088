"""A corpus as it was read: the items, and what was skipped with its reason."""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from modgap.corpus.report import Duplicate, ReadReport, Skipped
from modgap.items import Item, Modality, ordered_groups
from modgap.vectors import Vectors


@dataclass(frozen=True)
class Corpus:
    """Items in reading order.

    vectors: (n, d) unit rows when the corpus came as precomputed vectors, else None.
    pairs: (p, 2) rows of a picture and the text that belongs to it, where the corpus says so.
    skipped: what could not be read; the rest was. duplicates: what was left out because an equal item is kept.
    cut: documents that were cut into passages, and into how many.
    unpacked: folders of unpacked archives, which live as long as this corpus.
    """

    items: list[Item]
    skipped: list[Skipped] = field(default_factory=list)
    vectors: Vectors | None = None
    source: Path | None = None
    pairs: NDArray[np.intp] | None = None
    duplicates: list[Duplicate] = field(default_factory=list)
    cut: dict[str, int] = field(default_factory=dict)
    unpacked: tuple[object, ...] = field(default=(), repr=False, compare=False)

    @property
    def report(self) -> ReadReport:
        """What became of everything that was to be read."""
        return ReadReport(self.counts, self.skipped, self.duplicates, self.cut)

    @property
    def counts(self) -> dict[str, int]:
        """How many items of each group: {"text": n, "image": n}, ..."""
        return count_items(self.items)


def count_items(items: Iterable[Item]) -> dict[str, int]:
    """How many items each group has: {"text": n, "image": n}, both named where there are no others.

    >>> count_items([Item("a.jpg", Modality.IMAGE)])
    {'text': 0, 'image': 1}
    """
    found = Counter(item.group for item in items)
    two = {m.value: 0 for m in Modality} if found.keys() <= {m.value for m in Modality} else {}
    return two | {group: found[group] for group in ordered_groups(found)}


def fingerprint(items: Iterable[Item], vectors: Vectors) -> str:
    """A short hash that changes when an item comes, goes or changes: ids, texts, sizes of picture files.

    For vectors without files it is the vectors themselves. Vectors that an encoder made are left out: they differ in
    the last bit from machine to machine.
    """
    digest = hashlib.sha256()
    for item, vector in zip(items, vectors, strict=True):
        if item.path is not None:
            content = (str(item.path.stat().st_size) if item.path.exists() else "gone").encode()
        elif item.text is not None:
            content = item.text.encode("utf-8", "surrogatepass")
        else:
            content = vector.tobytes()  # as they are: 100,000 vectors in hexadecimal would take a second
        group = "" if item.group == item.modality.value else f"{item.group}\x00"
        digest.update(
            f"{item.id}\x00{item.modality.value}\x00{group}".encode("utf-8", "surrogatepass") + content + b"\x01"
        )
    return digest.hexdigest()[:16]
