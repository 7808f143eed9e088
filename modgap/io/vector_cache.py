"""The vector cache: computed vectors on disk, by content and encoder.

A vector's key is the SHA-256 of the content (a picture file's bytes, a text), so that a renamed file is found and a
changed one is not. It is stored with the encoder's fingerprint: weights, preprocessing, device and precision. Every row
has a checksum; a damaged row or file is never used: it is dropped, computed again and reported.
"""

from __future__ import annotations

import contextlib
import hashlib
import math
import sqlite3
import threading
import time
import zlib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

import numpy as np

from modgap.errors import CacheError
from modgap.io.file_hash import file_sha256
from modgap.io.sqlite_file import (
    default_folder,
    default_max_bytes,
    inode,
    is_damage,
    open_cache_file,
    set_aside_name,
    size,
)

if TYPE_CHECKING:
    from modgap.vectors import Vectors

FILE = "modgap-vectors.sqlite"
_KEPT_SHARE = 0.8  # of the limit after pruning, so that it does not prune again at once
_KEYS_PER_QUERY = 500
_MAX_TOUCHED = 10_000  # rows whose use is not recorded yet
_DAY = 86_400  # seconds; use is recorded by the day, so that cache hits write little

T = TypeVar("T")


@dataclass(frozen=True)
class CacheInfo:
    """The state of a cache. bytes: on disk now; it is pruned beyond max_bytes. models: vectors by model name."""

    path: Path
    bytes: int
    max_bytes: int
    vectors: int
    models: dict[str, int]


def text_key(text: str) -> bytes:
    """The key of a text, 32 bytes."""
    return hashlib.sha256(b"text\0" + text.encode("utf-8", "surrogatepass")).digest()


def file_key(path: Path, *, read_as: str) -> bytes:
    """The key of a file's content, 32 bytes.

    read_as: names how the bytes are decoded before they are encoded.
    Raises OSError if the file cannot be read.
    """
    return file_sha256(path, prefix=f"{read_as}\0".encode())


class VectorCache:
    """A cache of vectors in a folder, which several threads and processes may share.

    The file is opened on first use. A cache that cannot be used says so in `notes` and stays empty; it never stops a
    run. Beyond `max_bytes` the least recently used vectors are deleted.
    folder: by default $MODGAP_CACHE, else the user's cache folder.
    max_bytes: by default $MODGAP_CACHE_MB megabytes, else 2 GB.
    found, added: number of vectors read and written since this object was created.
    notes: sentences about what was wrong and what was done about it.
    Raises CacheError only for a setting that is not a number.
    """

    def __init__(self, folder: str | Path | None = None, *, max_bytes: int | None = None) -> None:
        self.path = (Path(folder).expanduser() if folder is not None else default_folder()) / FILE
        self.max_bytes = default_max_bytes() if max_bytes is None else max_bytes
        self.found = 0
        self.added = 0
        self.notes: list[str] = []
        self._connection: sqlite3.Connection | None = None
        self._inode = 0
        self._usable = True
        self._models: dict[str, int] = {}
        self._touched: list[tuple[int, int]] = []  # (today, row) of rows that were last used on an earlier day
        self._lock = threading.RLock()

    def get(self, fingerprint: str, keys: Sequence[bytes]) -> dict[bytes, Vectors]:
        """The vectors (d,) that are in the cache, by key."""
        with self._lock:
            try:
                known = self._get(fingerprint, keys) if self._open() else {}
            except sqlite3.DatabaseError as error:
                self._recover(error)
                known = {}
            self.found += len(known)
            return known

    def put(self, fingerprint: str, vectors: Mapping[bytes, Vectors], *, name: str = "") -> None:
        """Store vectors (d,) by key. When this returns, all of them are on disk, or none.

        name: the model's, for `info`.
        """
        with self._lock:
            try:
                if self._open():
                    self._put(fingerprint, vectors, name)
                    self.added += len(vectors)
            except sqlite3.DatabaseError as error:
                self._recover(error)

    def info(self) -> CacheInfo:
        """The size and content of the cache. Raises CacheError if it cannot be used."""
        return self._ask(self._info)

    def clear(self) -> int:
        """Delete all vectors, and a file that was set aside. Other processes may go on using the cache.

        Returns the number of deleted vectors. Raises CacheError if the cache cannot be used.
        """
        return self._ask(self._clear)

    def close(self) -> None:
        """Record what was used and close the file; a later use opens it again."""
        with self._lock:
            if self._connection is None:
                return
            self._record_use()
            self._connection.close()
            self._connection = None

    def __enter__(self) -> VectorCache:
        return self

    def __exit__(self, *error: object) -> None:
        self.close()

    def _open(self, *, replace: int | None = None) -> sqlite3.Connection | None:
        if self._connection is None and self._usable:
            try:
                self._connection, note = open_cache_file(self.path, replace=replace)
            except CacheError as error:
                self._give_up(str(error))
                return None
            self._inode = inode(self.path)
            self._models.clear()
            self._touched.clear()
            if note:
                self.notes.append(note)
        return self._connection

    def _ask(self, question: Callable[[sqlite3.Connection], T]) -> T:
        """The answer to a question about the whole cache; from a new file if the old one is found to be broken."""
        with self._lock:
            while (connection := self._open()) is not None:
                try:
                    return question(connection)
                except sqlite3.DatabaseError as error:
                    self._recover(error)
            raise CacheError(self.notes[-1])

    def _info(self, connection: sqlite3.Connection) -> CacheInfo:
        rows = connection.execute(
            "SELECT name, count(*) FROM vectors JOIN models ON models.id = model GROUP BY name ORDER BY name"
        )
        models = dict(rows.fetchall())
        return CacheInfo(self.path, size(self.path), self.max_bytes, sum(models.values()), models)

    def _clear(self, connection: sqlite3.Connection) -> int:
        self._touched.clear()
        count = connection.execute(
            "DELETE FROM vectors"
        ).rowcount  # models keep their numbers, which other processes hold
        connection.executescript("PRAGMA incremental_vacuum;")  # `execute` would free one page
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchall()
        set_aside_name(self.path).unlink(missing_ok=True)
        return count

    def _recover(self, error: sqlite3.DatabaseError) -> None:
        """Continue after an error: with a new file if the old one is broken, else without a cache."""
        if self._connection is not None:
            self._connection.close()
            self._connection = None
        if is_damage(error):
            self._open(replace=self._inode)
        else:  # locked for too long, disk full, read-only
            self._give_up(f"The vector cache {self.path} is no longer used ({error}).")

    def _give_up(self, note: str) -> None:
        self._usable = False
        self.notes.append(note)

    def _get(self, fingerprint: str, keys: Sequence[bytes]) -> dict[bytes, Vectors]:
        assert self._connection is not None
        model = self._model(fingerprint)
        if model is None:
            return {}
        today, known, damaged = int(time.time()) // _DAY, {}, []
        for start in range(0, len(keys), _KEYS_PER_QUERY):
            asked = keys[start : start + _KEYS_PER_QUERY]
            rows = self._connection.execute(
                "SELECT rowid, key, vector, checksum, used FROM vectors WHERE model = ? AND key IN "
                f"({','.join('?' * len(asked))})",
                (model, *asked),
            )
            for row, key, vector, checksum, used in rows:
                if not isinstance(vector, bytes) or zlib.crc32(key + vector) != checksum:
                    damaged.append((row,))
                    continue
                known[key] = np.frombuffer(vector, dtype="<f4").astype(np.float32)
                if used < today:
                    self._touched.append((today, row))
        if len(self._touched) > _MAX_TOUCHED:
            self._record_use()
        if damaged:
            self.notes.append(f"{len(damaged)} vectors in the cache {self.path} were damaged and are computed again.")
            self._connection.executemany("DELETE FROM vectors WHERE rowid = ?", damaged)
        return known

    def _put(self, fingerprint: str, vectors: Mapping[bytes, Vectors], name: str) -> None:
        assert self._connection is not None
        today, rows = int(time.time()) // _DAY, []
        for key, vector in vectors.items():
            blob = np.ascontiguousarray(vector, dtype="<f4").tobytes()
            rows.append((key, blob, zlib.crc32(key + blob), today))
        self._connection.execute("BEGIN IMMEDIATE")
        with self._connection:  # commits, or rolls back
            if self._model(fingerprint) is None:
                self._connection.execute("INSERT INTO models (fingerprint, name) VALUES (?, ?)", (fingerprint, name))
            model = self._model(fingerprint)
            self._connection.executemany(
                "INSERT OR REPLACE INTO vectors (model, key, vector, checksum, used) VALUES (?, ?, ?, ?, ?)",
                [(model, *row) for row in rows],
            )
        self._record_use()
        self._prune()

    def _model(self, fingerprint: str) -> int | None:
        """The number of a model in this file."""
        assert self._connection is not None
        if fingerprint not in self._models:
            found = self._connection.execute("SELECT id FROM models WHERE fingerprint = ?", (fingerprint,)).fetchone()
            if found is None:
                return None
            self._models[fingerprint] = found[0]
        return self._models[fingerprint]

    def _record_use(self) -> None:
        """Record which rows were used today; failures are ignored."""
        if self._touched and self._connection is not None:
            with contextlib.suppress(sqlite3.DatabaseError):
                self._connection.execute("BEGIN IMMEDIATE")
                with self._connection:
                    self._connection.executemany("UPDATE vectors SET used = ? WHERE rowid = ?", self._touched)
        self._touched.clear()

    def _prune(self) -> None:
        """Beyond the limit, delete the least recently used vectors."""
        assert self._connection is not None
        pages, free, page = (
            self._connection.execute(f"PRAGMA {what}").fetchone()[0]
            for what in ("page_count", "freelist_count", "page_size")
        )
        filled = (pages - free) * page
        if filled <= self.max_bytes:
            return
        count = self._connection.execute("SELECT count(*) FROM vectors").fetchone()[0]
        self._connection.execute(
            "DELETE FROM vectors WHERE rowid IN (SELECT rowid FROM vectors ORDER BY used, rowid LIMIT ?)",
            (math.ceil(count * (1 - _KEPT_SHARE * self.max_bytes / filled)),),
        )
        self._connection.executescript("PRAGMA incremental_vacuum;")  # `execute` would free one page
