"""SHA-256 of a file, read in blocks."""

from __future__ import annotations

import hashlib
from pathlib import Path

_BLOCK = 1 << 20  # bytes


def file_sha256(path: Path, *, prefix: bytes = b"") -> bytes:
    """The SHA-256 of `prefix` followed by the file's bytes: 32 bytes.

    prefix: tells apart hashes that are made for different purposes.
    Raises OSError if the file cannot be read.
    """
    digest = hashlib.sha256(prefix)
    with path.open("rb") as file:
        while block := file.read(_BLOCK):
            digest.update(block)
    return digest.digest()
