"""`.csv` and `.tsv` files: a header with `text` and/or `image`; bad rows are reported and skipped."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from pathlib import Path

from modgap.corpus.builder import CorpusBuilder, LimitReachedError
from modgap.corpus.corpus import Corpus
from modgap.corpus.json_lines import table_text
from modgap.corpus.limits import Limits
from modgap.corpus.options import DEFAULT_OPTIONS, ReadOptions
from modgap.corpus.rows import ROW_COLUMNS, add_row
from modgap.errors import CorpusError

_DELIMITERS = (",", "\t", ";", "|")  # spreadsheets of many countries write ";" into .csv


def read_table(path: Path, options: ReadOptions = DEFAULT_OPTIONS) -> Corpus:
    """A corpus of the rows of a table: `text` and/or `image` (path relative to the file), `id`?, `caption`?, `group`?.

    A row that cannot be used is skipped as "name:line" with its reason. A missing id becomes "line-<number>".
    """
    builder = CorpusBuilder(options)
    add_table(path, builder)
    return builder.corpus(path)


def add_table(path: Path, builder: CorpusBuilder) -> None:
    """Add the items of a table. Raises CorpusError if it is not text, or its header names neither text nor image."""
    limits = builder.options.limits
    lines = list(io.StringIO(table_text(path, limits).replace("\x00", ""), newline=""))
    delimiter, columns = _header(lines, path)
    for count, (number, fields, reason) in enumerate(_records(lines, 1, delimiter, limits), start=1):
        if count > limits.table_rows:
            raise LimitReachedError(f"{path.name} has too many rows ({limits.named('table_rows')})")
        try:
            if reason:
                raise CorpusError(reason)
            if any(field.strip() for field in fields):
                add_row(_row(fields, columns, limits), number, path.parent, builder)
        except LimitReachedError:
            raise
        except CorpusError as error:
            builder.skip(f"{path.name}:{number}", error)


def _header(lines: list[str], path: Path) -> tuple[str, list[str]]:
    """The delimiter, and the name of each column."""
    first = lines[0] if lines else ""
    for delimiter in _DELIMITERS:
        try:
            columns = [name.strip().lower() for name in next(csv.reader([first], delimiter=delimiter), [])]
        except csv.Error:
            continue
        named = [name for name in columns if name in ROW_COLUMNS]
        if len(set(named)) != len(named):
            raise CorpusError(f"{path} names a column twice in its first line: {first.strip()[:80]}")
        if {"text", "image"} & set(named):
            return delimiter, columns
    raise CorpusError(f'{path} has no column "text" or "image" in its first line: write a header, as "id,text".')


def _records(lines: list[str], start: int, delimiter: str, limits: Limits) -> Iterator[tuple[int, list[str], str]]:
    """(line number, fields, "") of each record from line index `start`, or (line number, [], reason) for a bad one.

    A quote that is never closed would swallow the rest of the file, so only its line is given up and reading goes on
    with the next. That reads at most one field's length twice, since no other quote follows.
    """
    at = start
    while at < len(lines):
        feed = _Feed(lines, at)
        try:
            fields, reason = next(csv.reader(feed, delimiter=delimiter, strict=True)), ""
        except csv.Error as error:
            fields, reason = [], _reason(error, len(lines[at]), limits)
            feed.read_lines = 1
        yield at + 1, fields, reason
        at += max(1, feed.read_lines)


class _Feed:
    """The lines from one on, counting how many the parser has read."""

    def __init__(self, lines: list[str], at: int) -> None:
        self._lines = lines
        self._at = at
        self.read_lines = 0

    def __iter__(self) -> _Feed:
        return self

    def __next__(self) -> str:
        if self._at + self.read_lines >= len(self._lines):
            raise StopIteration
        self.read_lines += 1
        return self._lines[self._at + self.read_lines - 1]


def _reason(error: csv.Error, line_length: int, limits: Limits) -> str:
    if "field larger" in str(error) and line_length > csv.field_size_limit():
        return f"has a field of more than {csv.field_size_limit():,} characters ({limits.named('field_characters')})"
    if "field larger" in str(error) or "unexpected end" in str(error):
        return 'opens a quote (") that is not closed: double it ("") where it is part of the text'
    return f"is not a row of a table ({error})"


def _row(fields: list[str], columns: list[str], limits: Limits) -> dict[str, str]:
    if len(fields) > len(columns):
        raise CorpusError(f"has {len(fields)} fields and the header {len(columns)}: put fields with commas in quotes")
    longest = max(len(field) for field in fields)
    if longest > limits.field_characters:
        raise CorpusError(f"has a field of {longest:,} characters ({limits.named('field_characters')})")
    return dict(zip(columns, fields, strict=False))
