"""Atomic writes: a full disk or a killed process leaves the old file unchanged."""

from __future__ import annotations

import os
from contextlib import suppress
from pathlib import Path

from modgap.errors import ModgapError


def write_atomically(path: Path, content: bytes, *, error: type[ModgapError]) -> None:
    """Write a file under a temporary name beside its place and move it there, replacing an older file.

    Missing folders are created. Raises `error`, naming the file and the cause, if the file cannot be written; no part
    of it is left behind.
    """
    part = path.with_name(f".{path.name}.{os.getpid()}.part")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        part.write_bytes(content)
        os.replace(part, path)
    except OSError as cause:
        with suppress(OSError):  # a parent folder may be a file
            part.unlink()
        raise error(f"{path} cannot be written: {cause.strerror or cause}.") from cause
