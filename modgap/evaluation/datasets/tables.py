"""Rows of a table, and the pictures that it names or contains.

A table is NAME.jsonl, .jsonl.gz, .tsv with a header, .parquet, or shards as the Hugging Face Hub has them:
NAME-00000-of-00002.parquet, or NAME/SPLIT-00000-of-00002.parquet.
"""

from __future__ import annotations

import csv
import re
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from modgap.errors import CorpusError
from modgap.evaluation.datasets.base import MAX_LINE_CHARACTERS, Notes, file_in, json_rows, picture_item
from modgap.io.process_folder import process_folder
from modgap.items import Item

_BATCH_ROWS = 1000  # in memory at once
_SUFFIXES = (".jsonl", ".jsonl.gz", ".tsv", ".parquet")
_SHARD = re.compile(r"-\d+-of-(\d+)$")


def read_rows(
    folder: Path, *names: str, notes: Notes, data_set: str, source: str, split: str | None = None
) -> Iterator[dict[str, Any]]:
    """Rows of the first table that exists under one of the names. Raises CorpusError with all names if there is none.

    split: of a folder of shards, those of this split are read, or all if none has its name.
    """
    parts = next(filter(None, (_parts(folder, name, split) for name in names)), [])
    if not parts:
        wanted = f"{' or '.join(names)} ({', '.join(_SUFFIXES)}, or shards)"
        raise CorpusError(f"{folder} has no {wanted}, which {data_set} needs: it comes from {source}.")
    shard = _SHARD.search(parts[0].stem)
    for _ in range(len(parts), int(shard.group(1)) if shard else 0):
        notes.count(f"shards of {parts[0].name} are missing (is it downloaded whole?)")
    for part in parts:
        if part.suffix == ".parquet":
            yield from _parquet_rows(part)
        else:
            yield from _tab_rows(part) if part.suffix == ".tsv" else json_rows(part, notes)


def _parts(folder: Path, name: str, split: str | None) -> list[Path]:
    """The files of a table; empty if it does not exist."""
    whole = next((folder / f"{name}{end}" for end in _SUFFIXES if (folder / f"{name}{end}").is_file()), None)
    if whole is not None:
        return [whole]
    shards = sorted(folder.glob(f"{name}-*.parquet")) or sorted((folder / name).glob("*.parquet"))
    return [each for each in shards if re.split(r"[-.]", each.name)[0] == split] or shards


def _tab_rows(path: Path) -> Iterator[dict[str, Any]]:
    try:
        with path.open(encoding="utf-8-sig", errors="replace", newline="") as file:
            lines = iter(lambda: file.readline(MAX_LINE_CHARACTERS), "")
            for row in csv.DictReader(lines, delimiter="\t", quoting=csv.QUOTE_NONE):
                yield {key: value for key, value in row.items() if key is not None}  # None: fields beyond the header
    except (OSError, csv.Error) as error:
        raise CorpusError(f"{path} cannot be read: {error}: download it again.") from error


def _parquet_rows(path: Path) -> Iterator[dict[str, Any]]:
    try:
        import pyarrow.parquet
    except ImportError as error:
        raise CorpusError(f"{path}: reading .parquet needs pyarrow: pip install 'modgap[parquet]'.") from error
    try:
        with pyarrow.parquet.ParquetFile(path) as file:
            for batch in file.iter_batches(batch_size=_BATCH_ROWS):
                yield from batch.to_pylist()
    except (Exception, MemoryError) as error:  # pyarrow raises unrelated exception types for broken files
        raise CorpusError(f"{path} cannot be read as .parquet: {error}: download it again.") from error


class Pictures:
    """Pictures that a table names by a path below one of its folders, or contains as bytes.

    unpacked: the folder with the bytes as files, which the corpus must keep alive.
    """

    def __init__(self, *folders: Path, notes: Notes) -> None:
        self._folders = folders
        self._notes = notes
        self._written = 0
        self.unpacked: tuple[tempfile.TemporaryDirectory[str], ...] = ()

    def item(self, name: str, value: Any, *, caption: str | None = None) -> Item | None:
        """An item for a picture; None, and counted, where there is none."""
        if isinstance(value, dict) and value.get("bytes"):
            if not self.unpacked:
                self.unpacked = (tempfile.TemporaryDirectory(prefix="pictures-", dir=process_folder()),)
            folder = Path(self.unpacked[0].name)
            self._written += 1
            (folder / str(self._written)).write_bytes(value["bytes"])
            return picture_item(name, folder, str(self._written), self._notes, caption=caption)
        path = str(value.get("path") if isinstance(value, dict) else value)
        folder = next((each for each in self._folders if file_in(each, path) is not None), self._folders[0])
        return picture_item(name, folder, path, self._notes, caption=caption)
