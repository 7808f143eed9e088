"""Rows of a table (`.jsonl`, `.jsonl.gz`, `.parquet` or a folder of them) and the pictures that it names or holds."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from modgap.errors import CorpusError
from modgap.evaluation.datasets.base import Notes, json_rows, picture_item, require_file
from modgap.items import Item

_BATCH = 1000  # rows in memory at once
_ENDINGS = (".jsonl", ".jsonl.gz", ".parquet", "")


def rows_of(folder: Path, *names: str, notes: Notes, data_set: str, source: str) -> Iterator[dict[str, Any]]:
    """Rows of the first table that is there by one of the names. Raises CorpusError naming them all."""
    found = [f"{name}{ending}" for name in names for ending in _ENDINGS]
    path = require_file(folder, found, data_set=data_set, source=source)
    if path.is_dir():
        parts = sorted(path.glob("*.parquet"))
        if not parts:
            raise CorpusError(f"{path} holds no .parquet: {data_set} comes from {source}.")
        for part in parts:
            yield from _parquet_rows(part)
    else:
        yield from _parquet_rows(path) if path.suffix == ".parquet" else json_rows(path, notes)


def _parquet_rows(path: Path) -> Iterator[dict[str, Any]]:
    try:
        import pyarrow.parquet
    except ImportError as error:
        raise CorpusError(f"{path}: reading .parquet needs pyarrow: pip install 'modgap[parquet]'.") from error
    try:
        with pyarrow.parquet.ParquetFile(path) as file:
            for batch in file.iter_batches(batch_size=_BATCH):
                yield from batch.to_pylist()
    except (Exception, MemoryError) as error:  # pyarrow raises errors of many families on broken files
        raise CorpusError(f"{path} cannot be read as .parquet: {error}: download it again.") from error


class Pictures:
    """Pictures that a table names by a path below one of its folders, or holds itself as bytes.

    unpacked: the folder that bytes were written into, for the corpus to keep.
    """

    def __init__(self, *folders: Path, notes: Notes) -> None:
        self._folders = folders
        self._notes = notes
        self._written = 0
        self.unpacked: tuple[tempfile.TemporaryDirectory, ...] = ()

    def item(self, name: str, value: Any, *, caption: str | None = None) -> Item | None:
        """An item for a picture, or None, counted, where it cannot be had."""
        if isinstance(value, dict) and value.get("bytes"):
            if not self.unpacked:
                self.unpacked = (tempfile.TemporaryDirectory(prefix="modgap-pictures-"),)
            folder = Path(self.unpacked[0].name)
            self._written += 1
            (folder / str(self._written)).write_bytes(value["bytes"])
            return picture_item(name, folder, str(self._written), self._notes, caption=caption)
        path = str(value.get("path") if isinstance(value, dict) else value)
        folder = next((each for each in self._folders if (each / path).is_file()), self._folders[0])
        return picture_item(name, folder, path, self._notes, caption=caption)
