"""Checks the size of a zip's directory before anything parses it: a million entries alone can exhaust memory."""

from __future__ import annotations

import struct
from pathlib import Path

from modgap.errors import CorpusError

MAX_ENTRY_BYTES = 500  # generous: 46 and the name
_TAIL_BYTES = 65_535 + 22 + 20 + 56  # the longest comment, the end record, and those of large archives


def check_directory(path: Path, entries: int, named: str) -> None:
    """Raise CorpusError if the directory is large enough for far more than `entries`.

    A file without an end record is not a zip; that is left to its reader to report.
    named: the limit, as the message names it.
    """
    if directory_bytes(path) > entries * MAX_ENTRY_BYTES:
        raise CorpusError(f"the archive has too many entries ({named})")


def directory_bytes(path: Path) -> int:
    """Bytes of the directory according to the archive's end record, 0 if there is none; `zipfile` will read as many."""
    size = path.stat().st_size
    with path.open("rb") as file:
        file.seek(max(0, size - _TAIL_BYTES))
        tail = file.read()
    at = tail.rfind(b"PK\x05\x06")
    if at < 0 or len(tail) < at + 22:
        return 0
    claimed = int(struct.unpack_from("<L", tail, at + 12)[0])
    large = tail.rfind(b"PK\x06\x06", 0, at)
    if large >= 0 and len(tail) >= large + 56:
        claimed = max(claimed if claimed < 0xFFFFFFFF else 0, int(struct.unpack_from("<Q", tail, large + 40)[0]))
    return min(claimed, size)
