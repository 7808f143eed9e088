"""`.jsonl` files: one JSON object a line; bad lines are reported and skipped."""

from __future__ import annotations

import contextlib
import json
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

from modgap.corpus.builder import CorpusBuilder, LimitReachedError
from modgap.corpus.columns import choose_columns
from modgap.corpus.corpus import Corpus
from modgap.corpus.limits import DEFAULT_LIMITS, Limits
from modgap.corpus.options import DEFAULT_OPTIONS, ReadOptions
from modgap.corpus.rows import Folder, add_row
from modgap.corpus.text import decode_text
from modgap.errors import CorpusError

_HEAD_BYTES = 65_536  # of a file, to see its first rows


def read_json_lines(path: Path, options: ReadOptions = DEFAULT_OPTIONS) -> Corpus:
    """A corpus of `{"id", "text"}` and `{"id", "image": path relative to the file, "caption"?}` lines.

    Each may have a "group". A line that cannot be used is skipped as "name:line" with its reason. A missing id becomes
    "line-<number>".
    """
    builder = CorpusBuilder(options)
    add_json_lines(path, builder)
    return builder.corpus(path)


def add_json_lines(path: Path, builder: CorpusBuilder, *, name: str = "", folder: Folder | None = None) -> None:
    """Add the items of a file. name, folder: as for `add_table`. Raises CorpusError if it is not text, or too large."""
    name, folder = name or path.name, folder or path.parent
    for number, row, reason in json_objects(path, builder.options.limits):
        try:
            if row is None:
                raise CorpusError(reason)
            columns = choose_columns(list(row), builder.options.columns.among(row))
            found = columns.row(row)
            builder.table_read(name, replace(columns, ignored=()), found)
            add_row(found, number, folder, builder)
        except LimitReachedError:
            raise
        except CorpusError as error:
            builder.skip(f"{name}:{number}", error)


def first_keys(path: Path) -> list[str]:
    """The keys of `first_object`."""
    return list(first_object(path))


def first_object(path: Path) -> dict[str, Any]:
    """The first line that is an object; {} where the beginning of the file has none.

    Raises CorpusError for a file that cannot be read.
    """
    try:
        with path.open("rb") as file:
            lines = decode_text(file.read(_HEAD_BYTES)).split("\n")
    except OSError as error:
        raise CorpusError(f"cannot be read ({error.strerror or error})") from error
    for line in lines:
        with contextlib.suppress(CorpusError):
            if line.strip() and isinstance(row := _parsed(line, DEFAULT_LIMITS), dict):
                return row
    return {}


def json_objects(path: Path, limits: Limits = DEFAULT_LIMITS) -> Iterator[tuple[int, dict[str, Any] | None, str]]:
    """Each line that is not blank as (line number, object, ""), or (line number, None, reason) for a bad one.

    Raises CorpusError if the file cannot be read as text, or has more rows than the limit.
    """
    rows = 0
    # only \n ends a line: JSON strings may hold the other characters that end a line of text
    for number, line in enumerate(table_text(path, limits).split("\n"), start=1):
        if not line.strip():
            continue
        rows += 1
        if rows > limits.table_rows:
            raise LimitReachedError(f"{path.name} has too many rows ({limits.named('table_rows')})")
        try:
            row = _parsed(line, limits)
        except CorpusError as error:
            yield number, None, str(error)
            continue
        if isinstance(row, dict):
            yield number, row, ""
        else:
            yield number, None, "is JSON, but not an object {...}"


def table_text(path: Path, limits: Limits) -> str:
    """The text of a table file. Raises CorpusError naming the file."""
    try:
        if path.stat().st_size > limits.file_bytes:
            raise CorpusError(f"{path} is too large ({limits.named('file_bytes')}).")
        return decode_text(path.read_bytes())
    except OSError as error:
        raise CorpusError(f"{path} cannot be read ({error.strerror or error}).") from error
    except CorpusError as error:
        raise error if str(path) in str(error) else CorpusError(f"{path} {error}: save it as UTF-8.") from error


def _parsed(line: str, limits: Limits) -> Any:
    """The value of a line. Raises CorpusError for a line that is not JSON, or nested deeper than the limit."""
    if _depth(line, limits.json_nesting) > limits.json_nesting:
        raise CorpusError(f"has too many brackets within one another ({limits.named('json_nesting')})")
    try:
        return json.loads(line, parse_constant=_refuse_constant)
    except (ValueError, RecursionError) as error:
        raise CorpusError(f"is not JSON ({error})") from error


def _refuse_constant(name: str) -> None:
    raise ValueError(f"{name} is not a number of JSON: leave it out or write null")


def _depth(line: str, limit: int) -> int:
    """The deepest nesting of brackets; 0 for a line with too few brackets to exceed the limit."""
    if line.count("[") + line.count("{") <= limit:
        return 0
    depth = deepest = 0
    quoted = escaped = False
    for c in line:
        if quoted:
            quoted = escaped or c != '"'
            escaped = c == "\\" and not escaped
        elif c == '"':
            quoted = True
        elif c in "[{":
            depth += 1
            deepest = max(deepest, depth)
        elif c in "]}":
            depth -= 1
    return deepest
