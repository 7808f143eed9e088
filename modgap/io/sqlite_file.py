"""The SQLite file of the vector cache: where it is, how it is opened, and how a broken one is set aside.

SQLite in WAL mode has what a cache needs: a batch is written atomically, a killed process loses no batch that it
finished, and several processes may read and write at once. Creating or replacing the file while other processes do the
same is not safe in SQLite, so that happens under a lock file.
"""

from __future__ import annotations

import math
import os
import sqlite3
from pathlib import Path

from modgap.errors import CacheError

FORMAT = 1  # raise it when the tables change; a file of another format is rebuilt
APPLICATION_ID = 0x6D676170  # "mgap", in the file's header, tells our file from any other program's
MAX_BYTES = 2_000_000_000  # about a million vectors of 512 numbers
LOCK_TIMEOUT = 30.0  # seconds to wait for another process that writes
_PAGE_BYTES = 16_384  # at 4,096 a vector of 512 numbers would leave half of each page empty

_TABLES = """
CREATE TABLE models (id INTEGER PRIMARY KEY, fingerprint TEXT UNIQUE NOT NULL, name TEXT NOT NULL);
CREATE TABLE vectors (
    model INTEGER NOT NULL, key BLOB NOT NULL, vector BLOB NOT NULL, checksum INTEGER NOT NULL, used INTEGER NOT NULL,
    UNIQUE (model, key)
);
CREATE INDEX vectors_by_use ON vectors (used);
"""


def default_folder() -> Path:
    """$MODGAP_CACHE, or the user's cache folder on this system."""
    import platformdirs

    chosen = os.environ.get("MODGAP_CACHE", "").strip()
    return Path(chosen).expanduser() if chosen else Path(platformdirs.user_cache_dir("modgap", appauthor=False))


def default_max_bytes() -> int:
    """$MODGAP_CACHE_MB in bytes, or 2 GB. Raises CacheError if it is not a positive number."""
    chosen = os.environ.get("MODGAP_CACHE_MB", "").strip()
    if not chosen:
        return MAX_BYTES
    try:
        megabytes = float(chosen)
    except ValueError:
        megabytes = math.nan
    if not 0 < megabytes < math.inf:
        raise CacheError(f'MODGAP_CACHE_MB is "{chosen}": give megabytes as a positive number, or leave it unset.')
    return int(megabytes * 1_000_000)


def open_cache_file(path: Path, *, replace: int | None = None) -> tuple[sqlite3.Connection, str]:
    """Open the cache, or create it.

    replace: inode of a file that was found broken while it was open; it is set aside unless another process did so.
    Returns (connection, note); the note is a sentence about what was wrong with an existing file, else "".
    Raises CacheError if the folder or the file cannot be used at all.
    """
    from filelock import FileLock, Timeout

    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with FileLock(f"{path}.lock", timeout=LOCK_TIMEOUT):
            note = ""
            if replace is not None and inode(path) == replace:
                note = set_aside(path, "is damaged")
            try:
                return _connect(path), note
            except _ForeignFileError as error:
                return _connect_anew(path, str(error))
            except sqlite3.DatabaseError as error:
                if not is_damage(error):
                    raise
                return _connect_anew(path, f"is damaged or not a cache ({error})")
    except (OSError, sqlite3.Error, Timeout) as error:
        raise CacheError(
            f"The vector cache {path} cannot be used ({error}): set MODGAP_CACHE to a folder that can be written, or "
            f"run without it (--no-cache)."
        ) from error


def is_damage(error: sqlite3.Error) -> bool:
    """Whether SQLite blames the file; its subclasses blame the machine (locked, full, read-only) or the caller."""
    return type(error) is sqlite3.DatabaseError


def set_aside(path: Path, why: str) -> str:
    """Rename a file that cannot be trusted, overwriting an earlier one. Returns a sentence about it."""
    for suffix in ("-wal", "-shm"):  # SQLite would replay an old log into the new file
        Path(f"{path}{suffix}").unlink(missing_ok=True)
    os.replace(path, set_aside_name(path))
    return f"The vector cache {path} {why}; it was set aside as {set_aside_name(path).name} and a new one was started."


def set_aside_name(path: Path) -> Path:
    """The name of a cache file once it is set aside."""
    return path.with_name(f"{path.name}.set-aside")


def inode(path: Path) -> int:
    """The inode of a file, which tells two files of one name apart; 0 if there is no file."""
    try:
        return path.stat().st_ino
    except FileNotFoundError:
        return 0


def size(path: Path) -> int:
    """Bytes on disk, including the log that is not yet part of the file."""
    return sum(file.stat().st_size for file in (path, Path(f"{path}-wal")) if file.exists())


class _ForeignFileError(Exception):
    """A valid SQLite file that is not a vector cache, or one of another format."""


def _connect_anew(path: Path, why: str) -> tuple[sqlite3.Connection, str]:
    note = set_aside(path, why)
    return _connect(path), note


def _connect(path: Path) -> sqlite3.Connection:
    connection = sqlite3.connect(path, timeout=LOCK_TIMEOUT, isolation_level=None, check_same_thread=False)
    try:
        if connection.execute("SELECT count(*) FROM sqlite_master").fetchone()[0] == 0:
            connection.execute(f"PRAGMA page_size = {_PAGE_BYTES}")
            connection.execute("PRAGMA auto_vacuum = INCREMENTAL")  # so that pruning frees space on disk
            connection.execute("PRAGMA journal_mode = WAL")
            connection.executescript(
                f"BEGIN; {_TABLES} PRAGMA application_id = {APPLICATION_ID}; PRAGMA user_version = {FORMAT}; COMMIT;"
            )
        if connection.execute("PRAGMA application_id").fetchone()[0] != APPLICATION_ID:
            raise _ForeignFileError("belongs to another program")
        if connection.execute("PRAGMA user_version").fetchone()[0] != FORMAT:
            raise _ForeignFileError("was written by another version of modgap")
        connection.execute("PRAGMA journal_mode = WAL")
        connection.execute("PRAGMA synchronous = NORMAL")  # survives a killed process; a power cut may cost a batch
        return connection
    except BaseException:
        connection.close()
        raise
