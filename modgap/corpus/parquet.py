"""`.parquet` files, read with pyarrow, an optional dependency: columns as in `.npz` vectors, or as in `.csv`."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from modgap.corpus.builder import CorpusBuilder, LimitReachedError
from modgap.corpus.columns import Columns, choose_columns
from modgap.corpus.corpus import Corpus
from modgap.corpus.limits import Limits
from modgap.corpus.options import DEFAULT_OPTIONS, ReadOptions
from modgap.corpus.rows import add_row
from modgap.corpus.vector_files import checked_rows, vector_corpus
from modgap.errors import CorpusError

_VECTOR_COLUMNS = (("id", "ids"), ("modality",), ("vector", "vectors", "embedding"))


def read_parquet(path: Path, options: ReadOptions = DEFAULT_OPTIONS) -> Corpus:
    """A corpus of vectors (columns id, modality, vector, group?) or of rows (text and/or image, id?, caption?, group?).

    Raises CorpusError if pyarrow is not installed, or naming what is wrong with the file.
    """
    try:
        import pyarrow.parquet
    except ImportError as error:
        raise CorpusError(f"{path}: reading .parquet needs pyarrow: pip install 'modgap[parquet]'.") from error
    limits = options.limits
    try:
        with pyarrow.parquet.ParquetFile(path) as file:
            _check_size(path, file, limits)
            names = set(file.schema_arrow.names)
            chosen = [next((name for name in known if name in names), "") for known in _VECTOR_COLUMNS]
            if all(chosen):
                return _vector_corpus(path, file, chosen, limits)
            try:
                columns = choose_columns(file.schema_arrow.names, options.columns)
            except CorpusError as error:
                raise CorpusError(
                    f"{path} has not the columns id, modality, vector of vectors, and {error}."
                ) from error
            used = {columns.id, *columns.text, columns.image, columns.caption, columns.group} - {""}
            rows = file.read(columns=sorted(used)).to_pylist()
    except CorpusError:
        raise
    except (Exception, MemoryError) as error:  # pyarrow raises errors of many families on broken files
        raise CorpusError(f"{path} cannot be read as .parquet: {error}.") from error
    return _row_corpus(path, columns, rows, options)


def _vector_corpus(path: Path, file: Any, chosen: list[str], limits: Limits) -> Corpus:
    def column(name: str) -> list[Any]:
        return file.read(columns=[name]).column(0).to_pylist()

    ids, modality, vectors = map(column, chosen)
    group = _names(path, column("group"), "group") if "group" in file.schema_arrow.names else None
    names = np.asarray([str(value) for value in ids], dtype=np.str_)
    matrix = np.asarray(vectors, dtype=np.float32)
    return vector_corpus(path, checked_rows(path, names, _names(path, modality, "modality"), matrix, group), limits)


def _row_corpus(path: Path, columns: Columns, rows: list[dict[str, Any]], options: ReadOptions) -> Corpus:
    builder = CorpusBuilder(options)
    for number, row in enumerate(rows, start=1):
        try:
            found = columns.row(row)
            builder.table_read(path.name, columns, found)
            add_row(found, number, path.parent, builder)
        except LimitReachedError:
            raise
        except CorpusError as error:
            builder.skip(f"{path.name}:{number}", error)
    return builder.corpus(path)


def _check_size(path: Path, file: Any, limits: Limits) -> None:
    """Raise CorpusError by what the file's own directory says; its pages are no larger than that."""
    row_groups = [file.metadata.row_group(at) for at in range(file.metadata.num_row_groups)]
    if sum(row_group.total_byte_size for row_group in row_groups) > limits.vector_bytes:
        raise CorpusError(f"{path} unpacks to too many bytes ({limits.named('vector_bytes')}).")
    if file.metadata.num_rows > limits.items:
        raise CorpusError(f"{path} has too many rows ({limits.named('items')}).")


def _names(path: Path, values: list[Any], column: str) -> NDArray[np.str_]:
    """Names of groups, null as "". Raises CorpusError naming the row of a value that is not a string."""
    for row, value in enumerate(values):
        if value is not None and not isinstance(value, str):
            raise CorpusError(f"{path}: {column} of row {row} is not a string.")
    return np.asarray([value or "" for value in values], dtype=np.str_)
