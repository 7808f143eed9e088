"""`.parquet` files through pyarrow, which is an extra of its own: columns as in `.npz` vectors, or as in `.csv`."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np

from modgap.corpus.builder import CorpusBuilder, LimitReachedError
from modgap.corpus.corpus import Corpus
from modgap.corpus.limits import Limits
from modgap.corpus.options import DEFAULT_OPTIONS, ReadOptions
from modgap.corpus.rows import gather_row
from modgap.corpus.vector_files import checked_vectors, vector_corpus
from modgap.errors import CorpusError

_VECTOR_COLUMNS = (("id", "ids"), ("modality",), ("vector", "vectors", "embedding"))
_ROW_COLUMNS = ("id", "text", "image", "caption")


def read_parquet(path: Path, options: ReadOptions = DEFAULT_OPTIONS) -> Corpus:
    """A corpus of vectors (columns id, modality, vector) or of rows (text and/or image, id?, caption?).

    Raises CorpusError where pyarrow is not installed, or naming what is wrong with the file.
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
                ids, modality, vectors = (file.read(columns=[name]).column(0).to_pylist() for name in chosen)
                columns = (_column(ids), _column(modality), np.asarray(vectors, dtype=np.float32))
                return vector_corpus(path, *checked_vectors(path, *columns), limits)
            if not {"text", "image"} & names:
                raise CorpusError(f"{path} has neither the columns id, modality, vector nor text or image.")
            rows = file.read(columns=[name for name in _ROW_COLUMNS if name in names]).to_pylist()
    except CorpusError:
        raise
    except (Exception, MemoryError) as error:  # pyarrow raises errors of many families on broken files
        raise CorpusError(f"{path} cannot be read as .parquet: {error}.") from error
    return _row_corpus(path, rows, options)


def _row_corpus(path: Path, rows: list[dict[str, Any]], options: ReadOptions) -> Corpus:
    builder = CorpusBuilder(options)
    for number, row in enumerate(rows, start=1):
        try:
            gather_row(row, number, path.parent, builder)
        except LimitReachedError:
            raise
        except CorpusError as error:
            builder.skip(f"{path.name}:{number}", error)
    return builder.corpus(path)


def _check_size(path: Path, file: Any, limits: Limits) -> None:
    """Raise CorpusError by what the file's own directory says; its pages are no larger than that."""
    groups = [file.metadata.row_group(at) for at in range(file.metadata.num_row_groups)]
    if sum(group.total_byte_size for group in groups) > limits.vector_bytes:
        raise CorpusError(f"{path} unpacks to too many bytes ({limits.named('vector_bytes')}).")
    if file.metadata.num_rows > limits.items:
        raise CorpusError(f"{path} has too many rows ({limits.named('items')}).")


def _column(values: list[Any]) -> np.ndarray:
    return np.asarray([str(value) for value in values], dtype=np.str_)
