"""The table among uploaded files, before it is read: its columns, what they would be taken for, and its first row."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from modgap.corpus.columns import Columns, choose_columns
from modgap.corpus.json_lines import first_object
from modgap.corpus.tables import first_rows
from modgap.errors import CorpusError

_TABLES, _LINES = (".csv", ".tsv"), (".jsonl",)


@dataclass(frozen=True)
class TablePreview:
    """paths: of all files of the upload, which wait to be read. name: of the table. names: of its columns.

    columns: what they are taken for; None where nothing is text or a picture by its name. first: the first row.
    """

    paths: Sequence[str]
    name: str
    names: Sequence[str]
    columns: Columns | None
    first: Mapping[str, str] = field(default_factory=dict)


def table_preview(paths: Sequence[str]) -> TablePreview | None:
    """The preview of the one table of an upload; None where there is none, more than one, or nothing to choose."""
    tables = [Path(path) for path in paths if Path(path).suffix.lower() in (*_TABLES, *_LINES)]
    if len(tables) != 1:
        return None
    try:
        names, first = _beginning(tables[0])
    except CorpusError:
        return None  # reading it says what is wrong
    if len(names) < 2:
        return None
    try:
        columns = choose_columns(names)
    except CorpusError:
        columns = None
    return TablePreview(list(paths), tables[0].name, names, columns, first)


def _beginning(path: Path) -> tuple[list[str], dict[str, str]]:
    if path.suffix.lower() in _LINES:
        row = first_object(path)
        return list(row), {name: str(value) for name, value in row.items() if value is not None}
    header, *rows = first_rows(path, 2) or [[]]
    return header, dict(zip(header, rows[0], strict=False)) if rows else {}
