"""`.csv` and `.tsv` files: a header with usual names (`columns.py`); bad rows are reported and skipped."""

from __future__ import annotations

import contextlib
import csv
import io
from collections.abc import Iterator
from pathlib import Path

from modgap.corpus.builder import CorpusBuilder, LimitReachedError
from modgap.corpus.columns import ColumnChoice, Columns, choose_columns
from modgap.corpus.corpus import Corpus
from modgap.corpus.json_lines import table_text
from modgap.corpus.limits import Limits
from modgap.corpus.options import DEFAULT_OPTIONS, ReadOptions
from modgap.corpus.rows import Folder, add_row
from modgap.corpus.text import decode_text
from modgap.errors import CorpusError

_HEAD_BYTES = 65_536  # of a file, to see its first line
_DELIMITERS = (",", "\t", ";", "|")  # spreadsheets of many countries write ";" into .csv


def read_table(path: Path, options: ReadOptions = DEFAULT_OPTIONS) -> Corpus:
    """A corpus of the rows of a table: text and/or image (path relative to the file), id?, caption?, group?.

    A row that cannot be used is skipped as "name:line" with its reason. A missing id becomes "line-<number>".
    """
    builder = CorpusBuilder(options)
    add_table(path, builder)
    return builder.corpus(path)


def add_table(
    path: Path, builder: CorpusBuilder, *, text: str | None = None, name: str = "", folder: Folder | None = None
) -> None:
    """Add the items of a table.

    text: of the file, where it is not a text itself, as comma-separated values. name: as messages show it; the file's
    if empty. folder: where its pictures are; beside it if None.

    Raises CorpusError if it is not text, or its header names neither text nor image.
    """
    limits, name, folder = builder.options.limits, name or path.name, folder or path.parent
    content = table_text(path, limits) if text is None else text
    lines = list(io.StringIO(content.replace("\x00", ""), newline=""))
    delimiter, names, columns = _header(lines, path, builder.options.columns)
    for count, (number, fields, reason) in enumerate(_records(lines, 1, delimiter, limits), start=1):
        if count > limits.table_rows:
            raise LimitReachedError(f"{name} has too many rows ({limits.named('table_rows')})")
        try:
            if reason:
                raise CorpusError(reason)
            if any(field.strip() for field in fields):
                row = columns.row(_row(fields, names, limits))
                builder.table_read(name, columns, row)
                add_row(row, number, folder, builder)
        except LimitReachedError:
            raise
        except CorpusError as error:
            builder.skip(f"{name}:{number}", error)


def first_columns(path: Path, text: str | None = None) -> list[str]:
    """The names in the first line of a table, by the delimiter that gives most; [] for a line without any.

    text: as for `add_table`.

    Raises CorpusError for a file that cannot be read.
    """
    try:
        if text is None:
            with path.open("rb") as file:
                text = decode_text(file.read(_HEAD_BYTES))
    except OSError as error:
        raise CorpusError(f"cannot be read ({error.strerror or error})") from error
    return next(iter(_first_rows(text, 1)), [])


def first_rows(path: Path, count: int) -> list[list[str]]:
    """The header and the rows after it, at most `count` together, by the delimiter that gives most columns.

    Raises CorpusError for a file that cannot be read.
    """
    try:
        with path.open("rb") as file:
            return _first_rows(decode_text(file.read(_HEAD_BYTES)), count)
    except OSError as error:
        raise CorpusError(f"cannot be read ({error.strerror or error})") from error


def _first_rows(text: str, count: int) -> list[list[str]]:
    lines = text.replace("\x00", "").strip("\ufeff").splitlines(keepends=True)
    with contextlib.suppress(csv.Error):
        headers = {each: next(csv.reader(lines[:1], delimiter=each), []) for each in _DELIMITERS}
        delimiter = max(headers, key=lambda each: len(headers[each]))
        rows = [row for row, _ in zip(csv.reader(lines, delimiter=delimiter), range(count), strict=False)]
        return [[name.strip() for name in row] for row in rows]
    return []


def _header(lines: list[str], path: Path, choice: ColumnChoice) -> tuple[str, list[str], Columns]:
    """The delimiter, the name of each column, and what they are taken for."""
    first = lines[0] if lines else ""
    fault = None
    for delimiter in _DELIMITERS:
        try:
            names = [name.strip() for name in next(csv.reader([first], delimiter=delimiter), [])]
            return delimiter, names, choose_columns(names, choice)
        except csv.Error:
            continue
        except CorpusError as error:
            if fault is None or len(names) > 1:
                fault = error
    raise CorpusError(f"{path} {fault or 'has no header'}.")


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
