"""A corpus as it was read: its items, and what was skipped with the reasons."""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from modgap.corpus.columns import Columns
from modgap.corpus.report import Duplicate, ReadReport, Skipped
from modgap.items import Item, Modality, counts_in_words, ordered_groups
from modgap.vectors import Vectors


@dataclass(frozen=True)
class TableReading:
    """A table as it was read: its name, its columns, and the first row that was used, as id, text, image, ..."""

    name: str
    columns: Columns
    first: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Corpus:
    """Items in reading order.

    skipped: files and rows that could not be read.
    vectors: (n, d) unit rows if the corpus came as precomputed vectors, else None.
    model: the name of the encoder of precomputed vectors, where their file says it.
    source: the path that it was read from; None for a list of files.
    pairs: (p, 2) rows of a picture and the text that belongs to it, if the corpus gives pairs.
    duplicates: items left out because an equal one is kept.
    cut: documents that were cut into passages, with the number of passages.
    unpacked: folders of unpacked archives, which exist as long as this corpus.
    fingerprint: of the corpus that an index folder was written from, if it was; see `corpus_fingerprint`.
    encoder: the name of the encoder that an index folder was written with, if it was.
    tables: what the columns of each table were taken for.
    index: what an index folder says of its approximate index; empty for none.
    """

    items: Sequence[Item]
    skipped: list[Skipped] = field(default_factory=list)
    vectors: Vectors | None = None
    source: Path | None = None
    pairs: NDArray[np.intp] | None = None
    duplicates: list[Duplicate] = field(default_factory=list)
    cut: dict[str, int] = field(default_factory=dict)
    model: str = ""
    fingerprint: str = ""
    encoder: str = ""
    index: Mapping[str, Any] = field(default_factory=dict)
    tables: tuple[TableReading, ...] = ()
    unpacked: tuple[object, ...] = field(default=(), repr=False, compare=False)

    def __repr__(self) -> str:
        """One line: the items would fill pages."""
        kind = "" if self.vectors is None else f", vectors of {self.vectors.shape[1]} dimensions"
        source = "" if self.source is None else f" of {self.source}"
        return f"<Corpus{source}: {counts_in_words(self.counts)}{kind}, {len(self.skipped)} skipped>"

    @property
    def report(self) -> ReadReport:
        """The outcome of reading: items by group, and everything that was skipped, cut or left out."""
        return ReadReport(self.counts, self.skipped, self.duplicates, self.cut)

    @property
    def counts(self) -> dict[str, int]:
        """The number of items in each group, as `count_items` gives it."""
        return count_items(self.items)


def count_items(items: Iterable[Item]) -> dict[str, int]:
    """The number of items in each group. "text" and "image" are both listed if there are no other groups.

    >>> count_items([Item("a.jpg", Modality.IMAGE)])
    {'text': 0, 'image': 1}
    """
    return listed_counts(Counter(item.group for item in items))


def listed_counts(found: Mapping[str, int]) -> dict[str, int]:
    """Numbers of items by group in the order of reports; "text" and "image" are both listed if there are no others.

    >>> listed_counts({"image": 1})
    {'text': 0, 'image': 1}
    """
    two = {m.value: 0 for m in Modality} if found.keys() <= {m.value for m in Modality} else {}
    return two | {group: found[group] for group in ordered_groups(found)}


def corpus_fingerprint(items: Iterable[Item], vectors: Vectors) -> str:
    """A short hash (16 hexadecimal digits) that changes when an item is added, removed or changed.

    It covers ids, modalities, groups, texts and the sizes of picture files. For vectors without files it covers the
    vectors themselves. Vectors that an encoder computed are left out: their last bits differ between machines.
    vectors: (n, d), one row an item. 300,000 vectors of 512 dimensions take about a second, 0.4 s of it the hash alone
    (`benchmarks/speed/calibrate_overhead.py`); another way to hash them would change the fingerprints of saved
    calibrations.
    """
    digest = hashlib.sha256()
    for item, vector in zip(items, vectors, strict=True):
        if item.path is not None:
            content = (str(item.path.stat().st_size) if item.path.exists() else "gone").encode()
        elif item.text is not None:
            content = item.text.encode("utf-8", "surrogatepass")
        else:
            content = vector.tobytes()  # raw bytes: 100,000 vectors in hexadecimal would take a second
        group = "" if item.group == item.modality.value else f"{item.group}\x00"
        digest.update(
            f"{item.id}\x00{item.modality.value}\x00{group}".encode("utf-8", "surrogatepass") + content + b"\x01"
        )
    return digest.hexdigest()[:16]
