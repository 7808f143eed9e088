"""The report of reading a corpus, for people (rows of a table) and for programs (JSON)."""

from __future__ import annotations

import csv
import io
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from modgap.io.spreadsheet import safe_cell


@dataclass(frozen=True)
class Skipped:
    """A file or a line that could not be read: its id (path or "file:line") and the reason."""

    id: str
    reason: str


@dataclass(frozen=True)
class Duplicate:
    """An item left out because another one of the same content and group is kept."""

    id: str
    kept: str


@dataclass(frozen=True)
class NearIdentical:
    """Two pictures that look the same, both kept. distance: hash bits of 64 that differ (0: no visible change)."""

    id: str
    other: str
    distance: int


@dataclass(frozen=True)
class ReadReport:
    """The outcome of reading a corpus.

    read: number of items by group.
    skipped: files and rows that could not be read. duplicates: items left out because an equal one is kept.
    cut: documents that were cut, with their number of passages.
    near: pictures that look the same, if they were compared.
    """

    read: Mapping[str, int]
    skipped: Sequence[Skipped] = field(default_factory=list)
    duplicates: Sequence[Duplicate] = field(default_factory=list)
    cut: Mapping[str, int] = field(default_factory=dict)
    near: Sequence[NearIdentical] = field(default_factory=list)

    def rows(self) -> list[tuple[str, str, str]]:
        """(id, outcome, reason) of everything that was not simply read, for a sortable table.

        >>> ReadReport({"text": 1, "image": 0}, [Skipped("a.heic", "is a HEIC photo")]).rows()
        [('a.heic', 'skipped', 'is a HEIC photo')]
        """
        return [
            *((each.id, "skipped", each.reason) for each in self.skipped),
            *((each.id, "duplicate", f"has the same content as {each.kept}") for each in self.duplicates),
            *((name, "cut", f"into {passages} passages") for name, passages in self.cut.items()),
            *((each.id, "near-identical", f"looks like {each.other}") for each in self.near),
        ]

    def to_csv(self) -> str:
        """The rows with a header, for a spreadsheet. No cell is run as a formula, whatever a file is called.

        >>> ReadReport({}, [Skipped("=1+1", "is empty")]).to_csv()
        "id,outcome,reason\\r\\n'=1+1,skipped,is empty\\r\\n"
        """
        text = io.StringIO()
        writer = csv.writer(text)
        writer.writerow(("id", "outcome", "reason"))
        writer.writerows([safe_cell(cell) for cell in row] for row in self.rows())
        return text.getvalue()

    def to_json(self) -> dict[str, Any]:
        """The report as plain JSON values."""
        return {
            "read": dict(self.read),
            "skipped": [{"id": each.id, "reason": each.reason} for each in self.skipped],
            "duplicates": [{"id": each.id, "kept": each.kept} for each in self.duplicates],
            "cut": dict(self.cut),
            "near_identical": [{"id": e.id, "other": e.other, "distance": e.distance} for e in self.near],
        }
